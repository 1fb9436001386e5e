using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>A swap in each of its phases while one of its shards, or both, split or merge: through bodies and states of machines.</summary>
public class LineageStraddlerTests
{
    public enum Phase { NotOrdered, Provisioned, OtherCertified, Certified, BothCertified, OtherCommitted, Committed, Aborted }

    public enum End { Split, Merge, BothSplit, SplitThenMerge }

    public static TheoryData<Phase, End, bool> Phases
    {
        get
        {
            var data = new TheoryData<Phase, End, bool>();
            foreach (Phase phase in Enum.GetValues<Phase>())
                foreach (End end in Enum.GetValues<End>())
                    foreach (bool late in (bool[])[false, true]) data.Add(phase, end, late);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void Swap_WhileItsShardEnds_IsAllOrNothing(Phase phase, End end, bool otherAdoptsLate)
    {
        using var world = new LineageWorld(4, 40);
        LineageWorld.Node ending = world.Live.Values.First(), other = world.Live.Values.Last();
        TestSigner mine = AccountIn(world, ending), theirs = AccountIn(world, other);
        AtomicTransaction swap = world.Swap(mine, 100, theirs, 30);
        world.Block(other, begun: [swap]);
        if (phase != Phase.NotOrdered) world.Block(ending, begun: [swap]);
        if (phase is Phase.OtherCertified or Phase.BothCertified or Phase.OtherCommitted or Phase.Committed) Exchange(world, other, AtomicRecordKind.Provision);
        if (phase is Phase.Certified or Phase.BothCertified or Phase.OtherCommitted or Phase.Committed) Exchange(world, ending, AtomicRecordKind.Provision);
        if (phase is Phase.OtherCommitted or Phase.Committed) Exchange(world, other, AtomicRecordKind.ExecutionCertificate);
        if (phase is Phase.Committed) Exchange(world, ending, AtomicRecordKind.ExecutionCertificate);
        if (phase == Phase.Aborted)
        {
            world.NowMs += 10_000;
            world.Block(ending);
        }
        if (end == End.Merge)
        {
            Assert.True(world.Layout.TryGetSibling(ending.Id, out ShardInfo? sibling));
            world.Carry(world.Decide(ReshapeAction.Merge(ending.Id, sibling.Id)));
        }
        else world.Carry(world.Decide(ReshapeAction.Split(ending.Id)));
        if (!otherAdoptsLate) world.CatchUp(other);
        if (end == End.BothSplit) world.Carry(world.Decide(ReshapeAction.Split(other.Id)));
        if (end == End.SplitThenMerge)
        {
            ShardInfo[] halves = [.. world.Layout.Shards.Where(shard => shard.BornVersion > 0)];
            world.Carry(world.Decide(ReshapeAction.Merge(halves[0].Id, halves[1].Id)));
        }
        // The other side hears the ending before it hears what the ended shard had said of the swap.
        if (phase == Phase.Certified && end != End.BothSplit) Exchange(world, other, AtomicRecordKind.Provision);
        world.Settle();
        Assert.Equal(40 * (UInt128)LineageWorld.Balance, world.Total());
        // A shard that splits as well aborts what it has not certified itself: both must have, then.
        bool commits = phase is Phase.BothCertified or Phase.OtherCommitted or Phase.Committed || (phase == Phase.Certified && end != End.BothSplit);
        Assert.Equal(commits ? LineageWorld.Balance - 70 : LineageWorld.Balance, world.AccountOf(mine).Balance);
        Assert.Equal(commits ? LineageWorld.Balance + 70 : LineageWorld.Balance, world.AccountOf(theirs).Balance);
    }

    public enum LockPhase { Acquired, Prepared, OtherPrepared, Decided, Acknowledged }

    public static TheoryData<LockPhase, End, bool> LockPhases
    {
        get
        {
            var data = new TheoryData<LockPhase, End, bool>();
            foreach (LockPhase phase in Enum.GetValues<LockPhase>())
                foreach (End end in (End[])[End.Split, End.Merge, End.SplitThenMerge])
                    foreach (bool decides in (bool[])[false, true]) data.Add(phase, end, decides);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LockPhases))]
    public void Locks_WhileAShardEnds_AreAllOrNothing(LockPhase phase, End end, bool endingDecides)
    {
        using var world = new LineageWorld(4, 40);
        // The shard with the lower id decides.
        LineageWorld.Node first = world.Live.Values.First(), last = world.Live.Values.Last();
        (LineageWorld.Node ending, LineageWorld.Node other) = endingDecides ? (first, last) : (last, first);
        TestSigner mine = AccountIn(world, ending), theirs = AccountIn(world, other);
        Digest myCell = LineageWorld.CellOf(mine), theirCell = LineageWorld.CellOf(theirs);
        AtomicTransaction swap = AtomicTransaction.Sign(new AtomicTransaction.Header(TestNetwork.ChainId, world.NowMs, world.NowMs + 8_000, 1), [],
            MultiTransfer.Encode(new MultiTransfer.Move(myCell, theirCell, 100), new MultiTransfer.Move(theirCell, myCell, 30)), mine, theirs);
        var attempt = new Attempt(1, LineageWorld.Epoch);
        ShardId[] participants = [first.Id, last.Id];
        world.Lock(ending, shard => shard.Acquire(swap, attempt, new DeclaredCell(myCell, true)));
        world.Lock(other, shard => shard.Acquire(swap, attempt, new DeclaredCell(theirCell, true)));
        AtomicRecord[] provisions = [.. world.Archive.Select(receipt => receipt.Record!).Where(record => record.Kind == AtomicRecordKind.Provision)];
        if (phase is LockPhase.Prepared or LockPhase.Decided or LockPhase.Acknowledged) world.Lock(ending, shard => shard.Prepare(swap.Id, attempt, participants, provisions));
        if (phase is LockPhase.OtherPrepared or LockPhase.Decided or LockPhase.Acknowledged) world.Lock(other, shard => shard.Prepare(swap.Id, attempt, participants, provisions));
        if (phase is LockPhase.Decided or LockPhase.Acknowledged) Exchange(world, first, AtomicRecordKind.PreparedVote);
        if (phase == LockPhase.Acknowledged)
        {
            Exchange(world, last, AtomicRecordKind.Decision);
            Exchange(world, first, AtomicRecordKind.Acknowledgement);
        }
        if (end == End.Merge)
        {
            Assert.True(world.Layout.TryGetSibling(ending.Id, out ShardInfo? sibling));
            world.Carry(world.Decide(ending.Slice.Machine.Shard.IsLeftSiblingOf(sibling) ? ReshapeAction.Merge(ending.Id, sibling.Id) : ReshapeAction.Merge(sibling.Id, ending.Id)));
        }
        else world.Carry(world.Decide(ReshapeAction.Split(ending.Id)));
        if (end == End.SplitThenMerge)
        {
            ShardInfo[] halves = [.. world.Layout.Shards.Where(shard => shard.BornVersion > 0)];
            world.Carry(world.Decide(ReshapeAction.Merge(halves[0].Id, halves[1].Id)));
        }
        world.Settle();
        Assert.Equal(40 * (UInt128)LineageWorld.Balance, world.Total());
        bool commits = phase is LockPhase.Decided or LockPhase.Acknowledged;
        Assert.Equal(commits ? LineageWorld.Balance - 70 : LineageWorld.Balance, world.AccountOf(mine).Balance);
        Assert.Equal(commits ? LineageWorld.Balance + 70 : LineageWorld.Balance, world.AccountOf(theirs).Balance);
    }

    private static TestSigner AccountIn(LineageWorld world, LineageWorld.Node node) => world.Accounts.First(account => node.Slice.Machine.Shard.Contains(LineageWorld.CellOf(account)));

    private static void Exchange(LineageWorld world, LineageWorld.Node to, AtomicRecordKind kind) =>
        world.Hear(to, [], [], [], receipt => receipt.Record?.Kind == kind, settles: false);
}
