using System.Buffers;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>A request on its way to a server and back. Its state changes under the lock of its <see cref="RequestBook"/>.</summary>
internal sealed class RemoteRequest(FrameKind answer, Bytes32 dataRoot, CellCoordinate cell, IBufferWriter<byte> output)
{
    private readonly TaskCompletionSource<ShareStatus> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isAnswered;

    /// <summary>The kind of frame that answers it.</summary>
    public FrameKind Answer => answer;

    public Bytes32 DataRoot => dataRoot;

    public CellCoordinate Cell => cell;

    public bool IsGivenUp { get; private set; }

    public Task<ShareStatus> Done => _done.Task;

    public void GiveUp(CancellationToken cancellationToken)
    {
        if (!_isAnswered && _done.TrySetCanceled(cancellationToken)) IsGivenUp = true;
    }

    /// <summary>From now on it cannot be given up, because its answer is being written.</summary>
    public void MarkAnswered() => _isAnswered = true;

    public void Finish(ShareStatus status) => _done.TrySetResult(status);

    /// <summary>Writes an answer's bytes; what the caller's writer throws is the caller's to see.</summary>
    public void Finish(ShareStatus status, ReadOnlySequence<byte> bytes)
    {
        if (IsGivenUp) return;
        try
        {
            foreach (ReadOnlyMemory<byte> part in bytes) output.Write(part.Span);
            _done.TrySetResult(status);
        }
        catch (Exception e)
        {
            _done.TrySetException(e);
        }
    }
}
