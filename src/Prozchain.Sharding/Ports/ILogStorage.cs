namespace Prozchain.Sharding.Ports;

/// <summary>A growing array of bytes that survives a crash: what an append log is kept on.</summary>
/// <remarks>
/// An implementer owes: what was written before a <see cref="Flush"/> that returned is read back after any crash. What
/// was written or truncated since then may survive in whole, in part, in any order, or not at all. A read sees the
/// latest write. Failures are reported as <see cref="IOException"/>, never swallowed, above all by
/// <see cref="Flush"/>. One caller at a time.
/// </remarks>
public interface ILogStorage
{
    /// <summary>Number of bytes held.</summary>
    long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on; all of it lies below <see cref="Length"/>.</summary>
    /// <param name="offset">Position of the first byte.</param>
    /// <param name="destination">Receives the bytes.</param>
    void Read(long offset, Span<byte> destination);

    /// <summary>Writes at <paramref name="offset"/>, which is at most <see cref="Length"/>, growing the storage as needed.</summary>
    /// <param name="offset">Position of the first byte.</param>
    /// <param name="source">The bytes.</param>
    void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>Cuts the storage down to <paramref name="length"/> bytes.</summary>
    /// <param name="length">The new length, at most <see cref="Length"/>.</param>
    void Truncate(long length);

    /// <summary>Returns once all that was written is on the medium (fsync).</summary>
    void Flush();
}
