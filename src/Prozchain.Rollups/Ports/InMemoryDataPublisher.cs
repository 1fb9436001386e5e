using System.Buffers;
using System.Collections.Concurrent;
using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Ports;

/// <summary>An <see cref="IDataPublisher"/> within one process. Thread-safe.</summary>
/// <param name="isChunked">Whether the commitment is one of which chunks can be asked for on L1 (<see cref="ChunkCommitment"/>), or the Keccak-256 of the bytes.</param>
public sealed class InMemoryDataPublisher(bool isChunked = false) : IDataPublisher
{
    private readonly ConcurrentDictionary<Digest32, byte[]> _data = new();

    /// <summary>Forgets the bytes behind a commitment, as a layer that withholds data would. False if there were none.</summary>
    public bool Withhold(in Digest32 commitment) => _data.TryRemove(commitment, out _);

    /// <inheritdoc/>
    public ValueTask PublishAsync(ReadOnlyMemory<byte> data, Memory<byte> commitment, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Digest32 digest = isChunked ? ChunkCommitment.Compute(data.Span) : new Digest32(Hashing.Keccak(data.Span));
        digest.Span.CopyTo(commitment.Span);
        _data[digest] = data.ToArray();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryFetchAsync(ReadOnlyMemory<byte> commitment, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool found = _data.TryGetValue(new Digest32(commitment.Span), out byte[]? data);
        if (found) destination.Write(data);
        return ValueTask.FromResult(found);
    }
}
