using Prozchain.Rollups.Finality;

namespace Prozchain.Rollups.Tests.Finality;

public sealed class FinalityEstimatorTests : FinalityTest
{
    [Fact]
    public void WithoutHistory_OnlyTheBoundsAreKnown()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Optimistic));
        var estimator = new FinalityEstimator(lane);
        Propose(lane, null, Tree(1), 0);
        estimator.Observe();
        ulong latest = lane.Exit.Seconds - Day;
        Assert.Equal(new FinalityEstimate(FinalityStatus.Proposed, 500_000, 6 * Day, 6 * Day, latest, latest, latest), estimator.Estimate(lane.Claims[0], Day));
    }

    /// <summary>Nine in ten claims take a week, one in ten is disputed and takes twenty days.</summary>
    [Fact]
    public void Quantiles_FollowWhatHappened()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Optimistic));
        var estimator = new FinalityEstimator(lane);
        ulong now = 0;
        for (int i = 0; i < 100; i++)
        {
            Propose(lane, i == 0 ? null : i - 1, Tree(i + 1), now);
            if (i % 10 == 9) lane.Challenge(i, now);
            estimator.Observe();
            now += i % 10 == 9 ? 20 * Day : 7 * Day;
            if (i % 10 == 9) lane.Settle(i, stands: true, now);
            lane.Advance(now);
            Assert.Equal(i, lane.LastFinal!.Id);
            estimator.Observe();
        }
        Propose(lane, 99, Tree(200), now);
        estimator.Observe();
        FinalityEstimate fresh = estimator.Estimate(lane.Claims[100], now + Day);
        Assert.Equal((6 * Day, 6 * Day, 6 * Day, 19 * Day), (fresh.Earliest, fresh.Median, fresh.P90, fresh.P99));
        Assert.Equal(91 * 1_000_000 / 92, fresh.ConfidencePpm);
        // One that has waited for eight days is one of the slow ones.
        lane.Challenge(100, now + Day);
        FinalityEstimate slow = estimator.Estimate(lane.Claims[100], now + 8 * Day);
        Assert.Equal((0UL, 12 * Day, 12 * Day), (slow.Earliest, slow.Median, slow.P99));
        Assert.Equal(1_000_000, estimator.Estimate(lane.Claims[99], now).ConfidencePpm);
    }

    [Fact]
    public void ProvenClaim_WaitsForTheDelayAlone_AndRejectedOnesCountAgainst()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Hybrid));
        var estimator = new FinalityEstimator(lane);
        var tree = Tree(1);
        Propose(lane, null, Tree(1, lieAt: 3), 0);
        estimator.Observe();
        Prove(lane, 0, Tree(1, lieAt: 3), 1, 0, proven: tree.Leaf(3));
        estimator.Observe();
        Assert.Equal(0, estimator.Estimate(lane.Claims[0], 1).ConfidencePpm);
        Propose(lane, null, tree, 0);
        Assert.Equal((333_333, 600UL), (estimator.Estimate(lane.Claims[1], 0).ConfidencePpm, estimator.Estimate(lane.Claims[1], 0).Earliest));
        for (int segment = 0; segment < 4; segment++) Prove(lane, 1, tree, segment, 100);
        Assert.Equal((500_000, 500UL), (estimator.Estimate(lane.Claims[1], 200).ConfidencePpm, estimator.Estimate(lane.Claims[1], 200).Earliest));
    }

    [Fact]
    public void Memory_IsBounded()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Optimistic));
        var estimator = new FinalityEstimator(lane);
        for (int i = 0; i < FinalityEstimator.Window + 100; i++)
        {
            Propose(lane, i == 0 ? null : i - 1, Tree(i + 1), (ulong)i * 8 * Day);
            // The first hundred, which are forgotten, take longer.
            ulong done = (ulong)i * 8 * Day + (i < 100 ? 8 * Day - 1 : 7 * Day);
            if (i < 100) lane.Challenge(i, (ulong)i * 8 * Day);
            if (i < 100) lane.Settle(i, stands: true, done);
            lane.Advance(done);
            estimator.Observe();
        }
        Propose(lane, FinalityEstimator.Window + 99, Tree(9_000), 10_000 * Day);
        Assert.Equal(7 * Day, estimator.Estimate(lane.Claims[^1], 10_000 * Day).P99);
    }
}
