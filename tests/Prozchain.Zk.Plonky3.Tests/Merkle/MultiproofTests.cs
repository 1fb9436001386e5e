using Prozchain.Testing;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Merkle;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Plonky3.Tests.Merkle;

public sealed class MultiproofTests
{
    private static readonly KeccakBytesHash<F> s_hash = new();
    private static readonly int[] s_logHeights = [5, 3, 5, 2];

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Verify_OpenedRows_LeadToTheCap(int capHeight)
    {
        var random = new SeededRandom(5);
        MixedTree<F> tree = Tree(random, capHeight);
        for (int count = 1; count < 12; count++)
        {
            int[] indices = [.. Enumerable.Range(0, count).Select(_ => random.Next(32))];
            Assert.True(Verify(tree, indices, tree.Open(indices)));
        }
    }

    [Fact]
    public void Verify_AnotherRowDigestOrIndex_IsRefused()
    {
        MixedTree<F> tree = Tree(new SeededRandom(6), 0);
        int[] indices = [3, 17, 3, 30];
        RowOpening<F> opening = tree.Open(indices);
        for (int query = 0; query < indices.Length; query++)
        {
            for (int matrix = 0; matrix < s_logHeights.Length; matrix++)
            {
                opening.Rows[query][matrix][0] += F.One;
                Assert.False(Verify(tree, indices, opening), $"Query {query}, matrix {matrix}.");
                opening.Rows[query][matrix][0] -= F.One;
            }
        }
        Assert.True(Verify(tree, indices, opening));
        Assert.False(Verify(tree, [3, 17, 3, 31], opening));
        Assert.False(Verify(tree, [3, 17, 2, 30], opening));
        foreach (int at in (int[])[0, opening.Siblings.Length - 1])
        {
            (opening.Siblings[at], Prozchain.Shared.Bytes32 kept) = (default, opening.Siblings[at]);
            Assert.False(Verify(tree, indices, opening));
            opening.Siblings[at] = kept;
        }
        Assert.False(Multiproof.Verify(s_hash, tree.Cap, s_logHeights, indices, opening.Rows, opening.Siblings.AsSpan(1)));
        Assert.False(Multiproof.Verify(s_hash, tree.Cap, s_logHeights, indices, opening.Rows, [.. opening.Siblings, default]));
    }

    private static bool Verify(MixedTree<F> tree, int[] indices, RowOpening<F> opening) =>
        Multiproof.Verify(s_hash, tree.Cap, s_logHeights, indices, opening.Rows, opening.Siblings);

    private static MixedTree<F> Tree(SeededRandom random, int capHeight) => MixedTree<F>.Commit(s_hash, capHeight, [.. s_logHeights.Select((logHeight, i) =>
    {
        var columns = new F[(i + 1) << logHeight];
        foreach (ref F cell in columns.AsSpan()) cell = F.FromUInt64(random.NextUInt64());
        return new CommittedMatrix<F>(logHeight, i + 1, columns);
    })]);
}
