using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Machines of shards that split and merge.</summary>
public class LineageTests
{
    [Fact]
    public void SplitThenMerge_IdleOrBusy_GivesTheRootBack()
    {
        foreach (bool busy in (bool[])[false, true])
        {
            using var world = new LineageWorld(2, 24);
            LineageWorld.Node left = world.Live[new ShardId(2)], right = world.Live[new ShardId(3)];
            TestSigner[] mine = [.. world.Accounts.Where(account => left.Slice.Machine.Shard.Contains(LineageWorld.CellOf(account)))];
            TestSigner[] theirs = [.. world.Accounts.Except(mine)];
            if (busy)
            {
                // Channels open both ways, a bundle under way to the shard, and a swap that both have certified and neither applied.
                world.Block(left, transactions: world.Pay(mine[0], theirs[0], 5));
                world.Block(right, transactions: world.Pay(theirs[1], mine[1], 7));
                AtomicTransaction swap = world.Swap(mine[2], 11, theirs[2], 3);
                ProvenReceipt provision = Said(world, left, begun: swap);
                world.Block(right, [provision], [swap]);
                world.Block(left, [.. world.Archive.Where(receipt => receipt.Record?.Kind == AtomicRecordKind.Provision && receipt.Source.Shard == right.Id)]);
            }
            Digest before = left.Slice.Cells.Root;
            world.Carry(world.Decide(ReshapeAction.Split(left.Id)));
            LineageWorld.Node one = world.Live[new ShardId(4)], other = world.Live[new ShardId(5)];
            Assert.Equal(before, new Digest(StateHash.Inner(one.Slice.Cells.Root.Bytes, other.Slice.Cells.Root.Bytes)));
            world.CatchUp(right);
            world.Carry(world.Decide(ReshapeAction.Merge(one.Id, other.Id)));
            LineageWorld.Node whole = world.Live[new ShardId(6)];
            Assert.Equal(before, whole.Slice.Cells.Root);
            Assert.Equal(left.Slice.Machine.Shard.Prefix, whole.Slice.Machine.Shard.Prefix);
            Assert.Equal(!busy, world.OpenIn(whole) == 0);
            world.Settle();
            Assert.Equal((UInt128)24 * LineageWorld.Balance, world.Total());
            if (busy) Assert.Equal(LineageWorld.Balance - 11 + 3, world.AccountOf(mine[2]).Balance);
        }
    }

    [Fact]
    public void Receipts_ToAShardThatSplit_ReachTheChildThatHoldsTheCell()
    {
        using var world = new LineageWorld(2, 24);
        LineageWorld.Node left = world.Live[new ShardId(2)], right = world.Live[new ShardId(3)];
        TestSigner payer = world.Accounts.First(account => right.Slice.Machine.Shard.Contains(LineageWorld.CellOf(account)));
        TestSigner payee = world.Accounts.First(account => left.Slice.Machine.Shard.Contains(LineageWorld.CellOf(account)));
        world.Block(right, transactions: world.Pay(payer, payee, 30));
        ProvenReceipt bundle = Assert.Single(world.Archive);
        world.Carry(world.Decide(ReshapeAction.Split(left.Id)));
        foreach (LineageWorld.Node child in world.Live.Values.Where(node => node != right).ToArray())
        {
            Assert.Equal([ChannelResult.Applied], world.Block(child, [bundle]).Bundles);
            Assert.NotEqual([ChannelResult.Applied], world.Block(child, [bundle]).Bundles);
        }
        Assert.Equal(LineageWorld.Balance + 30, world.AccountOf(payee).Balance);
        Assert.Equal(MachineFault.BadTopology, world.Try(left, world.Body(), out _));
    }

    [Fact]
    public void Transactions_InTheLastBlock_AreExecutedAndTheirReceiptsLeaveBeforeTheClose()
    {
        using var world = new LineageWorld(2, 24);
        LineageWorld.Node left = world.Live[new ShardId(2)], right = world.Live[new ShardId(3)];
        TestSigner payer = world.Accounts.First(account => left.Slice.Machine.Shard.Contains(LineageWorld.CellOf(account)));
        TestSigner payee = world.Accounts.First(account => right.Slice.Machine.Shard.Contains(LineageWorld.CellOf(account)));
        TopologyChange split = world.Decide(ReshapeAction.Split(left.Id));
        ShardStep last = world.Block(left, topology: [split], transactions: world.Pay(payer, payee, 9));
        Assert.NotNull(last.Ending);
        world.Carry(split);
        // The close comes first, names the bundle as the channel's last, and the bundle still counts.
        world.Block(right, world.Archive.Where(receipt => receipt.Kind == ReceiptKind.Notice), topology: [split]);
        world.Block(right, world.Archive.Where(receipt => receipt.Kind == ReceiptKind.Bundle));
        Assert.Equal((LineageWorld.Balance - 9, LineageWorld.Balance + 9), (world.AccountOf(payer).Balance, world.AccountOf(payee).Balance));
        world.Settle();
        Assert.Equal((UInt128)24 * LineageWorld.Balance, world.Total());
    }

    [Fact]
    public void Topology_OutOfTurnTooEarlyOrAfterTheEnd_IsRefused()
    {
        using var world = new LineageWorld(2, 24);
        LineageWorld.Node left = world.Live[new ShardId(2)], right = world.Live[new ShardId(3)];
        TestSigner[] mine = [.. world.Accounts.Where(account => left.Slice.Machine.Shard.Contains(LineageWorld.CellOf(account)))];
        var split = new TopologyChange(1, ReshapeAction.Split(left.Id), 1, world.NowMs);
        foreach (TopologyChange[] wrong in (TopologyChange[][])[
            [split with { Version = 2 }], [split with { ActivationMs = world.NowMs + 1_000_000 }], [split with { Action = ReshapeAction.Split(new ShardId(9)) }], [split, split], [split with { Action = ReshapeAction.Merge(right.Id, left.Id) }]])
            Assert.Equal(MachineFault.BadTopology, world.Try(right, world.Body(topology: wrong), out _));
        Assert.Equal(MachineFault.BadTopology, world.Try(left, world.Body(topology: [split, split with { Version = 2, Action = ReshapeAction.Split(right.Id) }]), out _));
        // A receipt of a shard that is to come waits for the change.
        world.Carry(world.Decide(ReshapeAction.Split(left.Id)));
        LineageWorld.Node child = world.Live.Values.First(node => node.Slice.Machine.Shard.Contains(LineageWorld.CellOf(mine[0])));
        TestSigner payee = world.Accounts.Except(mine).First();
        world.Block(child, transactions: world.Pay(mine[0], payee, 4));
        ProvenReceipt early = world.Archive.Last(receipt => receipt.Bundle is not null);
        Assert.Equal(MachineFault.BadTopology, world.Try(right, world.Body([early]), out _));
        Assert.Equal([ChannelResult.Applied], world.Block(right, [early], topology: [world.Changes[0]]).Bundles);
    }

    [Fact]
    public void Settlement_NotUnderTheEndingsRoot_DoesNothing()
    {
        using var world = new LineageWorld(2, 24);
        LineageWorld.Node left = world.Live[new ShardId(2)], right = world.Live[new ShardId(3)];
        TestSigner mine = world.Accounts.First(account => left.Slice.Machine.Shard.Contains(LineageWorld.CellOf(account)));
        TestSigner theirs = world.Accounts.First(account => right.Slice.Machine.Shard.Contains(LineageWorld.CellOf(account)));
        AtomicTransaction swap = world.Swap(mine, 5, theirs, 3);
        world.Block(right, begun: [swap]);
        world.Carry(world.Decide(ReshapeAction.Split(left.Id)));
        world.Block(right, world.Archive.Where(receipt => receipt.Kind == ReceiptKind.Ending));
        Settlement told = Assert.Single(world.SettlementsFor(right));
        var forged = new TrieStore();
        forged.Stage([new StateWrite(ShardEnding.KeyOf(swap.Id, default), ShardEnding.ValueOf(true, TestNetwork.Key(1)))]);
        forged.Commit();
        var lie = new Settlement(told.Name, ShardEnding.ValueOf(true, TestNetwork.Key(1)), forged.Prove(ShardEnding.KeyOf(swap.Id, default)));
        Assert.Equal([AtomicResult.BadProof], world.Block(right, settlements: [lie]).Settlements);
        Assert.Equal(1, world.OpenIn(right));
        Assert.Equal([AtomicResult.Accepted], world.Block(right, settlements: [told]).Settlements);
        Assert.Equal(0, world.OpenIn(right));
    }

    /// <summary>Transfers, swaps, splits and merges; each shard hears what it hears when it likes, and takes changes in when it likes.</summary>
    [Fact]
    public void Run_AtRandom_ConservedAndNothingOpen()
    {
        int reshapes = 0, commits = 0;
        for (int run = 0; run < TestSettings.Scale(12, 400); run++)
        {
            int seed = (int)TestSettings.Seed + run;
            try
            {
                (int made, int committed) = Run(new Random(seed));
                (reshapes, commits) = (reshapes + made, commits + committed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
        Assert.True(reshapes > 30 && commits > 30, $"Expected splits, merges and commits, got {reshapes} and {commits}.");
    }

    private static (int Reshapes, int Commits) Run(Random random)
    {
        using var world = new LineageWorld(3, 24);
        for (int step = 0; step < 120; step++)
        {
            LineageWorld.Node node = world.Live.Values.ElementAt(random.Next(world.Live.Count));
            world.NowMs += random.Next(30);
            if (random.Next(12) == 0) node.Restart(world);
            if (random.Next(20) == 0 && world.Live.Count < 7) world.Carry(world.Decide(ReshapeAction.Split(node.Id)));
            else if (random.Next(12) == 0 && world.Layout.TryGetSibling(node.Id, out ShardInfo? sibling))
                world.Carry(world.Decide(node.Slice.Machine.Shard.IsLeftSiblingOf(sibling) ? ReshapeAction.Merge(node.Id, sibling.Id) : ReshapeAction.Merge(sibling.Id, node.Id)));
            else Block(world, node, random);
        }
        world.Settle();
        Assert.Equal((UInt128)24 * LineageWorld.Balance, world.Total());
        return (world.Changes.Count, world.Archive.Where(receipt => receipt.Record is { Kind: AtomicRecordKind.ExecutionCertificate, IsCommit: true }).Select(receipt => receipt.Record!.Transaction).Distinct().Count());
    }

    private static void Block(LineageWorld world, LineageWorld.Node node, Random random)
    {
        TestSigner[] mine = [.. world.Accounts.Where(account => node.Slice.Machine.Shard.Contains(LineageWorld.CellOf(account)))];
        TestSigner one = world.Accounts[random.Next(world.Accounts.Length)], other = world.Accounts[random.Next(world.Accounts.Length)];
        TopologyChange[] topology = node.State.Layout.Version < (ulong)world.Changes.Count && random.Next(4) == 0 ? [world.Changes[(int)node.State.Layout.Version]] : [];
        byte[][] transactions = mine.Length == 0 || random.Next(3) == 0 ? [] : [world.Pay(mine[random.Next(mine.Length)], one, (ulong)random.Next(1, 50))];
        List<AtomicTransaction> begun = [.. s_open.GetOrCreateValue(world).Where(_ => random.Next(2) == 0)];
        if (random.Next(4) == 0 && one != other)
        {
            AtomicTransaction swap = world.Swap(one, (ulong)random.Next(1, 50), other, (ulong)random.Next(1, 50));
            s_open.GetOrCreateValue(world).Add(swap);
            begun.Add(swap);
        }
        world.Hear(node, topology, begun, transactions, _ => random.Next(3) == 0, random.Next(2) == 0);
    }

    private static ProvenReceipt Said(LineageWorld world, LineageWorld.Node node, AtomicTransaction begun)
    {
        world.Block(node, begun: [begun]);
        return world.Archive.Last(receipt => receipt.Record?.Kind == AtomicRecordKind.Provision);
    }

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<LineageWorld, List<AtomicTransaction>> s_open = [];
}
