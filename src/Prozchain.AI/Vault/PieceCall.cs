using System.Runtime.CompilerServices;
using Prozchain.AI.Ports;

namespace Prozchain.AI.Vault;

/// <summary>One call to a store at a time, waited for without allocating. One that overran is left to its store, and never used again.</summary>
internal sealed class PieceCall
{
    private readonly PieceCalls _owner;
    private readonly Action _onDone;
    private PieceCallKind _kind;
    private ConfiguredValueTaskAwaitable<long?>.ConfiguredValueTaskAwaiter _get;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _put;
    private ConfiguredValueTaskAwaitable<bool>.ConfiguredValueTaskAwaiter _exists;

    public PieceCall(PieceCalls owner, int piece)
    {
        (_owner, Piece, _onDone) = (owner, piece, Complete);
    }

    public int Piece { get; }

    public int Shard { get; private set; }

    /// <summary>Under way. The owner reads and writes this and the next one under its lock.</summary>
    public bool IsPending { get; set; }

    /// <summary>Given up: what comes of it is nobody's business.</summary>
    public bool IsOrphan { get; set; }

    public void Run(PieceCallKind kind, int shard, IPieceStore store, in PieceKey key, Memory<byte> frame, CancellationToken cancellationToken)
    {
        (_kind, Shard) = (kind, shard);
        try
        {
            switch (kind)
            {
                case PieceCallKind.Get:
                    _get = AwaiterOf(store.GetAsync(key, frame, cancellationToken));
                    if (!_get.IsCompleted)
                    {
                        _get.UnsafeOnCompleted(_onDone);
                        return;
                    }
                    break;
                case PieceCallKind.Put:
                    _put = AwaiterOf(store.PutAsync(key, frame, cancellationToken));
                    if (!_put.IsCompleted)
                    {
                        _put.UnsafeOnCompleted(_onDone);
                        return;
                    }
                    break;
                default:
                    _exists = AwaiterOf(store.ExistsAsync(key, cancellationToken));
                    if (!_exists.IsCompleted)
                    {
                        _exists.UnsafeOnCompleted(_onDone);
                        return;
                    }
                    break;
            }
        }
        catch (Exception e)
        {
            _owner.Finish(this, new PieceAnswer(PieceFaultKind.Unreachable, 0, e));
            return;
        }
        Complete();
    }

    private static ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter AwaiterOf(ValueTask call) => call.ConfigureAwait(false).GetAwaiter();

    private static ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter AwaiterOf<T>(ValueTask<T> call) => call.ConfigureAwait(false).GetAwaiter();

    private void Complete()
    {
        PieceAnswer answer;
        try
        {
            answer = Result();
        }
        catch (Exception e)
        {
            answer = new PieceAnswer(PieceFaultKind.Unreachable, 0, e);
        }
        (_get, _put, _exists) = (default, default, default);
        _owner.Finish(this, answer);
    }

    private PieceAnswer Result()
    {
        switch (_kind)
        {
            case PieceCallKind.Get:
                return _get.GetResult() is { } length ? new PieceAnswer(null, length, null) : new PieceAnswer(PieceFaultKind.Missing, 0, null);
            case PieceCallKind.Put:
                _put.GetResult();
                return default;
            default:
                return new PieceAnswer(null, _exists.GetResult() ? 1 : 0, null);
        }
    }
}
