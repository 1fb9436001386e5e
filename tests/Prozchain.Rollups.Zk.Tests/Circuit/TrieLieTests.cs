using Prozchain.Rollups.State;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Updates of the state's tree that a malicious prover makes whole: roots, digests and counts are those of the lie, so that only what is named refuses it.</summary>
public sealed class TrieLieTests
{
    /// <summary>A sibling that is not the tree's: the digests above are others.</summary>
    [Fact]
    public void WrongSibling_IsRefused()
    {
        TrieCase batch = TrieAirTests.Mixed(11);
        int row = batch.Update.Nodes.FindIndex(node => !node.Left.IsOpened && !node.Left.Before.Equals(default));
        Eight other = Changed(batch.Update.Nodes[row].Left.Before);
        batch.Update.Nodes[row] = batch.Update.Nodes[row] with { Left = TrieChild.Closed(other) };
        AssertOnly(new TrieTables(batch), "state node");
    }

    /// <summary>A subtree that no key touched runs into is another after the batch, with all digests above it and the root.</summary>
    [Fact]
    public void UntouchedSubtreeChanged_IsRefused()
    {
        var random = new SeededRandom(12);
        TrieCase batch = TrieCase.Of(Numbers(random, 16), [(TrieCase.Number(0), TrieCase.Value(random, TrieCase.Number(0)))]);
        int row = batch.Update.Nodes.FindIndex(node => node.Place.Depth == 28);
        TrieRow node = batch.Update.Nodes[row];
        batch.Update.Nodes[row] = node with { Right = node.Right with { After = Changed(node.Right.Before) } };
        AssertOnly(new TrieTables(batch.Update, batch.Update.Root.Before, Raise(batch.Update, row), batch.Tokens), "closed child stays");
    }

    /// <summary>An inner node that was there is pushed a level down, where account 0 is on its way all the same: nothing but its kind says that it is no leaf.</summary>
    [Fact]
    public void OldNodeMovedDown_IsRefused()
    {
        var random = new SeededRandom(13);
        TrieCase batch = TrieCase.Of(Numbers(random, 2), [(TrieCase.Number(0), TrieCase.Value(random, TrieCase.Number(0)))]);
        StateUpdate update = batch.Update;
        for (int i = 0; i < update.Nodes.Count; i++) update.Nodes[i] = update.Nodes[i] with { Place = update.Nodes[i].Place.Child(false) };
        update.Accounts[0] = update.Accounts[0] with { Depth = update.Accounts[0].Depth + 1 };
        TrieChild root = update.Root;
        update.Growths.Add(new TrieRow(default, root, default));
        TrieChild grown = root with { Kind = TrieChild.Grown, After = Node(root.After, default) };
        var tables = new TrieTables(update, root.Before, grown.After, batch.Tokens);
        tables.Close[1, 0] = F.FromUInt32(TrieChild.Grown);
        AssertOnly(tables, "kind below");
    }

    /// <summary>A leaf is shown as a node over it: it is N of nothing that anyone knows.</summary>
    [Fact]
    public void LeafReadAsANode_IsRefused()
    {
        var random = new SeededRandom(26);
        TrieCase batch = TrieCase.Of(Numbers(random, 2), [(TrieCase.Number(0), TrieCase.Value(random, TrieCase.Number(0)))]);
        StateUpdate update = batch.Update;
        TrieRow parent = update.Nodes[0];
        update.Nodes[0] = parent with { Left = parent.Left with { Kind = TrieChild.Inner, After = Node(parent.Left.After, default) } };
        update.Accounts[0] = update.Accounts[0] with { Depth = parent.Place.Depth + 2 };
        Eight root = Raise(update, 0);
        update.Nodes.Add(new TrieRow(parent.Place.Child(false), parent.Left, default));
        AssertOnly(new TrieTables(update, update.Root.Before, root, batch.Tokens), "state node");
    }

    /// <summary>A node is shown as the leaf of an account below it, which hides all others there: no segment has such a record.</summary>
    [Fact]
    public void NodeReadAsALeaf_IsRefused()
    {
        var random = new SeededRandom(27);
        TrieCase batch = TrieCase.Of(Numbers(random, 4), [(TrieCase.Number(0), TrieCase.Value(random, TrieCase.Number(0)))]);
        StateUpdate update = batch.Update;
        TrieChild hidden = update.Nodes[1].Left;
        update.Nodes.RemoveAt(0);
        update.Nodes[0] = update.Nodes[0] with { Left = hidden with { Kind = TrieChild.Leaf } };
        update.Accounts[0] = update.Accounts[0] with { Depth = update.Nodes[0].Place.Depth + 1, Before = hidden.Before, After = hidden.After };
        AssertOnly(new TrieTables(update, update.Root.Before, update.Root.After, batch.Tokens), "account token");
    }

    [Fact]
    public void InnerNodeOverOneLeaf_IsRefused()
    {
        TrieChild leaf = Single(out StateUpdate update, out (Digest32, Eight, Eight)[] tokens);
        update.Growths.Add(new TrieRow(default, leaf, default));
        var tables = new TrieTables(update, default, Node(leaf.After, default), tokens);
        (tables.Growths[GrowthAir<Cells>.Forks, 0], tables.Growths[GrowthAir<Cells>.Passes, 0]) = (F.One, F.Zero);
        tables.Close[0, 0] = F.One;
        tables.Close[1, 0] = F.FromUInt32(TrieChild.Grown);
        AssertOnly(tables, "keys below");
    }

    /// <summary>Two leaves where none was, and the sum of their digests passes for the one of a leaf.</summary>
    [Fact]
    public void ForkLeftOut_IsRefused()
    {
        var random = new SeededRandom(14);
        Digest32 one = TrieCase.Hashed(random), number = TrieCase.Number(1);
        TrieCase batch = TrieCase.Of(new StateStore<Tree>(), [(number, TrieCase.Value(random, number)), (one, TrieCase.Value(random, one))]);
        TrieRow row = Assert.Single(batch.Update.Growths);
        Eight sum = default;
        for (int i = 0; i < Eight.Length; i++) sum[i] = row.Left.After[i] + row.Right.After[i];
        var tables = new TrieTables(batch.Update, default, sum, batch.Tokens);
        (tables.Growths[GrowthAir<Cells>.Forks, 0], tables.Growths[GrowthAir<Cells>.Passes, 0]) = (F.Zero, F.One);
        AssertOnly(tables, "keys below a pass");
    }

    /// <summary>A digest before is the sum of two that children take over.</summary>
    [Fact]
    public void OldDigestSplit_IsRefused()
    {
        var random = new SeededRandom(15);
        Digest32 one = TrieCase.Hashed(random), number = TrieCase.Number(1);
        TrieCase batch = TrieCase.Of(new StateStore<Tree>(), [(number, TrieCase.Value(random, number)), (one, TrieCase.Value(random, one))]);
        StateUpdate update = batch.Update;
        TrieRow row = update.Growths[0];
        update.Growths[0] = new TrieRow(default, row.Left with { Before = row.Left.After }, row.Right with { Before = row.Right.After });
        update.Accounts[0] = update.Accounts[0] with { Before = row.Left.After };
        update.Cells[0] = update.Cells[0] with { Before = row.Right.After };
        Eight sum = default;
        for (int i = 0; i < Eight.Length; i++) sum[i] = row.Left.After[i] + row.Right.After[i];
        AssertOnly(new TrieTables(update, sum, update.Root.After, [.. batch.Tokens.Select(token => (token.Key, token.After, token.After))]), "one side before");
    }

    /// <summary>A leaf that an insertion pushes deeper goes to the other side, as if it were of another key.</summary>
    [Fact]
    public void OldLeafUnderAnotherKey_IsRefused()
    {
        var random = new SeededRandom(16);
        Digest32 old = TrieCase.Hashed(random, 5), added = TrieCase.Hashed(random, 7), other = TrieCase.Hashed(random, 4);
        TrieCase batch = TrieCase.Of(TrieCase.Store(random, [old, TrieCase.Number(0)]), [(added, TrieCase.Value(random, added))]);
        int at = batch.Update.Cells.FindIndex(leaf => !leaf.IsTouched);
        CellLeaf shown = batch.Update.Cells[at];
        Assert.True(TreeKey.TryReadHashed(other, out Eight key));
        batch.Update.Cells[at] = shown with { Key = key };
        // The table of compressions has no such digest; the place, which both keys share, is right.
        AssertOnly(new TrieTables(batch), "compress");
    }

    [Fact]
    public void AccountTwice_IsRefused()
    {
        var random = new SeededRandom(17);
        TrieCase batch = TrieCase.Of(Numbers(random, 8), [(TrieCase.Number(3), TrieCase.Value(random, TrieCase.Number(3)))]);
        batch.Update.Accounts.Add(batch.Update.Accounts[0]);
        AssertOnly(new TrieTables(batch.Update, batch.Update.Root.Before, batch.Update.Root.After, [.. batch.Tokens, .. batch.Tokens]), "state node");
    }

    /// <summary>The tables are refused, and for nothing but what a constraint or bus of this name says.</summary>
    internal static void AssertOnly(TrieTables tables, string what)
    {
        IReadOnlyList<TraceFault> faults = tables.Faults();
        Assert.NotEmpty(faults);
        Assert.All(faults, fault => Assert.StartsWith(what, fault.Constraint, StringComparison.Ordinal));
    }

    internal static StateStore<Tree> Numbers(SeededRandom random, int count) => TrieCase.Store(random, Enumerable.Range(0, count).Select(n => TrieCase.Number((uint)n)));

    private static Eight Changed(Eight digest)
    {
        digest[2] += F.One;
        return digest;
    }

    internal static Eight Node(in Eight left, in Eight right) => TrieCase.Compress(left, right, 0);

    // A key inserted into the empty tree, but a level below the root.
    private static TrieChild Single(out StateUpdate update, out (Digest32, Eight, Eight)[] tokens)
    {
        var random = new SeededRandom(25);
        TrieCase batch = TrieCase.Of(new StateStore<Tree>(), [(TrieCase.Number(0), TrieCase.Value(random, TrieCase.Number(0)))]);
        (update, tokens) = (batch.Update, batch.Tokens);
        update.Accounts[0] = update.Accounts[0] with { Depth = 1 };
        return update.Root;
    }

    // Works out the digests after above a row, which is that of account 0's way, and gives the root's.
    private static Eight Raise(StateUpdate update, int row)
    {
        for (; row + 1 < update.Nodes.Count; row++)
        {
            TrieRow node = update.Nodes[row], above = update.Nodes[row + 1];
            update.Nodes[row + 1] = above with { Left = above.Left with { After = Node(node.Left.After, node.Right.After) } };
        }
        return Node(update.Nodes[^1].Left.After, update.Nodes[^1].Right.After);
    }
}
