using System.Threading.Tasks.Sources;
using Prozchain.AI.Observability;

namespace Prozchain.AI.Compute;

/// <summary>A request in a pool, and what its caller awaits. Used again once its outcome was read.</summary>
internal sealed class ComputeRequest(ComputePool pool) : IValueTaskSource<ComputeOutcome>
{
    private ManualResetValueTaskSourceCore<ComputeOutcome> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;

    public object? Item { get; private set; }

    public Admission Admission { get; set; }

    public TimeSpan CalledAt { get; private set; }

    public TimeSpan? StartedAt { get; set; }

    public bool IsInStep { get; set; }

    public CancellationToken Cancellation { get; private set; }

    public ValueTask<ComputeOutcome> Task => new(this, _source.Version);

    public void Begin(object item, TimeSpan now, CancellationToken cancellation) => (Item, CalledAt, StartedAt, Cancellation) = (item, now, null, cancellation);

    public void Watch() => _registration = Cancellation.UnsafeRegister(static state => ((ComputeRequest)state!).OnCancelled(), this);

    public void End(ComputeStatus status, TimeSpan now)
    {
        // A request that was cancelled in a step looks done to the worker.
        bool isCancelled = Cancellation.IsCancellationRequested;
        TimeSpan waited = (StartedAt ?? now) - CalledAt;
        Count(isCancelled ? AiInstruments.Cancelled : Enum.GetName(status)!);
        AiInstruments.ComputeWait.Record(waited.TotalSeconds);
        if (isCancelled) _source.SetException(new OperationCanceledException(Cancellation));
        else _source.SetResult(new ComputeOutcome(status, Admission, waited, now - CalledAt));
    }

    public void Fail(Exception exception)
    {
        Count(AiInstruments.Faulted);
        _source.SetException(exception);
    }

    public ComputeOutcome GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _registration.Dispose();
            _registration = default;
            (Item, Cancellation) = (null, default);
            _source.Reset();
            pool.TakeBack(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private static void Count(string kind)
    {
        AiInstruments.ComputeActive.Add(-1);
        AiInstruments.Count(AiInstruments.ComputeRequests, kind);
    }

    private void OnCancelled() => pool.Cancel(this);
}
