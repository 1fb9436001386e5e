using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Splits and merges within a class, while shards of other classes hold the same keys and send to it.</summary>
public class ClassLineageTests
{
    private const int Cells = 24;
    private const ulong Units = 30;

    private static readonly ShardLayout s_layout = ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0), 1), (new LayoutClassRules(LayoutClass.AI, 1), 1)]);

    /// <summary>Receipts and atomic transactions between classes are under way whenever a shard of either class splits or merges; nothing is lost or doubled.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Reshape_OfOneClass_KeepsWhatIsUnderWayBetweenClasses(int seed)
    {
        var random = new Random(seed);
        using LineageWorld world = World();
        ulong number = 0;
        for (int step = 0; step < 4; step++)
        {
            var open = new List<AtomicTransaction>();
            foreach (LineageWorld.Node node in world.Live.Values.ToArray())
            {
                world.CatchUp(node);
                world.Hear(node, [], [], Transactions(node), _ => random.Next(2) == 0, settles: true);
            }
            for (int i = 0; i < 4; i++) open.Add(BuyProgram.Buy(TestNetwork.ChainId, TestNetwork.Key(random.Next(Cells / 2)), LayoutClass.AI, TestNetwork.Key(Cells / 2 + random.Next(Cells / 2)), 2, world.NowMs, 20_000));
            foreach (LineageWorld.Node node in world.Live.Values)
                world.Block(node, begun: open.Where(buy => buy.Cells.ToArray().Any(cell => node.Slice.Machine.Shard.Contains(cell.Class, cell.Key))));
            // Some have heard the others' provisions by then.
            foreach (LineageWorld.Node node in world.Live.Values) world.Hear(node, [], [], [], _ => random.Next(3) > 0, settles: true);
            ShardInfo[] Of(LayoutClass layoutClass) => [.. world.Layout.Shards.Where(shard => shard.Class == layoutClass)];
            ReshapeAction action = step switch
            {
                0 => ReshapeAction.Split(Of(LayoutClass.AI)[0].Id),
                1 => ReshapeAction.Split(Of(LayoutClass.General)[0].Id),
                2 => ReshapeAction.Merge(Of(LayoutClass.AI)[0].Id, Of(LayoutClass.AI)[1].Id),
                _ => ReshapeAction.Merge(Of(LayoutClass.General)[0].Id, Of(LayoutClass.General)[1].Id),
            };
            world.Carry(world.Decide(action));
            foreach (LineageWorld.Node node in world.Live.Values) node.Restart(world);
        }
        world.Settle();
        Assert.Equal([LayoutClass.General, LayoutClass.AI], world.Layout.Shards.Select(shard => shard.Class));
        Assert.Equal(Cells * Units, Total(world, out ulong credits));
        Assert.True(credits > 10, $"Expected credits that reached the class, got {credits}.");
        int bought = world.Archive.Count(receipt => receipt.Record is { Kind: AtomicRecordKind.ExecutionCertificate, IsCommit: true });
        Assert.True(bought > 4, $"Expected transactions between classes that committed, got {bought}.");

        byte[][] Transactions(LineageWorld.Node node)
        {
            var transactions = new List<byte[]>();
            for (int key = 0; key < Cells; key++)
            {
                Digest cell = TestNetwork.Key(key);
                if (!node.Slice.Machine.Shard.Contains(cell)) continue;
                Digest other = TestNetwork.Key(random.Next(Cells));
                if (node.Slice.Machine.Shard.Class == LayoutClass.General) transactions.Add(PurseTransition.Give(cell, random.Next(2) == 0 ? LayoutClass.AI : LayoutClass.General, other, number++));
                else transactions.Add(JobTransition.Refund(cell, other, number++));
            }
            return [.. transactions];
        }
    }

    [Fact]
    public void Merge_OfShardsOfTwoClasses_IsNotPossible()
    {
        ShardLayout layout = s_layout.Split(new ShardId(1), 0).Split(new ShardId(2), 0);
        ShardInfo[] shards = [.. layout.Shards];
        Assert.Equal([LayoutClass.General, LayoutClass.General, LayoutClass.AI, LayoutClass.AI], shards.Select(shard => shard.Class));
        Assert.True(layout.CanMerge(shards[0].Id, shards[1].Id) && layout.CanMerge(shards[2].Id, shards[3].Id));
        Assert.False(layout.CanMerge(shards[0].Id, shards[3].Id) || layout.CanMerge(shards[2].Id, shards[1].Id));
        Assert.False(ReshapeAction.Merge(shards[0].Id, shards[3].Id).IsPossible(layout));
        Assert.Throws<ArgumentException>(() => layout.Merge(shards[2].Id, shards[1].Id, 1));
    }

    /// <summary>The wire form of an atomic transaction names classes, in one way only; those that there are not are nobody's.</summary>
    [Fact]
    public void AtomicTransaction_OverClasses_HasOneEncoding()
    {
        AtomicTransaction buy = BuyProgram.Buy(7, TestNetwork.Key(1), LayoutClass.AI, TestNetwork.Key(2), 5, 10, 10);
        Assert.Equal(ReadResult.Ok, AtomicTransaction.TryRead(buy.Encoded.Span, out AtomicTransaction? read));
        Assert.Equal([LayoutClass.General, LayoutClass.AI], read!.Cells.ToArray().Select(cell => cell.Class).Order());
        byte[] bytes = buy.Encoded.ToArray();
        int at = bytes.AsSpan().IndexOf(TestNetwork.Key(2).Span) + 32;
        Assert.Equal((3, 1), (bytes[at], bytes[at + 1]));
        bytes[at + 1] = 0;
        Assert.Equal(ReadResult.NotCanonical, AtomicTransaction.TryRead(bytes, out _));
        bytes[at] = 4;
        Assert.Equal(ReadResult.NotCanonical, AtomicTransaction.TryRead(bytes, out _));
        Assert.Throws<ArgumentException>(() => BuyProgram.Buy(7, TestNetwork.Key(1), LayoutClass.AI, TestNetwork.Key(1), 5, 10, 10));
        using LineageWorld world = World();
        AtomicTransaction lost = BuyProgram.Buy(TestNetwork.ChainId, TestNetwork.Key(1), new LayoutClass(9), TestNetwork.Key(2), 5, world.NowMs, 5_000);
        world.Block(world.Live[new ShardId(1)], begun: [lost]);
        world.Settle();
        Assert.Equal(Cells * Units, Total(world, out _));
    }

    private static LineageWorld World() => new(
        s_layout, layoutClass => layoutClass == LayoutClass.AI ? default(JobTransition) : default(PurseTransition),
        layoutClass => layoutClass == LayoutClass.AI ? [] : Enumerable.Range(0, Cells).Select(i => new StateWrite(TestNetwork.Key(i), BitConverter.GetBytes(Units))),
        new Dictionary<ushort, IAtomicProgram> { [BuyProgram.Number] = new BuyProgram() });

    private static ulong Total(LineageWorld world, out ulong credits)
    {
        ulong units = 0;
        credits = 0;
        foreach (LineageWorld.Node node in world.Live.Values)
        {
            for (int key = 0; key < Cells; key++)
            {
                if (!node.Slice.Machine.Shard.Contains(TestNetwork.Key(key)) || !node.Slice.Cells.TryGet(TestNetwork.Key(key), out ReadOnlySpan<byte> value)) continue;
                if (node.Slice.Machine.Shard.Class == LayoutClass.General) units += PurseTransition.Units(value);
                else credits += JobTransition.Read(value).Credits;
            }
        }
        return units + credits;
    }
}
