using System.Buffers;

namespace Prozchain.Rollups.Ports;

/// <summary>
/// A data layer of which a host keeps its own copy of all that it published or fetched: what it derived once it can derive,
/// and show when it is asked for, whatever becomes of the layer. As safe for threads as both are.
/// </summary>
/// <param name="own">The copy, such as a <see cref="DirectoryDataPublisher"/> that survives a restart.</param>
/// <param name="layer">The layer. Both commit to the same bytes in the same way.</param>
public sealed class KeptData(IDataPublisher own, IDataPublisher layer) : IDataPublisher
{
    /// <inheritdoc/>
    public async ValueTask PublishAsync(ReadOnlyMemory<byte> data, Memory<byte> commitment, CancellationToken cancellationToken)
    {
        await own.PublishAsync(data, commitment, cancellationToken).ConfigureAwait(false);
        await layer.PublishAsync(data, commitment, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryFetchAsync(ReadOnlyMemory<byte> commitment, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        if (await own.TryFetchAsync(commitment, destination, cancellationToken).ConfigureAwait(false)) return true;
        var fetched = new ArrayBufferWriter<byte>();
        if (!await layer.TryFetchAsync(commitment, fetched, cancellationToken).ConfigureAwait(false)) return false;
        // Under what it commits to: what is not the data is kept where nobody asks for it.
        await own.PublishAsync(fetched.WrittenMemory, new byte[commitment.Length], cancellationToken).ConfigureAwait(false);
        destination.Write(fetched.WrittenSpan);
        return true;
    }
}
