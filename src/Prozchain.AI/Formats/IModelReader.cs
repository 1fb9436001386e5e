namespace Prozchain.AI.Formats;

/// <summary>Reads a model file by ranges: the family interface of every format and of a model in the vault.</summary>
/// <remarks>
/// An implementer never holds the whole file, has checked everything in <see cref="Tensors"/> against the length of the
/// file before it exists, and gives the bytes of the file as they are. One read at a time unless it says more. A source
/// that fails throws <see cref="IOException"/>.
/// </remarks>
public interface IModelReader : IDisposable
{
    /// <summary>What the file is.</summary>
    ModelFormat Format { get; }

    /// <summary>Bytes of the file.</summary>
    long Length { get; }

    /// <summary>The tensors in the order of their bytes; empty for opaque bytes.</summary>
    IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Finds a tensor by its name; null when there is none.</summary>
    /// <param name="name">The exact name.</param>
    TensorInfo? Find(string name);

    /// <summary>Fills the destination with bytes of the file.</summary>
    /// <param name="offset">First byte, 0 to <see cref="Length"/>.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <returns>Bytes read: the length of the destination, or fewer at the end of the file.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is outside the file.</exception>
    ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default);
}
