using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Engine;

/// <summary>The queue bounds are no rules of the chain: a log resumes under any of them.</summary>
public class ResumeLimitsTests
{
    private static readonly BlockLimits s_wide = new() { MaxTransfers = 16, MaxReceipts = 16 };

    [Theory]
    [InlineData(1, 65_536, 65_536)]
    [InlineData(65_536, 1, 65_536)]
    [InlineData(65_536, 65_536, 1)]
    [InlineData(1, 1, 1)]
    public void Open_WithSmallerQueueBounds_ReplaysTheSameRounds(int anchors, int waiting, int pooled)
    {
        var log = new MemoryLogStorage();
        var rounds = new List<string>();
        using (InProcessEngine engine = Open(log, s_wide, null))
        {
            var workload = new Workload(3);
            for (int round = 1; round <= 8; round++)
            {
                workload.Submit(engine, 60);
                rounds.Add(Describe(engine.RunRound(round)));
            }
            Assert.NotEqual(UInt128.Zero, engine.ValueInFlight());
        }
        var replayed = new List<string>();
        BlockLimits narrow = s_wide with { MaxAnchors = anchors, MaxWaitingReceipts = waiting, MaxPooledTransfers = pooled };
        using (InProcessEngine engine = Open(log, narrow, result => replayed.Add(Describe(result))))
        {
            Assert.Equal(rounds, replayed);
            for (int round = 9; engine.ValueInFlight() > 0; round++)
            {
                Assert.True(round < 200);
                engine.RunRound(round);
                Assert.Equal(engine.GenesisSupply, engine.TotalSupply() + engine.ValueInFlight());
            }
        }
        Open(log, s_wide, null).Dispose();
    }

    private static InProcessEngine Open(ILogStorage log, BlockLimits limits, Action<RoundResult>? replayed) =>
        InProcessEngine.Open(TestNetwork.Options(5, log: log) with { Limits = limits, Replayed = replayed });

    private static string Describe(RoundResult result) => $"{result.Height} {result.BeaconHash} " + string.Join(' ', result.Shards.Select(shard =>
        $"{shard.HeaderHash}/{string.Join(',', shard.Deliveries.Select(delivery => delivery.ToString()))}"));
}
