using System.Buffers;

namespace Prozchain.Rollups.Ports;

/// <summary>Where a batch's bytes are kept for everybody to read: a data availability layer.</summary>
/// <remarks>
/// An implementer owes: the commitment binds the bytes and is the same for the same bytes; once
/// <see cref="PublishAsync"/> has completed, the bytes can be fetched by anyone until the batch is final (how surely
/// is the layer's own guarantee). <see cref="TryFetchAsync"/> answers false when the bytes cannot be had now, and
/// writes nothing then. A caller never trusts what it fetches: it checks length and commitment. May fail with the
/// exceptions of the transport; safe to retry; publishing the same bytes twice is harmless.
/// </remarks>
public interface IDataPublisher
{
    /// <summary>Publishes the bytes and writes their 32-byte commitment to <paramref name="commitment"/>.</summary>
    ValueTask PublishAsync(ReadOnlyMemory<byte> data, Memory<byte> commitment, CancellationToken cancellationToken);

    /// <summary>Writes the bytes behind a 32-byte commitment to <paramref name="destination"/>; false if they cannot be had now.</summary>
    ValueTask<bool> TryFetchAsync(ReadOnlyMemory<byte> commitment, IBufferWriter<byte> destination, CancellationToken cancellationToken);
}
