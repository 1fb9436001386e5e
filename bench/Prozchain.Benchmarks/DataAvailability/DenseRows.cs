using System.Runtime.InteropServices;
using Prozchain.Benchmarks.Quick;
using Prozchain.DataAvailability.Coding;

namespace Prozchain.Benchmarks.DataAvailability;

/// <summary>
/// The dense code of few shards, GB/s of original data on one thread against memcpy, and the erasure locator of the
/// codes with transforms against copying its n shards, were they of 512 bytes.
/// </summary>
internal static class DenseRows
{
    private const string Area = "DataAvailability";
    private const int Size = 64 << 10, CellSize = 512;

    // Where the peers were measured, memcpy ran at this rate, GB/s; their figures, floors and aims are held as ratios to it.
    private const double MemcpyThere = 18.4;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Held(Encode(4, 2), "klauspost", 154, floor: 70, aim: 116),
        Held(Encode(10, 4), "klauspost", 92, floor: 40, aim: 90),
        Held(Encode(17, 3), "ISA-L", 61.2, floor: 40, aim: 61.2),
        Held(Decode(4, 2), "klauspost", 141, floor: 70, aim: 112),
        Held(Decode(10, 4), "klauspost", 87.5, floor: 40, aim: 87.5),
        Held(Decode(17, 3), "ISA-L", 43.8, floor: 40, aim: 43.8),
        Repair(10, 4),
        Progressive(10, 4),
        Locator(CantorField.Gf8, 256, aim: 1),
        Locator(CantorField.Gf16, 8192, aim: 60),
        Locator(CantorField.Gf16, 65536, aim: 500),
    ];

    private static QuickRow Held(QuickRow row, string peer, double there, double floor, double aim) => row with
    {
        Peer = new Peer(peer) { Value = there, Ratio = there / MemcpyThere },
        Floor = new Goal(GoalOf.Ratio, floor / MemcpyThere),
        Aim = new Goal(GoalOf.Ratio, aim / MemcpyThere),
    };

    private static QuickRow Encode(int k, int m) => Row($"dense encode {k}+{m} x 64 KiB", k, m, (data, recovery) =>
        DenseReedSolomon.Instance.Encode(new ReadOnlyShards(data.Span, k, Size), new Shards(recovery.Span, m, Size)));

    private static QuickRow Decode(int k, int m)
    {
        bool[] present = Lost(k, m, m);
        return Row($"dense decode, {m} data shards lost, {k}+{m} x 64 KiB", k, m, (data, recovery) =>
            Check(DenseReedSolomon.Instance.Decode(new Shards(data.Span, k, Size), new ReadOnlyShards(recovery.Span, m, Size), present)));
    }

    private static QuickRow Repair(int k, int m)
    {
        bool[] present = Lost(k, m, 1);
        var shard = new byte[Size];
        return Row($"dense repair of one shard, {k}+{m} x 64 KiB", k, m, (data, recovery) =>
            Check(DenseReedSolomon.Instance.RepairShard(new ReadOnlyShards(data.Span, k, Size), new ReadOnlyShards(recovery.Span, m, Size), present, 0, shard)));
    }

    private static QuickRow Progressive(int k, int m)
    {
        var decoder = new ProgressiveDecoder(DenseReedSolomon.Instance, k, m, Size);
        return Row($"dense decode shard by shard, {m} data shards lost, {k}+{m} x 64 KiB", k, m, (data, recovery) =>
        {
            decoder.Reset();
            for (int i = m; i < k; i++) decoder.Add(i, data.Span.Slice(i * Size, Size));
            for (int i = 0; i < m; i++) decoder.Add(k + i, recovery.Span.Slice(i * Size, Size));
            Check(decoder.Finish(new Shards(data.Span, k, Size)));
        });
    }

    private static QuickRow Row(string name, int k, int m, Action<Memory<byte>, Memory<byte>> run) => QuickRow.Rate(Area, name, "GB/s", () =>
    {
        Memory<byte> data = OnCacheLine(k * Size), recovery = OnCacheLine(m * Size);
        Seeded.Bytes(k * Size, 1).CopyTo(data);
        DenseReedSolomon.Instance.Encode(new ReadOnlyShards(data.Span, k, Size), new Shards(recovery.Span, m, Size));
        return new QuickBody(() => run(data, recovery), data.Length * 1e-9);
    })
    with { Against = Yardstick.Memcpy };

    // As the peers' shards lie; an array of .NET starts anywhere.
    private static Memory<byte> OnCacheLine(int length)
    {
        byte[] room = GC.AllocateArray<byte>(length + 64, pinned: true);
        return room.AsMemory((int)(-Marshal.UnsafeAddrOfPinnedArrayElement(room, 0) & 63), length);
    }

    private static QuickRow Locator(CantorField field, int n, double aim)
    {
        return QuickRow.Time(Area, $"erasure locator, random half lost, n = {n}", "us", 1e6, Prepare) with
        {
            Against = Yardstick.Memcpy,
            FromYardstick = rate => n * (double)CellSize * 1e-3 / rate,
            Floor = new Goal(GoalOf.Ratio, 1),
            Aim = new Goal(GoalOf.Value, aim),
        };

        QuickBody Prepare()
        {
            bool[] erased = Seeded.HalfLost(n, 2);
            var result = new ushort[n];
            return new QuickBody(() => ErasureLocator.Logarithms(field, erased, result));
        }
    }

    private static bool[] Lost(int k, int m, int count)
    {
        var present = new bool[k + m];
        present.AsSpan(count).Fill(true);
        return present;
    }

    private static void Check(DecodeResult result)
    {
        if (result != DecodeResult.Restored) throw new InvalidOperationException($"Expected restored shards, got {result}.");
    }
}
