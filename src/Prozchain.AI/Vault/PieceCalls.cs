using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Prozchain.AI.Ports;

namespace Prozchain.AI.Vault;

/// <summary>
/// Rounds of calls to stores, at most one a piece, all at the same time and with one time to end by. What overran it may still hold
/// its memory: whoever gave that leaves it behind (<see cref="StripeSlot.Abandon"/>). One round at a time; allocates nothing of its
/// own as long as nobody overruns.
/// </summary>
internal sealed class PieceCalls : IValueTaskSource, IThreadPoolWorkItem
{
    private readonly ModelVaultOptions _options;
    private readonly PieceCall[] _calls;
    private readonly PieceAnswer[] _answers;
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _done;
    private ShardCalls _shards = null!;
    private CancellationTokenSource? _stop;
    private CancellationToken _linked;
    private ITimer? _timer;
    private long _started;
    private int _pending;

    public PieceCalls(ModelVaultOptions options)
    {
        int pieces = options.DataPieces + options.ParityPieces;
        (_options, _calls, _answers) = (options, new PieceCall[pieces], new PieceAnswer[pieces]);
        for (int i = 0; i < pieces; i++) _calls[i] = new PieceCall(this, i);
    }

    /// <summary>Whether in the last round a store overran its time while it was called.</summary>
    public bool HasOverrun { get; private set; }

    /// <summary>What came of the call for a piece, once its round has ended.</summary>
    public PieceAnswer this[int piece] => _answers[piece];

    public void Begin(ShardCalls shards, CancellationToken cancellationToken)
    {
        if (_stop is null || _stop.IsCancellationRequested || _linked != cancellationToken)
        {
            _stop?.Dispose();
            (_stop, _linked) = (CancellationTokenSource.CreateLinkedTokenSource(cancellationToken), cancellationToken);
        }
        lock (_lock)
        {
            _done.Reset();
            Array.Clear(_answers);
            // One more than there are, until all have begun.
            (_shards, _pending, HasOverrun, _started) = (shards, 1, false, _options.Time.GetTimestamp());
        }
    }

    /// <summary>Calls the store for a piece. One that stalled before is not called.</summary>
    public void Add(PieceCallKind kind, int piece, int shard, in PieceKey key, Memory<byte> frame)
    {
        if (_shards.HasStalled(shard))
        {
            Answer(piece, PieceFaultKind.Stalled);
            return;
        }
        PieceCall call;
        lock (_lock)
        {
            call = _calls[piece];
            call.IsPending = true;
            _pending++;
        }
        call.Run(kind, shard, _shards[shard], key, frame, _stop!.Token);
    }

    /// <summary>Says what came of a call that is not made.</summary>
    public void Answer(int piece, PieceFaultKind fault) => _answers[piece] = new PieceAnswer(fault, 0, null);

    /// <summary>Ends with the last call of the round, or when its time is up.</summary>
    /// <exception cref="Exception">What a store threw that no store should, or the cancellation.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask EndAsync()
    {
        await WaitAsync().ConfigureAwait(false);
        foreach (PieceAnswer answer in _answers)
            if (answer.Error is { } error && !ShardCalls.IsOutage(error)) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Forgets the operation that was served last.</summary>
    public void Release()
    {
        _stop?.Dispose();
        (_stop, _linked) = (null, default);
        Array.Clear(_answers);
    }

    public void Finish(PieceCall call, in PieceAnswer answer)
    {
        lock (_lock)
        {
            if (call.IsOrphan) return;
            call.IsPending = false;
            _answers[call.Piece] = answer;
            if (--_pending > 0) return;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    // Whoever completes a round is a store or a timer; what follows must not run on its thread.
    void IThreadPoolWorkItem.Execute() => _done.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _done.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);

    private ValueTask WaitAsync()
    {
        lock (_lock)
        {
            if (--_pending == 0) return ValueTask.CompletedTask;
            if (_options.StoreTimeout != Timeout.InfiniteTimeSpan)
            {
                _timer ??= _options.Time.CreateTimer(static calls => ((PieceCalls)calls!).OnTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(_options.StoreTimeout, Timeout.InfiniteTimeSpan);
            }
            return new ValueTask(this, _done.Version);
        }
    }

    private void OnTime()
    {
        CancellationTokenSource stop;
        lock (_lock)
        {
            if (_pending == 0) return;
            // Early, or meant for a round before.
            TimeSpan left = _options.StoreTimeout - _options.Time.GetElapsedTime(_started);
            if (left > TimeSpan.Zero)
            {
                _timer!.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }
            for (int i = 0; i < _calls.Length; i++)
            {
                if (!_calls[i].IsPending) continue;
                int shard = _calls[i].Shard;
                _calls[i].IsOrphan = true;
                _calls[i] = new PieceCall(this, i);
                _answers[i] = new PieceAnswer(PieceFaultKind.Stalled, 0, new StalledException(shard, _options.StoreTimeout));
                _shards.Stall(shard);
            }
            (_pending, HasOverrun) = (0, true);
            (stop, _stop) = (_stop!, null);
        }
        // Nobody waits for them any more; what they throw in the end is no news.
        _ = stop.CancelAsync().ContinueWith(static (_, state) => ((CancellationTokenSource)state!).Dispose(), stop, TaskScheduler.Default);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
