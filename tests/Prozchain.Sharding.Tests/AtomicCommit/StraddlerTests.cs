using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>A transaction in each of its phases while one of its shards splits, merges or is frozen.</summary>
public class StraddlerTests
{
    public enum End { Split, Merge, Freeze }

    public enum Phase { NotOrdered, Waiting, Provisioned, OtherCertified, Certified, BothCertified, OtherCommitted, Committed, Aborted }

    public enum LockPhase { Waiting, Acquired, Prepared, OtherPrepared, Decided, Acknowledged }

    public static TheoryData<Phase, End> Phases => Cross<Phase>();

    public static TheoryData<LockPhase, End, bool> LockPhases
    {
        get
        {
            var data = new TheoryData<LockPhase, End, bool>();
            foreach (LockPhase phase in Enum.GetValues<LockPhase>())
                foreach (End end in Enum.GetValues<End>())
                    foreach (bool decider in (bool[])[false, true]) data.Add(phase, end, decider);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void Declared_WhileItsShardEnds_IsAllOrNothing(Phase phase, End end)
    {
        var world = new AtomicWorld();
        AtomicNode ending = world.Live[new ShardId(1)], other = world.Live[new ShardId(3)];
        int mine = AtomicWorld.WalletIn(ending.Range), theirs = AtomicWorld.WalletIn(other.Range);
        if (phase == Phase.Waiting)
        {
            // An older transaction holds the cell.
            AtomicTransaction older = world.Ring([mine, theirs], 5000, beginMs: 500);
            world.Block(ending, node => node.Shard.Admit(older));
        }
        AtomicTransaction transaction = world.Ring([mine, theirs], 100);
        world.Block(other, node => node.Shard.Admit(transaction));
        if (phase != Phase.NotOrdered) world.Block(ending, node => node.Shard.Admit(transaction));
        if (phase is Phase.OtherCertified or Phase.BothCertified or Phase.OtherCommitted or Phase.Committed) Exchange(world, other, AtomicRecordKind.Provision);
        if (phase is Phase.Certified or Phase.BothCertified or Phase.OtherCommitted or Phase.Committed) Exchange(world, ending, AtomicRecordKind.Provision);
        if (phase is Phase.OtherCommitted or Phase.Committed) Exchange(world, other, AtomicRecordKind.ExecutionCertificate);
        if (phase == Phase.Committed) Exchange(world, ending, AtomicRecordKind.ExecutionCertificate);
        if (phase == Phase.Aborted)
        {
            world.NowMs += 6000;
            world.Block(ending);
        }
        Finish(world, ending, end);
        if (phase == Phase.Certified) Exchange(world, other, AtomicRecordKind.Provision);
        world.RunToEnd();
        world.AssertConserved();
        // What the ending shard certified before its end stands, and nothing else does.
        bool commits = phase is Phase.Certified or Phase.BothCertified or Phase.OtherCommitted or Phase.Committed;
        Assert.Equal(commits ? 1 : 0, Gained(world, mine));
    }

    [Theory]
    [MemberData(nameof(LockPhases))]
    public void Locks_WhileAShardEnds_AreAllOrNothing(LockPhase phase, End end, bool decides)
    {
        var world = new AtomicWorld();
        // Shard 1 decides over 3; so the one that ends is the decision shard or a participant.
        AtomicNode first = world.Live[new ShardId(1)], third = world.Live[new ShardId(3)];
        (AtomicNode ending, AtomicNode other) = decides ? (first, third) : (third, first);
        int mine = AtomicWorld.WalletIn(ending.Range), theirs = AtomicWorld.WalletIn(other.Range);
        if (phase == LockPhase.Waiting)
        {
            AtomicTransaction older = world.Ring([mine, theirs], 5000, beginMs: 500);
            world.Block(ending, node => node.Shard.Admit(older));
        }
        AtomicTransaction transaction = world.Ring([mine, theirs], 100, declared: false);
        var driver = new LockDriver(world, transaction, [new(AtomicWorld.Key(mine), true), new(AtomicWorld.Key(theirs), true)]);
        foreach (AtomicNode node in (AtomicNode[])[ending, other]) world.Block(node, _ => Assert.Equal(AtomicResult.Accepted, driver.Acquire(node)));
        if (phase is LockPhase.Prepared or LockPhase.Decided or LockPhase.Acknowledged) world.Block(ending, node => Assert.Equal(AtomicResult.Accepted, driver.Prepare(node)));
        if (phase is LockPhase.OtherPrepared or LockPhase.Decided or LockPhase.Acknowledged) world.Block(other, node => Assert.Equal(AtomicResult.Accepted, driver.Prepare(node)));
        if (phase is LockPhase.Decided or LockPhase.Acknowledged) Exchange(world, first, AtomicRecordKind.PreparedVote);
        if (phase == LockPhase.Acknowledged)
        {
            Exchange(world, third, AtomicRecordKind.Decision);
            Exchange(world, first, AtomicRecordKind.Acknowledgement);
        }
        ShardId[] participants = driver.Participants;
        Finish(world, ending, end);
        // A late request must not wake anything up.
        if (phase == LockPhase.Prepared) world.Block(other, node => driver.Prepare(node));
        Assert.Equal(2, participants.Length);
        world.RunToEnd();
        world.AssertConserved();
        bool mayCommit = phase is LockPhase.Decided or LockPhase.Acknowledged || (phase is LockPhase.Prepared && !decides && end == End.Freeze);
        if (phase is LockPhase.Decided or LockPhase.Acknowledged) Assert.Equal(1, Gained(world, mine));
        else if (!mayCommit) Assert.Equal(0, Gained(world, mine));
    }

    [Fact]
    public void Decision_OfAFrozenShard_IsWhatItsSettledSetSays()
    {
        foreach (bool decided in (bool[])[false, true])
        {
            var world = new AtomicWorld();
            AtomicNode first = world.Live[new ShardId(1)], third = world.Live[new ShardId(3)];
            int mine = AtomicWorld.WalletIn(first.Range), theirs = AtomicWorld.WalletIn(third.Range);
            AtomicTransaction transaction = world.Ring([mine, theirs], 100, declared: false);
            var driver = new LockDriver(world, transaction, [new(AtomicWorld.Key(mine), true), new(AtomicWorld.Key(theirs), true)]);
            foreach (AtomicNode node in (AtomicNode[])[first, third]) world.Block(node, _ => driver.Acquire(node));
            world.Block(third, node => driver.Prepare(node));
            if (decided)
            {
                world.Block(first, node => driver.Prepare(node));
                Exchange(world, first, AtomicRecordKind.PreparedVote);
            }
            world.Freeze(first);
            (ShardEnding ending, _) = world.Endings[^1];
            world.NowMs += 60_000;
            // Long after every deadline the prepared shard still waits: its own clock decides nothing.
            world.Block(third);
            Assert.Equal(1, third.Shard.Open);
            world.Block(third, node =>
            {
                node.Shard.Accept(ending);
                Assert.Equal(AtomicResult.Accepted, AtomicWorld.Settle(node, world.Endings[^1], transaction.Id, driver.Attempt));
            });
            Assert.Equal(0, third.Shard.Open);
            world.RunToEnd();
            world.AssertConserved();
            Assert.Equal(decided ? 1 : 0, Gained(world, mine));
        }
    }

    private static TheoryData<T, End> Cross<T>() where T : struct, Enum
    {
        var data = new TheoryData<T, End>();
        foreach (T phase in Enum.GetValues<T>())
            foreach (End end in Enum.GetValues<End>()) data.Add(phase, end);
        return data;
    }

    private static void Finish(AtomicWorld world, AtomicNode node, End end)
    {
        if (end == End.Split) world.Split(node);
        else if (end == End.Freeze) world.Freeze(node);
        else if (world.SiblingOf(node) is { } sibling) world.Merge(node.Range.Prefix < sibling.Range.Prefix ? node : sibling, node.Range.Prefix < sibling.Range.Prefix ? sibling : node);
    }

    private static void Exchange(AtomicWorld world, AtomicNode to, AtomicRecordKind kind) => world.Block(to, _ =>
    {
        if (!world.Live.ContainsKey(to.Range.Id)) return;
        foreach (var (record, origin) in world.Archive.ToArray())
        {
            if (record.Kind == kind) world.Deliver(to, record, origin);
        }
    });

    private static int Gained(AtomicWorld world, int wallet)
    {
        world.HolderOf(AtomicWorld.Key(wallet)).Cells.TryRead(AtomicWorld.Key(wallet), out ReadOnlySpan<byte> value);
        return (int)((long)Account.Read(value).Balance - (long)AtomicWorld.Balance);
    }
}
