using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Ports;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// The whole engine over four shards, its log in memory, from submission until every receipt is credited: the round that
/// takes the transfers in and the one that delivers. Both count, and so does the committees' signing.
/// </summary>
internal static class EngineRows
{
    private const string Area = "Sharding";
    private const int Round = 2_000;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Rate("transfers end to end, 2,000 a round, 2 threads, signatures inside", "tx/s", () => EndToEnd(new P256Verifier())) with
        {
            Floor = new Goal(GoalOf.Value, 50_000),
            Aim = new Goal(GoalOf.Value, 80_000),
        },
        Rate("transfers end to end, 2,000 a round, 2 threads, signatures not checked", "tx/s", () => EndToEnd(new NoSignatures())) with
        {
            Floor = new Goal(GoalOf.Value, 1_000_000),
        },
        Rate("resume, rounds of 100 transfers replayed, 1 thread", "rounds/s", Resume),
    ];

    private static QuickRow Rate(string name, string unit, Func<QuickBody> prepare) =>
        QuickRow.Rate(Area, name, unit, prepare) with { Against = Yardstick.Registers, FromYardstick = Steps.PerSecond };

    private static QuickBody EndToEnd(ISignatureVerifier verifier)
    {
        var load = new TransferLoad(Round);
        var results = new SubmitResult[Round];
        InProcessEngine? engine = null;
        void Before()
        {
            engine?.Dispose();
            engine = InProcessEngine.Open(load.Options with { Verifier = verifier, Log = new MemoryLogStorage(), MaxDegreeOfParallelism = 2 });
        }
        void Run()
        {
            engine!.SubmitMany(load.Transfers, results);
            int applied = Applied(engine.RunRound(1));
            engine.RunRound(2);
            if (applied != Round || engine.ValueInFlight() != 0)
                throw new InvalidOperationException($"Expected {Round} transfers applied and delivered, got {applied} and {engine.ValueInFlight()} in flight.");
        }
        void Dispose()
        {
            engine?.Dispose();
            (verifier as IDisposable)?.Dispose();
            load.Dispose();
        }
        return new QuickBody(Run, Round, new Disposer(Dispose), Before);
    }

    private static QuickBody Resume()
    {
        const int Rounds = 20, Transfers = 100;
        var load = new TransferLoad(Rounds * Transfers);
        EngineOptions options = load.Options with { Log = new MemoryLogStorage() };
        using (InProcessEngine first = InProcessEngine.Open(options))
        {
            var results = new SubmitResult[Transfers];
            for (int round = 0; round < Rounds; round++)
            {
                first.SubmitMany(load.Transfers[(round * Transfers)..((round + 1) * Transfers)], results);
                int applied = Applied(first.RunRound(round));
                if (applied != Transfers) throw new InvalidOperationException($"Expected {Transfers} transfers applied, got {applied}.");
            }
        }
        void Run()
        {
            using InProcessEngine resumed = InProcessEngine.Open(options);
            if (resumed.Height != Rounds) throw new InvalidOperationException($"Expected {Rounds} rounds, got {resumed.Height}.");
        }
        return new QuickBody(Run, Rounds, load);
    }

    private static int Applied(RoundResult round) => round.Shards.Sum(shard => shard.Applied);
}
