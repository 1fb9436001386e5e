using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;

namespace Prozchain.Sharding.Tests.Reshaping;

public class SmoothedReshapePolicyTests
{
    private static readonly ReshapeOptions s_options = new() { BlockGasLimit = LoadWorld.GasLimit };

    [Theory]
    [InlineData(24, 0, 0, true)] // the 16 newest count 3, 8 more count 2: 64 of 96
    [InlineData(23, 0, 0, false)]
    [InlineData(0, 48, 0, false)]
    [InlineData(32, 0, 0, true)]
    [InlineData(0, 16, 32, false)] // 32 of 48 blocks, but the newest 16 are cool: 48 of 96
    [InlineData(0, 8, 40, true)] // 24 + 16 + 16 + 8 = 64
    public void Decide_Window_WeighsNewerBlocksMore(int newestHot, int thenCool, int thenHot, bool isDue)
    {
        var load = new LoadHistory();
        for (int age = 47; age >= 0; age--)
        {
            bool isHot = age < newestHot || (age >= newestHot + thenCool && age < newestHot + thenCool + thenHot);
            load.Add((ulong)(100 - age), 3, new ShardLoad(1, isHot ? 800_000UL : 799_999UL, 0));
        }
        ShardLayout layout = ShardLayout.Create(1);
        Assert.Equal(isDue ? [ReshapeAction.Split(new ShardId(1))] : [], Policy().Decide(layout, 3, new Dictionary<ShardId, LoadHistory> { [new ShardId(1)] = load }));
    }

    [Theory]
    [InlineData(400_000_000, 0, 0, true)]
    [InlineData(399_999_999, 799_999, 49_999, false)]
    [InlineData(0, 800_000, 0, true)]
    [InlineData(0, 0, 50_000, true)]
    public void Decide_EachThreshold_Splits(ulong bytes, ulong gas, ulong queued, bool isDue)
    {
        var world = new LoadWorld(Policy(), ShardLayout.Create(1));
        world.Run(60, (_, _, _) => new ShardLoad(bytes, gas, queued));
        Assert.Equal(isDue ? 1 : 0, world.Done.Count);
    }

    [Fact]
    public void Run_LoadHoversAtTheSplitThreshold_SplitsOnceAndStays()
    {
        var random = new Random(5);
        var world = new LoadWorld(Policy(), ShardLayout.Create(1));
        world.Run(60 * LoadWorld.BlocksPerEpoch, (_, width, _) => LoadWorld.Uniform(width, 79 + 2.5 * random.NextDouble(), megabytes: 390));
        Assert.Single(world.Done);
    }

    [Fact]
    public void Run_LoadHoversAtTheMergeThreshold_MergesAtMostOnce()
    {
        var random = new Random(6);
        var world = new LoadWorld(Policy(), ShardLayout.Create(2));
        world.Run(30 * LoadWorld.BlocksPerEpoch, (_, width, _) => LoadWorld.Uniform(width, 24 + 3 * random.NextDouble(), megabytes: 50));
        Assert.Empty(world.Done);
        world.Run(30 * LoadWorld.BlocksPerEpoch, (_, width, _) => LoadWorld.Uniform(width, 24, megabytes: 119));
        Assert.True(Assert.Single(world.Done).Action.IsMerge);
        world.Run(30 * LoadWorld.BlocksPerEpoch, (_, width, _) => LoadWorld.Uniform(width, 24 + 3 * random.NextDouble(), megabytes: 119));
        Assert.Single(world.Done);
    }

    [Theory]
    [InlineData(20)] // shorter than the window
    [InlineData(100)]
    [InlineData(190)]
    public void Run_LoadBeats_DoesNotOscillate(int period)
    {
        var world = new LoadWorld(Policy(), ShardLayout.Create(1));
        world.Run(80 * LoadWorld.BlocksPerEpoch, (_, width, epoch) => LoadWorld.Uniform(width, epoch * LoadWorld.BlocksPerEpoch % period < period / 2.0 ? 95 : 5));
        Assert.InRange(world.Done.Count, 0, 1);
    }

    [Fact]
    public void Run_SlowTides_ChangeNoFasterThanTheCooldown()
    {
        var world = new LoadWorld(Policy(), ShardLayout.Create(1));
        world.Run(60 * LoadWorld.BlocksPerEpoch, (_, width, epoch) => LoadWorld.Uniform(width, epoch % 10 < 5 ? 95 : 5));
        Assert.InRange(world.Done.Count, 2, 12);
    }

    [Fact]
    public void Run_EveryShardHot_SplitsOneInSixteenAnEpochUpToTheCap()
    {
        var world = new LoadWorld(new SmoothedReshapePolicy(s_options with { MaxShards = 90 }), ShardLayout.Create(64));
        world.Run(8 * LoadWorld.BlocksPerEpoch, (_, _, _) => new ShardLoad(1, LoadWorld.GasLimit, 0)); // a hot spot in each, which no split cools
        Assert.Equal(90, world.Layout.Shards.Count);
        Assert.Equal([4, 4, 4, 4, 5, 5], world.Done.GroupBy(done => done.Epoch).Select(epoch => epoch.Count()));
    }

    [Fact]
    public void Decide_SeveralHot_TakesTheLargestFirst()
    {
        var world = new LoadWorld(Policy(), ShardLayout.Create(32));
        world.Run(48, (place, _, _) => new ShardLoad((ulong)(place * 1e8), LoadWorld.GasLimit, 0));
        world.Run(12, (place, _, _) => new ShardLoad((ulong)(place * 1e8), LoadWorld.GasLimit, 0));
        Assert.Equal([ReshapeAction.Split(new ShardId(63)), ReshapeAction.Split(new ShardId(62))], world.Done.Select(done => done.Action));
    }

    [Fact]
    public void Run_LoadComesAndLeaves_GrowsAndComesBackToOne()
    {
        var world = new LoadWorld(Policy(), ShardLayout.Create(1));
        world.Run(40 * LoadWorld.BlocksPerEpoch, (_, width, _) => LoadWorld.Uniform(width, 600, megabytes: 2000));
        Assert.Equal(8, world.Layout.Shards.Count);
        Assert.DoesNotContain(world.Done, done => done.Action.IsMerge);
        world.Run(40 * LoadWorld.BlocksPerEpoch, (_, width, _) => LoadWorld.Uniform(width, 3, megabytes: 20));
        Assert.Single(world.Layout.Shards);
        Assert.Equal(7, world.Done.Count(done => done.Action.IsMerge));
    }

    [Fact]
    public void Run_HotSpot_SplitsTowardsItAndLeavesTheRestAlone()
    {
        var world = new LoadWorld(Policy(), ShardLayout.Create(4));
        // Nine tenths of the load lie in the first sixteenth of the keys.
        world.Run(30 * LoadWorld.BlocksPerEpoch, (place, width, _) =>
            new ShardLoad(0, (ulong)(LoadWorld.GasLimit * 1.2 * (0.9 * 16 * Math.Clamp(1 / 16.0 - place, 0, width) + 0.1 * width)), 0));
        Assert.All(world.Layout.Shards.Where(shard => shard.Prefix.Span[0] >= 0x40), shard => Assert.InRange(shard.Depth, 1, 2));
        Assert.All(world.Done.Where(done => !done.Action.IsMerge), done => Assert.Equal(0, Shard(world, done.Action.Shard).Prefix.Span[0]));
        Assert.Equal(5, world.Layout.Shards.Max(shard => shard.Depth));
    }

    [Fact]
    public void Decide_SameHistory_GivesTheSameWhateverTheOrderOfTheTable()
    {
        var world = new LoadWorld(Policy(), ShardLayout.Create(48));
        world.Run(39, (place, _, _) => new ShardLoad((ulong)(place * 7 % 1 * 1e8), LoadWorld.GasLimit, 0));
        world.Run(20, (place, _, _) => new ShardLoad((ulong)(place * 7 % 1 * 1e8), LoadWorld.GasLimit, 0));
        IReadOnlyList<ReshapeAction> actions = Policy().Decide(ShardLayout.Create(48), 0, world.Loads);
        Assert.Equal(3, actions.Count);
        Assert.Equal(actions, Policy().Decide(ShardLayout.Create(48), 0, world.Loads.Reverse().ToDictionary()));
    }

    [Fact]
    public void Options_BadHysteresis_Throws()
    {
        Assert.Contains("2/5", Assert.Throws<ArgumentException>(() => new SmoothedReshapePolicy(s_options with { MergeBytes = 160_000_001 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SmoothedReshapePolicy(s_options with { MergeGasPercent = 33 }));
        Assert.Throws<ArgumentException>(() => new SmoothedReshapePolicy(s_options with { MergeQueued = 20_001 }));
        Assert.Throws<ArgumentException>(() => new SmoothedReshapePolicy(s_options with { CooldownEpochs = 0 }));
        Assert.Throws<ArgumentException>(() => new SmoothedReshapePolicy(s_options with { MaxShards = 1025 }));
        Assert.Throws<ArgumentException>(() => new SmoothedReshapePolicy(s_options with { BlockGasLimit = 0 }));
        Assert.Throws<ArgumentException>(() => new SmoothedReshapePolicy(s_options with { SplitGasPercent = 101 }));
    }

    private static ShardInfo Shard(LoadWorld world, ShardId id) => world.Layout.TryGetInfo(id, out ShardInfo? info) ? info : throw new ArgumentException($"Expected a known shard, got {id}.");

    private static SmoothedReshapePolicy Policy() => new(s_options);
}
