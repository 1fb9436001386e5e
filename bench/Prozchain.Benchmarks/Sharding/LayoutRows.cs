using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>Who holds a key, and who serves a shard.</summary>
internal static class LayoutRows
{
    private const string Area = "Sharding";
    private const int Shards = ShardLayout.MaxShards;
    private const int Validators = 2000;
    private const int OrderingSeats = 128;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Held(QuickRow.Time(Area, "ShardOf, 1 shard", "ns", 1e9, () => ShardOf(ShardLayout.Create(1), AnyKey)), Steps.Nanoseconds),
        Held(QuickRow.Time(Area, "ShardOf, 64 shards", "ns", 1e9, () => ShardOf(ShardLayout.Create(64), AnyKey)), Steps.Nanoseconds),
        Held(QuickRow.Time(Area, "ShardOf, 1,024 shards", "ns", 1e9, () => ShardOf(ShardLayout.Create(Shards), AnyKey)), Steps.Nanoseconds),
        Held(QuickRow.Time(Area, "ShardOf, 1,024 shards, 200 of them under one path, keys there", "ns", 1e9, () => ShardOf(Crooked(), LastShards)), Steps.Nanoseconds),
        Held(QuickRow.Time(Area, "split of one of 1,023 shards: a new layout", "ms", 1e3, Split), Steps.Milliseconds),
        Held(QuickRow.Time(Area, "draw of 1,024 committees of 128, tickets, 2,000 validators", "ms", 1e3, () => Draw(new TicketSampler())), Steps.Milliseconds),
        Held(QuickRow.Time(Area, "draw of 1,024 committees of 128, weighted, 2,000 validators", "ms", 1e3, () => Draw(new WeightedSampler())), Steps.Milliseconds),
    ];

    private static QuickRow Held(QuickRow row, Func<double, double> steps) => row with { Against = Yardstick.Registers, FromYardstick = steps };

    private static QuickBody ShardOf(ShardLayout layout, Func<ShardLayout, int, Digest> keyOf)
    {
        Digest[] keys = [.. Enumerable.Range(0, 4096).Select(i => keyOf(layout, i))];
        ulong sink = 0;
        void Run()
        {
            foreach (Digest key in keys) sink ^= layout.ShardOf(key).Value;
        }
        return new QuickBody(Run, keys.Length);
    }

    private static Digest AnyKey(ShardLayout layout, int number) => ShardingRows.KeyOf(number);

    private static Digest LastShards(ShardLayout layout, int number)
    {
        ShardId last = new(layout.NextId - 1 - (ulong)(number * 37 % 200 * 2));
        return layout.TryGetInfo(last, out ShardInfo? shard) ? shard.Prefix : throw new InvalidOperationException($"Expected a known shard, got {last}.");
    }

    // 824 shards of equal width, and a path of 200 more below one of them: the table's bits do not reach there.
    private static ShardLayout Crooked()
    {
        ShardLayout layout = ShardLayout.Create(Shards - 200);
        for (int i = 0; i < 200; i++) layout = layout.Split(layout.ShardOf(ShardingRows.KeyOf(0)), 0);
        return layout;
    }

    private static QuickBody Split()
    {
        ShardLayout layout = ShardLayout.Create(Shards - 1);
        ShardId shard = layout.Shards[500].Id;
        return new QuickBody(() => layout.Split(shard, 1), 1);
    }

    private static QuickBody Draw(ICommitteeSampler sampler)
    {
        byte[] seed = Seeded.Bytes(32, 1);
        Random random = Seeded.Random(2);
        ulong[] stakes = [.. Enumerable.Range(0, Validators).Select(_ => (ulong)random.NextInt64(1_000_000, 50_000_000))];
        int[] sizes = [.. Enumerable.Repeat(OrderingSeats, Shards)], seats = new int[Shards * OrderingSeats];
        return new QuickBody(() => sampler.Draw(seed, stakes, sizes, seats), 1);
    }
}
