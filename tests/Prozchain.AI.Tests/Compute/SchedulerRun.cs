using Prozchain.AI.Compute;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Compute;

/// <summary>A machine in virtual time over a scheduler: arrivals at random, batches that take as long as the test's speeds say.</summary>
internal sealed class SchedulerRun
{
    private readonly Random _random;
    private readonly ComputeScheduler _scheduler;
    private readonly TimeSpan[] _speeds;
    private readonly int _wrongBy, _maxBatch;
    private readonly long _memory;
    private readonly List<(TimeSpan End, ComputeBatch Batch)> _running = [];
    private readonly List<ComputeTicket> _open = [];
    private TimeSpan _now;

    public SchedulerRun(int seed, int cores, TimeSpan[] speeds, int wrongBy = 1, int maxBatch = 1)
    {
        _random = new SeededRandom((ulong)seed);
        (_speeds, _wrongBy, _maxBatch) = (speeds, wrongBy, maxBatch);
        _scheduler = new ComputeScheduler(new ComputeCapacity(1000, cores), marginPercent: 0);
        for (int i = 0; i < speeds.Length; i++)
            Assert.True(_scheduler.TryAddModel(new ModelDemand { StepTime = speeds[i], MaxBatch = maxBatch + 3 * i, RequestMemory = 5 + i, Weight = 1 + i, Cores = 1 + (i == 2 ? cores / 2 : 0) }, out _));
        _memory = _scheduler.FreeMemory;
    }

    public int Done { get; private set; }

    public int Refused { get; private set; }

    public int Late { get; private set; }

    public int Cancelled { get; private set; }

    /// <summary>Requests that ran to their end, after their deadline.</summary>
    public int Missed { get; private set; }

    public ulong Digest { get; private set; }

    public void Play(int arrivals, TimeSpan meanGap, int maxSteps, int cancelOneIn = 0)
    {
        TimeSpan next = TimeSpan.Zero;
        while (arrivals > 0 || _running.Count > 0 || _scheduler.Requests > 0)
        {
            if (arrivals > 0 && (_running.Count == 0 || next <= _running.Min(r => r.End)))
            {
                _now = next;
                next += meanGap * (2 * _random.NextDouble());
                arrivals--;
                Arrive(maxSteps);
                if (cancelOneIn > 0 && _open.Count > 0 && _random.Next(cancelOneIn) == 0) Cancel(_open[_random.Next(_open.Count)]);
            }
            else
            {
                EndFirst();
            }
            Start();
        }
    }

    public void AssertEmpty()
    {
        Assert.Equal((_memory, _scheduler.Capacity.Cores, 0, 0), (_scheduler.FreeMemory, _scheduler.FreeCores, _scheduler.Requests, _open.Count));
        for (int i = 0; i < _speeds.Length; i++) Assert.True(_scheduler.TryRemoveModel(i));
    }

    private void Arrive(int maxSteps)
    {
        int model = _random.Next(_speeds.Length), steps = 1 + _random.Next(maxSteps);
        Admission admission = _scheduler.Admit(model, steps, _now + _speeds[model] * (steps * (1 + 20 * _random.NextDouble())), _now);
        if (admission.Status == AdmissionStatus.Admitted) _open.Add(admission.Ticket);
        else Refused++;
        Mix((ulong)admission.Status);
    }

    private void Cancel(ComputeTicket ticket)
    {
        CancelStatus status = _scheduler.Cancel(ticket);
        Assert.NotEqual(CancelStatus.Unknown, status);
        _open.Remove(ticket);
        Cancelled++;
    }

    private void Start()
    {
        while (_scheduler.TryStart(_now, out ComputeBatch? batch))
        {
            Assert.InRange(batch!.Count, 1, _maxBatch + 3 * batch.Model);
            Assert.Equal(batch.Tickets.ToArray().Order(), batch.Tickets.ToArray());
            _running.Add((_now + batch.Count * _speeds[batch.Model] * (_wrongBy == 1 ? 1 : 0.3 + _wrongBy * _random.NextDouble()), batch));
            Assert.Equal(_scheduler.Capacity.Cores, _scheduler.FreeCores + _running.Sum(r => r.Batch.Cores));
        }
        while (_scheduler.TryTakeLate(out ComputeTicket ticket))
        {
            Assert.True(_open.Remove(ticket));
            Late++;
        }
        // A machine with free cores and work never stands still, but for a wide model whose turn it is.
        if (_speeds.Length < 3 && _scheduler.FreeCores > 0) Assert.Equal(_scheduler.Requests, _running.Sum(r => r.Batch.Count));
    }

    private void EndFirst()
    {
        (TimeSpan end, ComputeBatch batch) = _running.MinBy(r => r.End);
        _running.Remove((end, batch));
        _now = end;
        ComputeTicket[] tickets = batch.Tickets.ToArray();
        bool[] ended = new bool[tickets.Length];
        _scheduler.Finish(batch, ended, _now);
        for (int i = 0; i < ended.Length; i++)
        {
            if (!ended[i]) continue;
            Mix((ulong)tickets[i].Id);
            if (!_open.Remove(tickets[i])) continue;
            Done++;
            if (_now > tickets[i].Deadline) Missed++;
        }
    }

    private void Mix(ulong value) => Digest = (Digest ^ value) * 0x100000001B3;
}
