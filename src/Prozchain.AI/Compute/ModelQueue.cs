using System.Runtime.InteropServices;

namespace Prozchain.AI.Compute;

/// <summary>The requests of one model, those in a step among them, by their deadlines, and what is known of its speed.</summary>
internal sealed class ModelQueue(ModelDemand demand)
{
    // What is worked out stays far from the end of the clock.
    public const double LongestTicks = TimeSpan.TicksPerDay * 10_000.0;

    // A batch counts as at most so many times slower than was known, and what was known is old after so many steps.
    private const int MostSlower = 8, StepsUntilOld = 16;

    private readonly List<QueuedRequest> _requests = [];
    private TimeSpan? _measuredAt;
    private long _steps;

    public ModelDemand Demand => demand;

    public int Count => _requests.Count;

    /// <summary>Requests in batches that run.</summary>
    public int Running { get; set; }

    /// <summary>Bytes of all that waits or runs.</summary>
    public long Memory { get; private set; }

    public int Waiting => Count - Running;

    /// <summary>Time of a step of one request within a batch, in ticks.</summary>
    public long StepTicks { get; private set; } = demand.StepTime.Ticks;

    /// <summary>Core time that the model has had, over its weight.</summary>
    public double VirtualTime { get; set; }

    /// <summary>Core time of all that waits or runs.</summary>
    public double Backlog => (double)_steps * StepTicks * demand.Cores;

    /// <summary>The request with which it last began to have work.</summary>
    public long Joined { get; set; }

    public Span<QueuedRequest> Requests => CollectionsMarshal.AsSpan(_requests);

    /// <summary>Where a request stands, or would stand as the complement of a place.</summary>
    public int Find(ComputeTicket ticket)
    {
        int low = 0, high = _requests.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1, order = Requests[middle].Ticket.CompareTo(ticket);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }

    public void Insert(in QueuedRequest request)
    {
        _requests.Insert(~Find(request.Ticket), request);
        _steps += request.Steps;
        Memory += request.Memory;
    }

    public void RemoveAt(int place)
    {
        _steps -= Requests[place].Steps;
        Memory -= Requests[place].Memory;
        _requests.RemoveAt(place);
    }

    /// <summary>A request took a step.</summary>
    public void Step(int place)
    {
        ref QueuedRequest request = ref Requests[place];
        request.Steps--;
        _steps--;
        (request.IsInStep, request.HasRun) = (false, true);
    }

    /// <summary>An eighth of the new, seven of the old: one slow batch does not close the door. What a probe finds counts alone.</summary>
    public void Measure(long ticks, int requests, TimeSpan now, bool isProbe)
    {
        long took = (long)Math.Min(ticks / requests, (double)MostSlower * StepTicks);
        StepTicks = Math.Max(1, StepTicks + (took - StepTicks) / (isProbe ? 1 : 8));
        _measuredAt = now;
    }

    /// <summary>Whether the model stands idle and its speed is old knowledge, so that one request may find out how fast it is now.</summary>
    public bool MayProbe(TimeSpan now)
    {
        _measuredAt ??= now;
        return Count == 0 && (now - _measuredAt.Value).Ticks > (double)StepsUntilOld * StepTicks;
    }

    /// <summary>Even alone on the machine it would end too late.</summary>
    public bool IsHopeless(in QueuedRequest request, TimeSpan now)
    {
        double needs = request is { IsProbe: true, HasRun: false } ? 0 : Math.Min((double)request.StepsNeeded * StepTicks, LongestTicks);
        return now + TimeSpan.FromTicks((long)needs) > request.Ticket.Deadline;
    }
}
