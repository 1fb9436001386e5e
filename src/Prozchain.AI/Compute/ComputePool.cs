using Prozchain.AI.Observability;

namespace Prozchain.AI.Compute;

/// <summary>
/// Runs requests on the cores of this machine: one worker thread a core, none a request. What runs when is decided by a
/// <see cref="ComputeScheduler"/>; a slot is given back on every path: end, refusal, fault, cancellation, lateness, close.
/// </summary>
public sealed class ComputePool : IDisposable
{
    // Not a Lock: idle workers wait on it.
    private readonly object _lock = new();
    private readonly ComputeScheduler _scheduler;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Dictionary<long, ComputeRequest> _requests = [];
    private readonly List<IBatchRunner?> _runners = [];
    private readonly Stack<ComputeRequest> _unused = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Thread[] _workers;
    private bool _isClosed;

    /// <summary>Starts the workers.</summary>
    /// <param name="capacity">What the machine gives; as many workers as it has cores.</param>
    /// <param name="marginPercent">See <see cref="ComputeScheduler"/>.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public ComputePool(ComputeCapacity capacity, int marginPercent = 10, TimeProvider? time = null)
    {
        _scheduler = new ComputeScheduler(capacity, marginPercent);
        _time = time ?? TimeProvider.System;
        _start = _time.GetTimestamp();
        _workers = new Thread[capacity.Cores];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"Prozchain.AI worker {i}" };
            _workers[i].Start();
        }
    }

    /// <summary>What the machine gives.</summary>
    public ComputeCapacity Capacity => _scheduler.Capacity;

    /// <summary>Bytes that no model and no request has.</summary>
    public long FreeMemory
    {
        get
        {
            lock (_lock) return _scheduler.FreeMemory;
        }
    }

    /// <summary>Cores that no batch has.</summary>
    public int FreeCores
    {
        get
        {
            lock (_lock) return _scheduler.FreeCores;
        }
    }

    /// <summary>Requests that wait or run.</summary>
    public int Requests
    {
        get
        {
            lock (_lock) return _scheduler.Requests;
        }
    }

    internal bool IsClosed
    {
        get
        {
            lock (_lock) return _isClosed;
        }
    }

    /// <summary>The pool's clock: time since it was made.</summary>
    internal TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Takes a model in.</summary>
    /// <param name="demand">What it asks.</param>
    /// <param name="runner">What it does.</param>
    /// <param name="model">Its number.</param>
    /// <returns>False when its memory is not there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The demand is not possible on this machine.</exception>
    public bool TryAddModel(ModelDemand demand, IBatchRunner runner, out int model)
    {
        ArgumentNullException.ThrowIfNull(runner);
        lock (_lock)
        {
            if (!_scheduler.TryAddModel(demand, out model)) return false;
            while (_runners.Count <= model) _runners.Add(null);
            _runners[model] = runner;
            return true;
        }
    }

    /// <summary>Lets a model go; its runner is the caller's again.</summary>
    /// <param name="model">Its number.</param>
    /// <returns>False while it has requests.</returns>
    /// <exception cref="ArgumentException">There is no such model.</exception>
    public bool TryRemoveModel(int model)
    {
        lock (_lock)
        {
            if (!_scheduler.TryRemoveModel(model)) return false;
            _runners[model] = null;
            return true;
        }
    }

    /// <summary>Runs a request to its end, or says at once why it gets no slot.</summary>
    /// <param name="model">The model's number.</param>
    /// <param name="request">Handed to the model's runner at each step.</param>
    /// <param name="steps">Most steps that it takes.</param>
    /// <param name="within">How long it may take, from now.</param>
    /// <param name="cancellationToken">Gives the slot back: at once while the request waits, after the step that runs otherwise.</param>
    /// <returns>What became of it. Await it once.</returns>
    /// <exception cref="ArgumentException">There is no such model, or fewer than one step.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before its last step ended.</exception>
    /// <exception cref="ObjectDisposedException">The pool is closed.</exception>
    /// <remarks>What a runner throws is thrown to every request of its batch.</remarks>
    public ValueTask<ComputeOutcome> RunAsync(int model, object request, int steps, TimeSpan within, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ComputeOutcome>(cancellationToken);
        ComputeRequest pending;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            TimeSpan now = Now;
            TimeSpan deadline = within > TimeSpan.MaxValue - now ? TimeSpan.MaxValue : now + within;
            Admission admission = _scheduler.Admit(model, steps, deadline, now);
            if (admission.Status != AdmissionStatus.Admitted)
            {
                AiInstruments.Count(AiInstruments.ComputeRequests, admission.Status);
                return new(new ComputeOutcome(ComputeStatus.Refused, admission, default, default));
            }
            if (!_unused.TryPop(out ComputeRequest? unused)) unused = new ComputeRequest(this);
            pending = unused;
            pending.Begin(request, now, cancellationToken);
            pending.Admission = admission;
            _requests.Add(admission.Ticket.Id, pending);
            Monitor.Pulse(_lock);
        }
        AiInstruments.ComputeActive.Add(1);
        ValueTask<ComputeOutcome> task = pending.Task;
        pending.Watch();
        return task;
    }

    /// <summary>Ends what runs after its step, refuses what waits, and waits for the workers, but for the one that calls it.</summary>
    public void Dispose()
    {
        List<ComputeRequest> waiting = [];
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            foreach ((long id, ComputeRequest request) in _requests)
            {
                if (request.IsInStep) continue;
                _scheduler.Cancel(request.Admission.Ticket);
                waiting.Add(request);
                _requests.Remove(id);
            }
            Monitor.PulseAll(_lock);
        }
        _closing.Cancel();
        foreach (ComputeRequest request in waiting) request.End(ComputeStatus.Closed, Now);
        foreach (Thread worker in _workers)
            if (worker != Thread.CurrentThread) worker.Join();
        _closing.Dispose();
    }

    internal void TakeBack(ComputeRequest request)
    {
        lock (_lock) _unused.Push(request);
    }

    internal void Cancel(ComputeRequest request)
    {
        lock (_lock)
        {
            // The request may have ended meanwhile; then its ticket is unknown.
            if (_scheduler.Cancel(request.Admission.Ticket) != CancelStatus.Released) return;
            _requests.Remove(request.Admission.Ticket.Id);
        }
        request.End(ComputeStatus.Closed, Now);
    }

    private void Work()
    {
        var run = new WorkerRun();
        while (TryTake(run, out ComputeBatch? batch, out IBatchRunner? runner))
        {
            run.EndLate(Now);
            if (batch is null) continue;
            long started = _time.GetTimestamp();
            Exception? fault = run.Step(runner!, _closing.Token);
            AiInstruments.BatchSize.Record(run.Ended.Length);
            AiInstruments.BatchDuration.Record(_time.GetElapsedTime(started).TotalSeconds);
            lock (_lock)
            {
                _scheduler.Finish(batch, run.Ended, Now);
                run.Leave(_requests, _isClosed ? _scheduler : null);
                // Cores are free, and requests that go on wait again.
                Monitor.PulseAll(_lock);
            }
            run.End(fault, Now);
        }
    }

    // Waits for something to do: a batch, or late requests to be told. False when the pool has closed.
    private bool TryTake(WorkerRun run, out ComputeBatch? batch, out IBatchRunner? runner)
    {
        lock (_lock)
        {
            while (true)
            {
                runner = null;
                TimeSpan now = Now;
                if (_scheduler.TryStart(now, out batch))
                {
                    runner = _runners[batch!.Model];
                    run.Take(batch, _requests, now);
                }
                while (_scheduler.TryTakeLate(out ComputeTicket ticket))
                    if (_requests.Remove(ticket.Id, out ComputeRequest? request)) run.Late.Add(request);
                if (batch is not null || run.Late.Count > 0) return true;
                if (_isClosed) return false;
                Monitor.Wait(_lock);
            }
        }
    }
}
