using System.Buffers;
using System.Collections.Concurrent;
using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Ports;

/// <summary>An <see cref="IDataPublisher"/> within one process; commits to chunks (<see cref="ChunkCommitment"/>). Thread-safe.</summary>
public sealed class InMemoryDataPublisher : IDataPublisher
{
    private readonly ConcurrentDictionary<Digest32, byte[]> _data = new();

    /// <summary>Forgets the bytes behind a commitment, as a layer that withholds data would. False if there were none.</summary>
    public bool Withhold(in Digest32 commitment) => _data.TryRemove(commitment, out _);

    /// <inheritdoc/>
    public ValueTask PublishAsync(ReadOnlyMemory<byte> data, Memory<byte> commitment, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Digest32 digest = ChunkCommitment.Compute(data.Span);
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
