using System.Buffers;
using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Simulation;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// The ordering protocol of four shards of seven validators in the simulator: 25 ms one way and a tenth of jitter,
/// flushes of 0.5 ms, a block of 200 bytes every 100 ms. Signatures are neither made nor checked.
/// </summary>
internal static class OrderingRows
{
    private const string Area = "Sharding";
    private const int Shards = 4, Members = 7;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Rate("ordering, 4 shards × 7 validators in the simulator, no signatures, 1 thread", "simulated s/s", Steady),
        Rate("ordering, 4 shards × 7 validators, 14 s a seed with drawn faults, no signatures, 2 threads", "seeds/hour", Campaign),
        QuickRow.Figure(Area, "ordering, proposal to final at every validator, 25 to 27.5 ms one way, median, simulated", "ms", Better.Lower, () => Latency(0.5)),
        QuickRow.Figure(Area, "ordering, proposal to final at every validator, 25 to 27.5 ms one way, 99 in 100, simulated", "ms", Better.Lower, () => Latency(0.99)),
    ];

    /// <summary>Seeds with drawn faults; throws where one fails.</summary>
    public static CampaignReport RunSeeds(ulong first, int seeds)
    {
        SimulationScenario scenario = new()
        {
            Build = static (seed, plan) => Build(seed, plan).World,
            Plan = new FaultMix { Nodes = Shards * Members, HealedMs = 6000 }.Draw,
            DurationMs = 14_000,
        };
        CampaignReport report = SimulationCampaign.Run(scenario, first, seeds, 2);
        if (report.FirstFailure is { } failure) throw new InvalidOperationException($"Expected no failure, got {failure}");
        return report;
    }

    private static QuickRow Rate(string name, string unit, Func<QuickBody> prepare) =>
        QuickRow.Rate(Area, name, unit, prepare) with { Against = Yardstick.Registers, FromYardstick = Steps.PerSecond };

    private static QuickBody Steady()
    {
        const int Seconds = 4;
        SimulatedWorld world = Build(1, FaultPlan.None).World;
        world.RunTo(2000);
        return new QuickBody(() => world.RunFor(1000 * Seconds), Seconds);
    }

    private static QuickBody Campaign()
    {
        const int Seeds = 4;
        ulong seed = 0;
        return new QuickBody(() => RunSeeds(seed += Seeds, Seeds), Seeds * 3600.0);
    }

    private static double Latency(double share)
    {
        (SimulatedWorld world, List<double> latencies) = Build(1, FaultPlan.None);
        world.RunTo(20_000);
        latencies.Sort();
        return latencies[(int)(share * (latencies.Count - 1))];
    }

    private static (SimulatedWorld World, List<double> Latencies) Build(ulong seed, FaultPlan plan)
    {
        ShardLayout layout = ShardLayout.Create(Shards);
        Validator[] validators = [.. Enumerable.Range(0, Shards * Members).Select(i => new Validator((byte[])[2, .. Seeded.Bytes(32, i)], 1000))];
        byte[] draw = Seeded.Bytes(32, (int)seed);
        var committees = CommitteeAssignment.Draw(draw, 1, validators, layout, new CommitteeParameters(Members));
        var world = new SimulatedWorld(seed, new WorldOptions { Faults = plan });
        var latencies = new List<double>();
        var final = new Dictionary<(int, ulong), Digest>();
        for (int shard = 0; shard < Shards; shard++)
        {
            Committee committee = committees.Of(layout.Shards[shard].Id);
            var instance = new OrderingInstance(1, committee, draw);
            var anchor = new OrderingAnchor(ShardingRows.KeyOf(shard), 0, world.Options.StartMs);
            int first = shard * Members;
            NodeId[] peers = [.. Enumerable.Range(first, committee.Members.Count).Select(i => new NodeId(i))];
            foreach (NodeId peer in peers)
                world.Add(me => new OrderingNode(new OrderingOptions
                {
                    Instance = instance, Anchor = anchor, Peers = peers, Member = me.Value - first, MaxTimeoutMs = 2000,
                    Scheme = new SignatureListScheme(committee, new NoSignatures(), new NoSigner(committee.Members[me.Value - first].PublicKey)),
                    Application = new Blocks(world, first, final, latencies),
                }));
        }
        return (world, latencies);
    }

    private sealed class NoSigner(ReadOnlyMemory<byte> publicKey) : ISigner
    {
        public ReadOnlyMemory<byte> PublicKey { get; } = publicKey;

        public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => signature.Clear();
    }

    /// <summary>Blocks of zeros that do nothing; a fork throws.</summary>
    private sealed class Blocks(SimulatedWorld world, int shard, Dictionary<(int, ulong), Digest> final, List<double> latencies) : IOrderedApplication
    {
        public bool Build(in Digest parent, ulong height, long timeMs, int maxBytes, IBufferWriter<byte> body)
        {
            int length = Math.Min(200, maxBytes);
            body.GetSpan(length + 1)[..length].Clear();
            body.Advance(length);
            return false;
        }

        public BlockCheck Check(MicroBlock block) => BlockCheck.Valid;

        public bool TryGetResult(in Digest block, bool sealing, out ExecutedBlock result)
        {
            result = new ExecutedBlock(block, block, block);
            return true;
        }

        public void Finalized(MicroBlock block, OrderingCertificate certificate)
        {
            if (!final.TryAdd((shard, block.Header.Height), block.Hash) && final[(shard, block.Header.Height)] != block.Hash)
                throw new InvalidOperationException($"Expected one final block at {block.Header.Height}, got another.");
            latencies.Add(world.ElapsedMicroseconds / 1000.0 + world.Options.StartMs - block.Header.TimeMs);
        }

        public void Accuse(VoteEvidence evidence)
        {
        }
    }
}
