using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// The two hashes of a committed batch of matrices: rows to digests of 32 bytes, and two digests to one. Byte hashes and
/// permutations over a field implement it alike.
/// </summary>
/// <remarks>Owed: a digest depends on its own row or pair alone; nothing allocates once warm; no member keeps what it was given.</remarks>
/// <typeparam name="TField">The field of the elements.</typeparam>
public interface IMatrixHash<TField> where TField : unmanaged, IField<TField>
{
    /// <summary>Hashes neighbouring rows of a matrix given by its columns.</summary>
    /// <param name="columns">The columns, in the order of a row's elements.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="digests">32 bytes for each row; says how many there are.</param>
    static abstract void HashRows(ReadOnlySpan<ReadOnlyMemory<TField>> columns, int firstRow, Span<byte> digests);

    /// <summary>Hashes pairs of digests.</summary>
    /// <param name="pairs">64 bytes for each pair, left then right.</param>
    /// <param name="digests">32 bytes for each pair. May not overlap the pairs.</param>
    static abstract void Compress(ReadOnlySpan<byte> pairs, Span<byte> digests);

    /// <summary>Whether 32 untrusted bytes are the one encoding of a digest.</summary>
    static abstract bool IsDigest(ReadOnlySpan<byte> digest);
}
