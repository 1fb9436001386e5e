using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// The whole engine over eight shards, half of the transfers within one: from bytes handed in, through decoding, signature
/// batches, execution, channels between shards and a state root of each shard, to a log on disk that is flushed.
/// </summary>
internal static class EngineRows
{
    private const string Area = "Sharding";

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Rate("transfers end to end, 8 shards, rounds of 40,000, log flushed, 2 threads, Ed25519 signatures inside", "tx/s", () => EndToEnd(20_000, 40_000, 4, signed: true)) with
        {
            Floor = new Goal(GoalOf.Value, 50_000),
            Aim = new Goal(GoalOf.Value, 80_000),
        },
        // What is inside: bytes handed in, decoded, queued (admission), bodies made, executed, channels, state root per 500 ms, log flushed.
        Rate("transfers end to end, 8 shards, rounds of 100,000, admission, root per 500 ms and flushed log inside, 2 threads, signatures not checked", "tx/s", () => EndToEnd(1 << 17, 100_000, 8, signed: false)),
        // What is inside: bodies read, bundles proven, executed, channels, receipts trees, digests, cells committed, state root per 500 ms.
        Rate("transfers executed with their root, 8 shards, rounds of 100,000, blocks at hand, root per 500 ms inside, no admission, no log, 2 threads, no signatures", "tx/s", Blocks) with
        {
            Floor = new Goal(GoalOf.Value, 1_000_000),
        },
        Rate("transfers resumed from a log, 8 shards, rounds of 10,000, 2 threads", "tx/s", Resume),
    ];

    private static QuickRow Rate(string name, string unit, Func<QuickBody> prepare) =>
        QuickRow.Rate(Area, name, unit, prepare) with { Against = Yardstick.Registers, FromYardstick = Steps.PerSecond };

    private static QuickBody EndToEnd(int accounts, int transfers, int rounds, bool signed)
    {
        var load = new TransferLoad(accounts, transfers, rounds, signed);
        return new QuickBody(load.Run, transfers, load, load.Before);
    }

    private static QuickBody Blocks()
    {
        const int Transfers = 100_000;
        var load = new BlockLoad(1 << 17, Transfers, 6);
        return new QuickBody(load.Run, Transfers, load, load.Before);
    }

    private static QuickBody Resume()
    {
        const int Rounds = 10, Transfers = 10_000;
        var load = new TransferLoad(20_000, Transfers, Rounds, signed: false);
        load.Before();
        for (int round = 1; round < Rounds; round++) load.Run();
        return new QuickBody(load.Resume, Rounds * Transfers, load);
    }
}
