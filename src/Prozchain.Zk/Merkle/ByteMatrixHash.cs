using System.Buffers;
using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Keccak256 = Prozchain.Zk.Hashing.Keccak256;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// A tree of byte digests: a row's digest is H of its elements' canonical encodings, a node's is H(left ‖ right).
/// Elements of 31 bits go from the columns into the hash's lanes without a turn through rows.
/// </summary>
/// <typeparam name="TField">The field of the elements.</typeparam>
/// <typeparam name="THash">The hash function.</typeparam>
public readonly struct ByteMatrixHash<TField, THash> : IMatrixHash<TField>
    where TField : unmanaged, IField<TField>
    where THash : struct, IBatchDigest<THash>
{
    private const int TileRows = 16, GroupRows = 64, DigestSize = 32;

    /// <inheritdoc/>
    public static void HashRows(ReadOnlySpan<ReadOnlyMemory<TField>> columns, int firstRow, Span<byte> digests)
    {
        int tiled = digests.Length / (TileRows * DigestSize) * TileRows;
        if (tiled > 0 && FieldWords.IsSupported<TField>() && typeof(THash) == typeof(Keccak256) && BitConverter.IsLittleEndian)
        {
            for (int rows; tiled > 0; tiled -= rows, firstRow += rows, digests = digests[(rows * DigestSize)..])
            {
                rows = Math.Min(KeccakLanes.MostMessages, tiled);
                var source = new FieldQuads<TField>(columns, firstRow, rows);
                KeccakLanes.Hash(ref source, digests[..(rows * DigestSize)]);
            }
        }
        else if (tiled > 0 && FieldWords.IsSupported<TField>())
        {
            uint[] buffer = ArrayPool<uint>.Shared.Rent(columns.Length * Math.Min(GroupRows, tiled));
            for (int rows; tiled > 0; tiled -= rows, firstRow += rows, digests = digests[(rows * DigestSize)..])
            {
                rows = Math.Min(GroupRows, tiled);
                HashTiles(columns, firstRow, buffer, digests[..(rows * DigestSize)]);
            }
            // Rows may be a witness.
            ArrayPool<uint>.Shared.Return(buffer, clearArray: true);
        }
        if (!digests.IsEmpty) HashByRows(columns, firstRow, digests);
    }

    /// <inheritdoc/>
    public static void Compress(ReadOnlySpan<byte> pairs, Span<byte> digests) => THash.HashMany(pairs, 2 * DigestSize, digests);

    /// <inheritdoc/>
    public static bool IsDigest(ReadOnlySpan<byte> digest) => digest.Length == DigestSize;

    // Several tiles side by side, so that a visit to a column takes whole cache lines of it.
    private static void HashTiles(ReadOnlySpan<ReadOnlyMemory<TField>> columns, int firstRow, uint[] buffer, Span<byte> digests)
    {
        int rows = digests.Length / DigestSize, tile = columns.Length * TileRows;
        for (int column = 0; column < columns.Length; column++)
        {
            ReadOnlySpan<TField> elements = columns[column].Span.Slice(firstRow, rows);
            for (int at = 0; at < rows; at += TileRows)
                FieldWords.Encode(elements.Slice(at, TileRows), buffer.AsSpan(at / TileRows * tile + column * TileRows, TileRows));
        }
        for (int at = 0; at < rows; at += TileRows)
            THash.HashTile(buffer.AsSpan(at / TileRows * tile, tile), digests.Slice(at * DigestSize, TileRows * DigestSize));
    }

    private static void HashByRows(ReadOnlySpan<ReadOnlyMemory<TField>> columns, int firstRow, Span<byte> digests)
    {
        int size = columns.Length * TField.EncodedSize;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, TileRows * size));
        while (!digests.IsEmpty)
        {
            int rows = Math.Min(TileRows, digests.Length / DigestSize);
            for (int column = 0; column < columns.Length; column++)
            {
                ReadOnlySpan<TField> elements = columns[column].Span.Slice(firstRow, rows);
                for (int row = 0; row < rows; row++) elements[row].Write(buffer.AsSpan(row * size + column * TField.EncodedSize));
            }
            THash.HashMany(buffer.AsSpan(0, rows * size), size, digests[..(rows * DigestSize)]);
            firstRow += rows;
            digests = digests[(rows * DigestSize)..];
        }
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }
}
