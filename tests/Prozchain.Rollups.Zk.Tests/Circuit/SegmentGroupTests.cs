using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Segments proven alone, and the tree's proof, as a list: what one leaves is what the next starts from.</summary>
public sealed class SegmentGroupTests
{
    private static readonly SharedBuses s_shared = RollupBuses.Between(12);

    [Fact]
    public async Task Segments_AndTheTree_AreProvenAsAList()
    {
        SegmentWorld world = new(9, 6);
        List<List<(IAir Air, Trace<F> Trace, F[] Public)>> parts = [];
        for (uint segment = 1; segment <= 2; segment++)
        {
            SegmentTables tables = world.Run(segment, 12, 6, leastLogRows: 4);
            parts.Add([.. tables.All(), .. StubAir.All(tables.Outside, 4)]);
        }
        (Token[] accounts, Token[] cells, List<OutsideMessage> outside) = world.Tree();
        var asked = new uint[Limbs.Radix];
        Trace<F> treeAccounts = TokenAir.TreeAccounts.Generate(accounts, 0, asked, 4), treeCells = TokenAir.TreeCells.Generate(cells, 0, asked, 4);
        RangeTableAir range = new(Limbs.Bits);
        parts.Add([(TokenAir.TreeAccounts, treeAccounts, []), (TokenAir.TreeCells, treeCells, []), (range, range.Generate<F>(asked), []), .. StubAir.All(outside, 4)]);

        StarkKey<F>[] keys = [.. parts.Select(part => Key([.. part.Select(table => table.Air)]))];
        List<EarlyCommitment<F>> commitments = [];
        foreach ((StarkKey<F> key, var part) in keys.Zip(parts))
        {
            Assert.Equal(2, key.EarlyTables.Count);
            Trace<F>[] early = [.. key.EarlyTables.Select(table => part[table].Trace)];
            F[][] values = [.. key.EarlyTables.Select(table => part[table].Public)];
            commitments.Add(StarkGroup.Commit(key, early, values));
        }
        IReadOnlyList<GroupPlace> places = StarkGroup.Challenges("a batch"u8, commitments);
        var proofs = new GroupProof<F>[parts.Count];
        for (int i = 0; i < proofs.Length; i++)
        {
            F[][] values = [.. parts[i].Select(table => table.Public)];
            proofs[i] = new(keys[i], values, await StarkProver.ProveAsync(keys[i], [.. parts[i].Select(table => table.Trace)], values, place: places[i]));
        }
        Assert.Equal(GroupVerdict.Valid, StarkGroup.Verify("a batch"u8, proofs).Verdict);
        Assert.NotEqual(GroupVerdict.Valid, StarkGroup.Verify("another"u8, proofs).Verdict);
        Assert.NotEqual(GroupVerdict.Valid, StarkGroup.Verify("a batch"u8, (GroupProof<F>[])[proofs[1], proofs[0], proofs[2]]).Verdict);
        Assert.NotEqual(GroupVerdict.Valid, StarkGroup.Verify("a batch"u8, (GroupProof<F>[])[proofs[0], proofs[2]]).Verdict);
    }

    private static StarkKey<F> Key(IAir[] airs) =>
        StarkKey.Create<F>(airs, StarkParameters.ForTarget(100, StarkKey.ShapeOf<F>(airs, minLogRows: 4, maxLogRows: 15, shared: s_shared), new() { ExtensionDegrees = [4] }), shared: s_shared);
}
