using Prozchain.DataAvailability.Squares;

namespace Prozchain.DataAvailability.Tests.Squares;

/// <summary>Seeded transactions and blobs of sizes around those at which another share begins.</summary>
internal static class RandomSquares
{
    private static readonly int[] s_edges = [1, 473, 474, 478, 482, 458, 956, 960, 1434];

    public static byte[] Transaction(Random random) => Bytes(random, Size(random, 2000));

    public static Blob Blob(Random random, byte version)
    {
        byte[] data = Bytes(random, version == 2 ? 36 : Size(random, random.Next(20) == 0 ? 60_000 : 4000));
        byte[] signer = Bytes(random, version == 0 ? 0 : DataAvailability.Squares.Blob.SignerSize);
        return new Blob(Namespace.ForBlobs([1, (byte)random.Next(6)]), data, version, signer);
    }

    public static BlobTransaction BlobTransaction(Random random)
    {
        Blob[] blobs = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Blob(random, (byte)random.Next(2)))];
        return new BlobTransaction(Bytes(random, random.Next(300)), blobs);
    }

    /// <summary>A small square with something of every kind.</summary>
    public static byte[] Mixed(int seed)
    {
        var random = new Random(seed);
        var builder = new SquareBuilder(8);
        builder.Add(Bytes(random, 300));
        builder.Add(Bytes(random, 700));
        builder.Add(new BlobTransaction(Bytes(random, 100), Short(3), Short(2)));
        builder.Add(new BlobTransaction(Bytes(random, 200), Short(2), new Blob(Namespace.ForBlobs([4, 4]), Bytes(random, 1000), 1, Bytes(random, 20))));
        builder.AddOutside(Bytes(random, 50), Blob(random, 2));
        return builder.Build().Cells.ToArray();

        Blob Short(byte id) => new(Namespace.ForBlobs([4, id]), Bytes(random, random.Next(1, 900)));
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static int Size(Random random, int max) =>
        random.Next(3) == 0 ? s_edges[random.Next(s_edges.Length)] + random.Next(-1, 2) is var size && size > 0 ? size : 1 : random.Next(1, max);
}
