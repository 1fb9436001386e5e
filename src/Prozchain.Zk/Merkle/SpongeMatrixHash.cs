using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// A tree over a field of 31 bits whose digests are eight elements: rows by a sponge, pairs by a compression. A digest's
/// 32 bytes are its elements' canonical encodings. Scalar. Peers use widths 24 and 16 of Poseidon2.
/// </summary>
/// <remarks>See the note on the cryptanalysis of Poseidon at <see cref="Poseidon2Width16{TParameters}"/>.</remarks>
/// <typeparam name="TParameters">The prime.</typeparam>
/// <typeparam name="TLeaf">The permutation that rows are hashed with.</typeparam>
/// <typeparam name="TNode">The permutation that compresses pairs.</typeparam>
public readonly struct SpongeMatrixHash<TParameters, TLeaf, TNode> : IMatrixHash<Field31<TParameters>>
    where TParameters : struct, IField31Parameters
    where TLeaf : struct, IPermutation<Field31<TParameters>>
    where TNode : struct, IPermutation<Field31<TParameters>>
{
    private const int DigestLength = 8, DigestSize = 32;

    /// <inheritdoc/>
    public static void HashRow(ReadOnlySpan<Field31<TParameters>> row, Span<byte> digest)
    {
        Span<Field31<TParameters>> elements = stackalloc Field31<TParameters>[DigestLength];
        FieldSponge<Field31<TParameters>, TLeaf>.Hash(row, elements);
        Write(elements, digest);
    }

    /// <inheritdoc/>
    public static void HashRows(ReadOnlySpan<ReadOnlyMemory<Field31<TParameters>>> columns, int firstRow, Span<byte> digests)
    {
        Field31<TParameters>[] row = ArrayPool<Field31<TParameters>>.Shared.Rent(columns.Length);
        for (int i = 0; i < digests.Length / DigestSize; i++)
        {
            for (int column = 0; column < columns.Length; column++) row[column] = columns[column].Span[firstRow + i];
            HashRow(row.AsSpan(0, columns.Length), digests.Slice(i * DigestSize, DigestSize));
        }
        ArrayPool<Field31<TParameters>>.Shared.Return(row, clearArray: true);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A pair holds what is no digest.</exception>
    public static void Compress(ReadOnlySpan<byte> pairs, Span<byte> digests)
    {
        Span<Field31<TParameters>> pair = stackalloc Field31<TParameters>[2 * DigestLength];
        for (; !digests.IsEmpty; pairs = pairs[(2 * DigestSize)..], digests = digests[DigestSize..])
        {
            for (int i = 0; i < pair.Length; i++)
                if (!Field31<TParameters>.TryRead(pairs.Slice(i * sizeof(uint), sizeof(uint)), out pair[i]))
                    throw new ArgumentException("Expected digests, got an element that is not canonical.", nameof(pairs));
            FieldSponge<Field31<TParameters>, TNode>.Compress(pair, pair[..DigestLength]);
            Write(pair[..DigestLength], digests);
        }
    }

    /// <inheritdoc/>
    public static bool IsDigest(ReadOnlySpan<byte> digest)
    {
        if (digest.Length != DigestSize) return false;
        for (int i = 0; i < DigestSize; i += sizeof(uint))
            if (BinaryPrimitives.ReadUInt32LittleEndian(digest[i..]) >= TParameters.Modulus) return false;
        return true;
    }

    private static void Write(ReadOnlySpan<Field31<TParameters>> elements, Span<byte> digest)
    {
        for (int i = 0; i < DigestLength; i++) elements[i].Write(digest[(i * sizeof(uint))..]);
    }
}
