using System.Buffers;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

internal static class BatchTools
{
    public static ReadOnlyMemory<F>[] Matrix(int height, int width, int seed) =>
        [.. Enumerable.Range(0, width).Select(column => (ReadOnlyMemory<F>)FieldTools.Elements<F>(height, seed * 1000 + column))];

    public static ReadOnlyMemory<F>[][] Matrices(params (int Height, int Width)[] dimensions) =>
        [.. dimensions.Select((d, i) => Matrix(d.Height, d.Width, i + 1))];

    public static F[] Row(ReadOnlyMemory<F>[] matrix, int row) => [.. matrix.Select(column => column.Span[row])];

    /// <summary>The commitment straight from the format's text, node by node.</summary>
    public static byte[] NaiveNode<THash>(ReadOnlyMemory<F>[][] matrices, int height, int node) where THash : struct, IMatrixHash<F>
    {
        int tallest = matrices.Max(matrix => matrix[0].Length);
        F[] row = [.. matrices.Where(matrix => matrix[0].Length == height).SelectMany(matrix => Row(matrix, node))];
        byte[] rowDigest = new byte[32], digest = new byte[32];
        if (row.Length > 0) HashRow<THash>(row, rowDigest);
        if (height == tallest) return rowDigest;
        THash.Compress([.. NaiveNode<THash>(matrices, 2 * height, 2 * node), .. NaiveNode<THash>(matrices, 2 * height, 2 * node + 1)], digest);
        if (row.Length == 0) return digest;
        byte[] injected = new byte[32];
        THash.Compress([.. digest, .. rowDigest], injected);
        return injected;
    }

    // One row by the hash for one message.
    private static void HashRow<THash>(F[] row, byte[] digest)
    {
        byte[] encoded = Encode(row);
        if (typeof(THash) == typeof(ByteMatrixHash<F, Keccak256>)) Keccak256.Hash(encoded, digest);
        else if (typeof(THash) == typeof(ByteMatrixHash<F, Sha256>)) Sha256.Hash(encoded, digest);
        else if (typeof(THash) == typeof(ByteMatrixHash<F, Blake3>)) Blake3.Hash(encoded, digest);
        else
        {
            var elements = new F[FieldSponge<F, Poseidon2Width24<KoalaBear>>.DigestLength];
            FieldSponge<F, Poseidon2Width24<KoalaBear>>.Hash(row, elements);
            Encode(elements).CopyTo(digest, 0);
        }
    }

    private static byte[] Encode(F[] elements)
    {
        var bytes = new byte[elements.Length * F.EncodedSize];
        for (int i = 0; i < elements.Length; i++) elements[i].Write(bytes.AsSpan(i * F.EncodedSize));
        return bytes;
    }

    public static byte[] Encode(BatchOpening<F> opening)
    {
        var output = new ArrayBufferWriter<byte>();
        opening.Write(output);
        Assert.Equal(opening.EncodedSize, output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }
}
