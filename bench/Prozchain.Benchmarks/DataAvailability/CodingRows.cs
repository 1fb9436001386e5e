using System.Runtime.InteropServices;
using Prozchain.Benchmarks.Quick;
using Prozchain.Benchmarks.Yardsticks;
using Prozchain.DataAvailability.Coding;

namespace Prozchain.Benchmarks.DataAvailability;

/// <summary>The erasure code alone: GB/s of original data on one thread, against memcpy.</summary>
internal static class CodingRows
{
    private const string Area = "DataAvailability";

    // Where the peers were measured, memcpy ran at this rate, GB/s; their figures, floors and aims are held as ratios to it.
    private const double MemcpyThere = 18.4;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Held(Encode(32, 512, "512 B"), "Firedancer", 30.3, floor: 20, aim: 32),
        Held(Encode(32, 65536, "64 KiB"), "klauspost", 17, floor: 14, aim: 18),
        Held(Encode(128, 512, "512 B"), "klauspost", 10.2, floor: 9, aim: 14),
        Held(Encode(128, 65536, "64 KiB"), "klauspost", 10.5, floor: 9, aim: 13),
        Shared(128, 65536, "64 KiB"),
        Held(Encode(512, 1024, "1 KiB"), "klauspost", 8.7, floor: 7, aim: 10),
        Held(Encode(4096, 1024, "1 KiB"), "klauspost", 5.78, floor: 4.5, aim: 7),
        Held(Encode(32768, 1024, "1 KiB"), "klauspost", 1.72, floor: 1.5, aim: 2.5),
        Held(Decode(32, 512, "512 B"), "Firedancer", 5.7, floor: 3.5, aim: 7),
        Held(Decode(128, 512, "512 B"), "Leopard", 3.09, floor: 2.5, aim: 5),
        Held(Decode(4096, 1024, "1 KiB"), "Leopard", 0.99, floor: 0.9, aim: 2),
        Held(Decode(32768, 1024, "1 KiB"), "Leopard", 0.5, floor: 0.5, aim: 1),
    ];

    private static QuickRow Held(QuickRow row, string peer, double there, double floor, double aim) => row with
    {
        Against = Yardstick.Memcpy,
        Peer = new Peer(peer) { Value = there, Ratio = there / MemcpyThere },
        Floor = new Goal(GoalOf.Ratio, floor / MemcpyThere),
        Aim = new Goal(GoalOf.Ratio, aim / MemcpyThere),
    };

    private static QuickRow Encode(int count, int size, string sizeText) => QuickRow.Rate(Area, $"encode {count}+{count} x {sizeText}", "GB/s", () =>
    {
        Memory<byte> data = Shards(count * size, 1), recovery = Shards(count * size, 2);
        return new QuickBody(
            () => LeopardReedSolomon.Instance.Encode(new ReadOnlyShards(data.Span, count, size), new Shards(recovery.Span, count, size)), data.Length * 1e-9);
    });

    // Each thread does half of every shard.
    private static QuickRow Shared(int count, int size, string sizeText) => QuickRow.Rate(Area, $"encode {count}+{count} x {sizeText}, halves on 2 threads", "GB/s", () =>
    {
        Memory<byte> data = Shards(count * size, 1), recovery = Shards(count * size, 2);
        int next = 0, half = size / 2;
        var workers = new Workers(2, () =>
        {
            int from = Interlocked.Increment(ref next) % 2 * half;
            LeopardReedSolomon.Instance.Encode(new ReadOnlyShards(data.Span[from..], count, half, size), new Shards(recovery.Span[from..], count, half, size));
        });
        return new QuickBody(workers.RunOnce, data.Length * 1e-9, workers);
    })
    with { Against = Yardstick.Memcpy };

    private static QuickRow Decode(int count, int size, string sizeText)
    {
        return QuickRow.Rate(Area, $"decode, random half lost, {count}+{count} x {sizeText}", "GB/s", Prepare);

        QuickBody Prepare()
        {
            Memory<byte> data = Shards(count * size, 1), recovery = Shards(count * size, 2);
            LeopardReedSolomon.Instance.Encode(new ReadOnlyShards(data.Span, count, size), new Shards(recovery.Span, count, size));
            bool[] present = Seeded.HalfLost(2 * count, 2);
            void Run()
            {
                DecodeResult result = LeopardReedSolomon.Instance.Decode(
                    new Shards(data.Span, count, size), new ReadOnlyShards(recovery.Span, count, size), present);
                if (result != DecodeResult.Restored) throw new InvalidOperationException($"Expected restored shards, got {result}.");
            }
            return new QuickBody(Run, data.Length * 1e-9);
        }
    }

    // On whole cache lines, as the peers had them.
    private static Memory<byte> Shards(int length, int seed)
    {
        const int Line = 64;
        byte[] room = GC.AllocateUninitializedArray<byte>(length + Line, pinned: true);
        int first = (int)((0 - (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(room, 0)) % Line);
        Memory<byte> shards = room.AsMemory(first, length);
        Seeded.Random(seed).NextBytes(shards.Span);
        return shards;
    }
}
