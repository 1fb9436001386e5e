using Prozchain.Benchmarks.Quick;
using Prozchain.DataAvailability.Squares;

namespace Prozchain.Benchmarks.DataAvailability;

/// <summary>Celestia's squares from blobs and back, and the commitments of blobs: GB/s of the blobs' bytes, on one thread.</summary>
internal static class BlobRows
{
    private const string Area = "DataAvailability";
    private const int Count = 16, Size = 470_000;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Row("blob commitment, 1 MiB", Yardstick.Sha256, Commit),
        Row("square k = 128 built from 16 blobs and their transactions", Yardstick.Memcpy, Build),
        Row("square k = 128 read: every share checked", Yardstick.Memcpy, Read),
    ];

    private static QuickRow Row(string name, Yardstick against, Func<QuickBody> prepare) => QuickRow.Rate(Area, name, "GB/s", prepare) with { Against = against };

    private static QuickBody Commit()
    {
        var blob = new Blob(Namespace.ForBlobs("bench"u8), Seeded.Bytes(1 << 20, 1));
        var commitment = new byte[BlobCommitment.Size];
        return new QuickBody(() => BlobCommitment.Compute(blob, commitment), blob.Data.Length * 1e-9);
    }

    private static QuickBody Build() => new(() => Filled().Build(), Count * Size * 1e-9);

    private static QuickBody Read()
    {
        ReadOnlyMemory<byte> cells = Filled().Build().Cells;
        return new QuickBody(
            () =>
            {
                SquareReadResult result = DataSquare.TryRead(cells, out _);
                if (result != SquareReadResult.Ok) throw new InvalidOperationException($"Expected a square, got {result}.");
            },
            Count * Size * 1e-9);
    }

    private static SquareBuilder Filled()
    {
        var builder = new SquareBuilder();
        byte[] data = s_data.Value;
        for (int i = 0; i < Count; i++)
        {
            var blob = new Blob(Namespace.ForBlobs([1, (byte)(Count - i)]), data.AsMemory(i * Size, Size));
            SquareAddResult result = builder.Add(new BlobTransaction(data.AsMemory(i, 300), blob));
            if (result != SquareAddResult.Added) throw new InvalidOperationException($"Expected room for a blob, got {result}.");
        }
        return builder;
    }

    private static readonly Lazy<byte[]> s_data = new(() => Seeded.Bytes(Count * Size, 1));
}
