using System.Buffers.Binary;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// A tree over a field of 31 bits whose digests are eight elements: rows by a sponge, pairs by a compression. A digest's
/// 32 bytes are its elements' canonical encodings. Sixteen rows at once go from the columns into lanes, and sixteen pairs
/// likewise. Peers use widths 24 and 16 of Poseidon2.
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
    private const int DigestLength = 8, DigestSize = 32, TileRows = 16, Line = CacheLines.Size / sizeof(uint);

    /// <inheritdoc/>
    public static void HashRows(ReadOnlySpan<ReadOnlyMemory<Field31<TParameters>>> columns, int firstRow, Span<byte> digests)
    {
        Span<Field31<TParameters>> tile = CacheLines.Align(stackalloc Field31<TParameters>[TLeaf.Width * TileRows + Line])[..(TLeaf.Width * TileRows)];
        int rate = TLeaf.Width - DigestLength;
        for (; !digests.IsEmpty; firstRow += TileRows)
        {
            int rows = Math.Min(TileRows, digests.Length / DigestSize);
            tile.Clear();
            for (int column = 0; column < columns.Length; column += rate)
            {
                int count = Math.Min(rate, columns.Length - column);
                for (int i = 0; i < count; i++) columns[column + i].Span.Slice(firstRow, rows).CopyTo(tile[(i * TileRows)..]);
                TLeaf.PermuteTile(tile);
            }
            Write(tile, digests[..(rows * DigestSize)]);
            digests = digests[(rows * DigestSize)..];
        }
        // Rows may be a witness.
        tile.Clear();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A pair holds what is no digest.</exception>
    public static void Compress(ReadOnlySpan<byte> pairs, Span<byte> digests)
    {
        Span<Field31<TParameters>> tile = CacheLines.Align(stackalloc Field31<TParameters>[TNode.Width * TileRows + Line])[..(TNode.Width * TileRows)];
        while (!digests.IsEmpty)
        {
            int count = Math.Min(TileRows, digests.Length / DigestSize);
            tile.Clear();
            for (int pair = 0; pair < count; pair++, pairs = pairs[(2 * DigestSize)..])
                for (int i = 0; i < 2 * DigestLength; i++)
                    if (!Field31<TParameters>.TryRead(pairs.Slice(i * sizeof(uint), sizeof(uint)), out tile[i * TileRows + pair]))
                        throw new ArgumentException("Expected digests, got an element that is not canonical.", nameof(pairs));
            TNode.PermuteTile(tile);
            Write(tile, digests[..(count * DigestSize)]);
            digests = digests[(count * DigestSize)..];
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

    // The first elements of each state, as many states as digests.
    private static void Write(ReadOnlySpan<Field31<TParameters>> tile, Span<byte> digests)
    {
        Span<uint> words = stackalloc uint[DigestLength * TileRows];
        FieldWords.Encode(tile[..words.Length], words);
        for (int i = 0; i < digests.Length / sizeof(uint); i++)
            BinaryPrimitives.WriteUInt32LittleEndian(digests[(i * sizeof(uint))..], words[i % DigestLength * TileRows + i / DigestLength]);
    }
}
