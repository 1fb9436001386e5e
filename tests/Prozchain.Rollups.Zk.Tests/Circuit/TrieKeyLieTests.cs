using Prozchain.Rollups.State;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Tests.Circuit.TrieLieTests;
using Cell = Prozchain.Rollups.Zk.Circuit.CellLeavesAir;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Lies about which key a leaf has, and whether it has one, made whole as those of <see cref="TrieLieTests"/>.</summary>
public sealed class TrieKeyLieTests
{
    private const uint Prime = 0x7F000001;

    /// <summary>Another number than the place's, above its room and below.</summary>
    [Theory]
    [InlineData(8, 7)]
    [InlineData(8, 9)]
    public void AccountBesideItsPlace_IsRefused(uint number, uint claimed)
    {
        var random = new SeededRandom(18);
        TrieCase batch = TrieCase.Of(Numbers(random, 16), [(TrieCase.Number(number), TrieCase.Value(random, TrieCase.Number(number)))]);
        batch.Update.Accounts[0] = batch.Update.Accounts[0] with { Number = claimed };
        (Digest32 Key, Eight Before, Eight After) token = batch.Tokens[0];
        AssertOnly(new TrieTables(batch.Update, batch.Update.Root.Before, batch.Update.Root.After, [(TrieCase.Number(claimed), token.Before, token.After)]), "state node");
    }

    /// <summary>As before, but with an offset that is negative, which makes the place right.</summary>
    [Fact]
    public void AccountBesideItsPlaceByANegativeOffset_IsRefused()
    {
        var random = new SeededRandom(19);
        TrieCase batch = TrieCase.Of(Numbers(random, 16), [(TrieCase.Number(8), TrieCase.Value(random, TrieCase.Number(8)))]);
        (Digest32 Key, Eight Before, Eight After) token = batch.Tokens[0];
        var tables = new TrieTables(batch.Update, batch.Update.Root.Before, batch.Update.Root.After, [(TrieCase.Number(7), token.Before, token.After)]);
        const int Number = 1, Offset = 4;
        tables.Accounts[Number, 0] -= F.One;
        tables.Accounts[Offset, 0] -= F.One;
        tables.AskInstead(0, Prime - 1);
        tables.AskInstead(0, 1);
        AssertOnly(tables, "range 15");
    }

    /// <summary>Account 100 at the place of another, whose number is 100 less an offset and plus p: what is left of the room is in range modulo the field.</summary>
    [Fact]
    public void AccountAnywhereByAnOffsetModuloTheField_IsRefused()
    {
        var random = new SeededRandom(24);
        const uint Claimed = 100, Offset = (1 << 30) - 1;
        Digest32 key = TrieCase.Number(Prime - Offset + Claimed), beside = TrieCase.Number(Prime - Offset + (Claimed ^ 1));
        TrieCase batch = TrieCase.Of(Numbers(random, 16), [(key, TrieCase.Value(random, key)), (beside, TrieCase.Value(random, beside))]);
        int row = batch.Update.Accounts.FindIndex(leaf => leaf.Number == Prime - Offset + Claimed);
        Assert.Equal(32, batch.Update.Accounts[row].Depth);
        var tables = new TrieTables(batch.Update, batch.Update.Root.Before, batch.Update.Root.After,
            [.. batch.Tokens.Select(token => token.Key == key ? (TrieCase.Number(Claimed), token.Before, token.After) : token)]);
        const int Number = 1, OffsetAt = 4, Left = 6;
        uint left = Prime - Offset;
        tables.Accounts[Number, row] = F.FromUInt32(Claimed);
        (tables.Accounts[OffsetAt, row], tables.Accounts[OffsetAt + 1, row], tables.Accounts[Left, row]) = (F.FromUInt32(Offset % Limbs.Radix), F.FromUInt32(Offset / Limbs.Radix), F.FromUInt32(left / Limbs.Radix));
        foreach (uint limb in (uint[])[Offset % Limbs.Radix, Offset / Limbs.Radix, left % Limbs.Radix, left / Limbs.Radix, Offset / Limbs.Radix + left / Limbs.Radix]) tables.AskInstead(0, limb);
        AssertOnly(tables, "range 15");
    }

    [Fact]
    public void AbsentThoughThere_IsRefused()
    {
        var random = new SeededRandom(20);
        Digest32 key = TrieCase.Hashed(random), number = TrieCase.Number(0);
        TrieCase batch = TrieCase.Of(TrieCase.Store(random, [key, number]), [(key, null), (number, null)]);
        batch.Update.Cells[0] = batch.Update.Cells[0] with { Before = default, After = default };
        AssertOnly(new TrieTables(batch.Update, batch.Update.Root.Before, batch.Update.Root.After, [(key, default, default), batch.Tokens[0]]), "state node");
    }

    /// <summary>A key without a leaf counts as one, which would let its neighbours stand deeper.</summary>
    [Fact]
    public void ThereThoughAbsent_IsRefused()
    {
        var random = new SeededRandom(21);
        Digest32 key = TrieCase.Hashed(random);
        TrieCase batch = TrieCase.Of(new StateStore<Tree>(), [(key, null)]);
        var tables = new TrieTables(batch);
        tables.CellLeaves[Cell.There, 0] = F.One;
        tables.Close[1, 0] = F.FromUInt32(TrieChild.Leaf);
        AssertOnly(tables, "there");
    }

    [Fact]
    public void Removed_IsRefused()
    {
        var random = new SeededRandom(22);
        Digest32 key = TrieCase.Hashed(random), number = TrieCase.Number(0);
        TrieCase batch = TrieCase.Of(TrieCase.Store(random, [key, number]), [(key, null)]);
        StateUpdate update = batch.Update;
        update.Cells[0] = update.Cells[0] with { After = default };
        TrieRow root = Assert.Single(update.Nodes);
        update.Nodes[0] = root with { Right = root.Right with { Kind = TrieChild.Empty, After = default } };
        AssertOnly(new TrieTables(update, update.Root.Before, Node(root.Left.After, default), [(key, update.Cells[0].Before, default)]), "absent");
    }

    /// <summary>A key with the place of its first element plus p, which is that element too: there it could be absent, or stand a second time.</summary>
    [Theory]
    [InlineData(0u)]
    [InlineData(12345u)]
    [InlineData((1u << 24) - 2)]
    public void SecondReadingOfAKey_IsRefused(uint element)
    {
        var random = new SeededRandom(23);
        Digest32 key = TrieCase.Hashed(random, element);
        TrieCase batch = TrieCase.Of(new StateStore<Tree>(), [(key, null)]);
        var tables = new TrieTables(batch);
        Trace<F> cells = tables.CellLeaves;
        uint low = element + Prime - (1 << 30), top = cells[Cell.Offset, 0].ToUInt32();
        cells[Cell.High, 0] = F.One;
        Replace(Cell.Offset, top, top + 64);
        tables.AskInstead(255 - top, 191 - top);
        Replace(Cell.Offset + 1, element % Limbs.Radix, low % Limbs.Radix);
        Replace(Cell.Offset + 2, element / Limbs.Radix, low / Limbs.Radix);
        uint room = 1u << 30, leftBefore = room - 1 - element, leftAfter = room - 1 - low, farBefore = leftBefore;
        Replace(Cell.Left, leftBefore / Limbs.Radix, leftAfter / Limbs.Radix);
        tables.AskInstead(leftBefore % Limbs.Radix, leftAfter % Limbs.Radix);
        // How far it is from the most that the low bits may be, which is less than nothing.
        long far = (1L << 30) - (1 << 24) - low;
        Assert.True(far < 0);
        Replace(Cell.Far, farBefore / Limbs.Radix, 0);
        tables.AskInstead(farBefore % Limbs.Radix, (uint)(Prime + far));
        AssertOnly(tables, "range 15");

        void Replace(int column, uint before, uint after)
        {
            Assert.Equal(before, cells[column, 0].ToUInt32());
            cells[column, 0] = F.FromUInt32(after);
            tables.AskInstead(before, after);
        }
    }

    /// <summary>The tree takes back what it gave, so that no segment knows what the digest is of.</summary>
    [Fact]
    public void TokenWithoutASegment_IsRefused()
    {
        Eight digest = Eight.Of(F.FromUInt32(5), F.One);
        var asked = new uint[Limbs.Radix];
        F[] said = [F.FromUInt32(7), .. digest.ToArray(), .. digest.ToArray()], taken = [said[0], F.One, .. said[1..9]], given = [said[0], F.Zero, .. said[1..9]];
        Trace<F> trace = TokenAir.TreeAccounts.Generate([new Token(Eight.Of(said[0]), 1, digest, digest)], 0, asked);
        Assert.Empty(Checker(trace).Post(RollupBuses.Account, BusDirection.Send, F.One, taken).Post(RollupBuses.Account, BusDirection.Receive, F.One, given).Faults());
        // Without these two the shared bus balances by itself.
        trace[1, 0] = F.Zero;
        asked[0] -= 2;
        Assert.All(Checker(trace).Faults(), fault => Assert.Equal("range 15", fault.Constraint));
        Assert.NotEmpty(Checker(trace).Faults());

        TraceChecker<F> Checker(Trace<F> tokens) => new TraceChecker<F>().Add(TokenAir.TreeAccounts, tokens)
            .Add(new RangeTableAir(Limbs.Bits), new RangeTableAir(Limbs.Bits).Generate<F>(asked)).Post(RollupBuses.AccountToken, BusDirection.Send, F.One, said);
    }
}
