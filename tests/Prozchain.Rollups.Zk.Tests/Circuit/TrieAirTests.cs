using System.Buffers.Binary;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Batches of random keys over random states: the tables hold exactly what the state itself does.</summary>
public sealed class TrieAirTests
{
    private const uint Prime = 0x7F000001;

    [Theory]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 2)]
    [InlineData(true, true, 3)]
    public void Batches_EndAtTheStatesRoots(bool hasNumbers, bool hasHashed, int lanes)
    {
        for (ulong seed = 0; seed < 8; seed++)
        {
            var random = new SeededRandom(seed);
            int numbers = hasNumbers ? random.Next(40) : 0, hashed = hasHashed ? random.Next(40) : 0;
            Digest32[] others = [.. Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? Near(random) : TrieCase.Hashed(random))];
            StateStore<Tree> store = TrieCase.Store(random, [.. Enumerable.Range(0, numbers).Select(n => TrieCase.Number((uint)n)), .. others[..hashed]]);
            for (int batch = 0; batch < 3; batch++)
            {
                List<(Digest32, byte[]?)> touches = [];
                for (int i = random.Next(hasNumbers ? 1 : 0, 8); hasNumbers && i > 0; i--)
                {
                    // The numbers that there are, and the next ones; one in between may be left out.
                    Digest32 key = TrieCase.Number((uint)random.Next(numbers + 3));
                    touches.Add((key, TrieCase.Value(random, key)));
                }
                for (int i = hasHashed ? random.Next(8) : 0; i > 0; i--)
                {
                    Digest32 key = others[random.Next(others.Length)];
                    touches.Add((key, random.Next(3) == 0 ? null : TrieCase.Value(random, key)));
                }
                Check(TrieCase.Of(store, touches), lanes);
            }
        }
    }

    /// <summary>Keys that part at the borders of words and of limbs, and elements that another reading would take for others.</summary>
    [Fact]
    public void HashedKeysThatPartLate_EndAtTheStatesRoots()
    {
        foreach (int common in (int[])[1, 2, 31, 33, 63, 65, 97, 126])
        {
            var random = new SeededRandom((ulong)common);
            Digest32 one = TrieCase.Hashed(random, Prime - 1, 0, (1u << 24) - 2, Prime - 2), other = Flip(one, common);
            Check(TrieCase.Of(TrieCase.Store(random, [one, TrieCase.Number(0)]), [(other, TrieCase.Value(random, other))]));
            Check(TrieCase.Of(TrieCase.Store(random, [one, TrieCase.Number(0)]), [(other, null)]));
            Check(TrieCase.Of(TrieCase.Store(random, [TrieCase.Number(0)]), [(other, TrieCase.Value(random, other)), (one, null)]));
        }
    }

    /// <summary>Updates for which there are no rows, among them keys that have no place because it would be deeper than places go.</summary>
    [Fact]
    public void UpdatesThatCannotBe_HaveNoRows()
    {
        var random = new SeededRandom(4);
        Digest32 one = TrieCase.Hashed(random, 1, 2, 3, 4), other = Flip(one, 127), number = TrieCase.Number(7);
        StateStore<Tree> store = TrieCase.Store(random, [one, number]);
        Eight digest = Eight.Of(F.One);
        Assert.False(TryBuild(store, [other], [new(other, default)]));
        Assert.True(TryBuild(store, [Flip(one, 126)], [new(Flip(one, 126), default)]));
        // Removed, a number that is not there afterwards, a key that is neither, one that the witness lacks, another root.
        Assert.False(TryBuild(store, [one], [new(one, default)]));
        Assert.False(TryBuild(store, [TrieCase.Number(8)], [new(TrieCase.Number(8), default)]));
        Digest32 neither = new([.. number.Span[..31], 1]), word = new([.. one.Span[..16], 0x7F, 0, 0, 1, .. one.Span[20..]]);
        Assert.False(TryBuild(store, [neither], [new(neither, digest)]));
        Assert.False(TryBuild(store, [word], [new(word, digest)]));
        Assert.False(TryBuild(store, [number], [new(number, digest), new(one, digest)]));
        Assert.True(TryBuild(store, [number, one], [new(number, digest), new(one, digest)]));
        Assert.False(TryBuild(store, [number, one], [new(number, digest), new(one, digest)], one));
        Assert.False(TryBuild(store, [number, one], [new(number, digest), new(one, digest)], number));
        Assert.Throws<ArgumentException>(() => TryBuild(store, [number, one], [new(one, digest), new(number, digest)]));
    }

    [Fact]
    public void EmptyTree_Grows()
    {
        var random = new SeededRandom(1);
        Digest32 number = TrieCase.Number(5), hashed = TrieCase.Hashed(random);
        Check(TrieCase.Of(new StateStore<Tree>(), [(number, TrieCase.Value(random, number))]));
        Check(TrieCase.Of(new StateStore<Tree>(), [(hashed, TrieCase.Value(random, hashed))]));
        Check(TrieCase.Of(new StateStore<Tree>(), [(hashed, null)]));
        Check(TrieCase.Of(new StateStore<Tree>(), [(number, TrieCase.Value(random, number)), (hashed, TrieCase.Value(random, hashed)), (TrieCase.Hashed(random), null)]));
    }

    [Fact]
    public void NothingTouched_LeavesTheRoot()
    {
        var random = new SeededRandom(2);
        TrieCase batch = TrieCase.Of(TrieCase.Store(random, [TrieCase.Number(0), TrieCase.Number(1)]), []);
        Check(batch);
        Eight root = TrieCase.Digest(batch.Before), other = root;
        other[3] += F.One;
        Assert.Contains(new TrieTables(batch.Update, root, other, []).Faults(), fault => fault.Constraint.Contains("unopened root stays", StringComparison.Ordinal));
    }

    /// <summary>The newest account stands high until the next comes, which pushes it down: it is then among the leaves though nobody touched it.</summary>
    [Fact]
    public void NextNumber_PushesTheOneBefore()
    {
        var random = new SeededRandom(3);
        StateStore<Tree> store = TrieCase.Store(random, Enumerable.Range(0, 9).Select(n => TrieCase.Number((uint)n)));
        TrieCase batch = TrieCase.Of(store, [(TrieCase.Number(9), TrieCase.Value(random, TrieCase.Number(9)))]);
        Assert.Equal([8u], batch.Update.Idle);
        Check(batch);
        Assert.Empty(TrieCase.Of(store, [(TrieCase.Number(10), TrieCase.Value(random, TrieCase.Number(10)))]).Update.Idle);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void EveryCell_IsDetermined(int lanes)
    {
        TrieCase batch = Mixed(5);
        Assert.Contains(batch.Update.Growths, row => row.Forks && row.Left.Kind + row.Right.Kind == 2);
        Assert.Contains(batch.Update.Growths, row => !row.Forks && row.Left.Kind + row.Right.Kind == 1);
        Assert.Contains(batch.Update.Cells, leaf => !leaf.IsTouched);
        Assert.Contains(batch.Update.Cells, leaf => leaf.After.Equals(default));
        new TrieTables(batch, lanes, leastLogRows: 7).Mutate().AssertAllFound();
    }

    [Fact]
    public void Shape_IsThatOfTheDesign()
    {
        ConstraintGraph trie = ConstraintGraph.Of(new TrieAir<Cells>(1)), growth = ConstraintGraph.Of(new GrowthAir<Cells>());
        ConstraintGraph accounts = ConstraintGraph.Of(new LeavesAir()), cells = ConstraintGraph.Of(new CellLeavesAir()), places = ConstraintGraph.Of(new TriePlacesAir());
        Assert.Equal((328, 4), (trie.Shape.Width, trie.Interactions.Count));
        Assert.Equal((189, 5), (growth.Shape.Width, growth.Interactions.Count));
        Assert.Equal((23, 8), (accounts.Shape.Width, accounts.Interactions.Count));
        Assert.Equal((65, 34), (cells.Shape.Width, cells.Interactions.Count));
        Assert.Equal((3, 3), (places.Shape.Width, places.Interactions.Count));
        Assert.All([trie, growth, accounts, cells, places], graph => Assert.True(graph is { MaxDegree: <= 3, MaxInteractionDegree: <= 1 }));
        Assert.Equal([1 << 18, 1 << 17, 423_580 - (1 << 18) - (1 << 17)], new TrieAir<Cells>(1).Shares(423_580, 3));
        Assert.Equal([15, 0, 0], new TrieAir<Cells>(1).Shares(15, 3));
        Assert.Equal([16, 1], new TrieAir<Cells>(4).Shares(17, 2));
        Assert.Equal([0], new TrieAir<Cells>(4).Shares(0, 1));
    }

    /// <summary>2^12 draws of accounts out of 2^14: the nodes are those that the design counts, within chance.</summary>
    [Fact]
    public void Permutations_OfABatch_AreThoseOfTheDesign()
    {
        const int Log = 14, Draws = 1 << 12;
        var random = new SeededRandom(6);
        StateStore<Tree> store = TrieCase.Store(random, Enumerable.Range(0, 1 << Log).Select(n => TrieCase.Number((uint)n)));
        HashSet<uint> drawn = [.. Enumerable.Range(0, Draws).Select(_ => (uint)random.Next(1 << Log))];
        TrieCase batch = TrieCase.Of(store, drawn.Select(n => (TrieCase.Number(n), (byte[]?)TrieCase.Value(random, TrieCase.Number(n)))));
        Assert.Equal(TrieCase.Digest(batch.After), batch.Update.Root.After);
        double expected = TriePlace.WordBits - Log;
        for (int level = 0; level < Log; level++) expected += Math.Pow(2, level) * (1 - Math.Pow(1 - Math.Pow(2, -level), Draws));
        Assert.InRange(batch.Update.Nodes.Count, expected * 0.99, expected * 1.01);
        Assert.Empty(batch.Update.Growths);
        Assert.Equal(drawn.Count, batch.Update.Accounts.Count);
    }

    /// <summary>A batch with every sort of row.</summary>
    internal static TrieCase Mixed(ulong seed)
    {
        var random = new SeededRandom(seed);
        Digest32[] hashed = [.. Enumerable.Range(0, 12).Select(_ => TrieCase.Hashed(random))], far = [.. hashed.Select(key => Flip(key, 20 + random.Next(70)))];
        StateStore<Tree> store = TrieCase.Store(random, [.. Enumerable.Range(0, 9).Select(n => TrieCase.Number((uint)n)), .. hashed]);
        return TrieCase.Of(store,
        [
            (TrieCase.Number(3), TrieCase.Value(random, TrieCase.Number(3))), (TrieCase.Number(9), TrieCase.Value(random, TrieCase.Number(9))),
            (hashed[0], TrieCase.Value(random, hashed[0])), (hashed[1], null), (far[2], TrieCase.Value(random, far[2])), (far[3], null), (far[0], TrieCase.Value(random, far[0])),
            (TrieCase.Hashed(random), null), (TrieCase.Hashed(random), TrieCase.Value(random, hashed[0])),
        ]);
    }

    private static bool TryBuild(StateStore<Tree> store, Digest32[] shown, StateTouch[] touches, Digest32? root = null)
    {
        var recording = new RecordingState<Tree>(store);
        foreach (Digest32 key in shown) recording.Read(key, out _);
        return StateUpdate.TryBuild<Permutation>(root ?? store.Root(), recording.Witness()!, touches, out _);
    }

    private static void Check(TrieCase batch, int lanes = 1)
    {
        Assert.Equal(TrieCase.Digest(batch.Before), batch.Update.Root.Before);
        Assert.Equal(TrieCase.Digest(batch.After), batch.Update.Root.After);
        Assert.Empty(new TrieTables(batch, lanes).Faults());
    }

    // A key that has many bits in common with others of its sort.
    private static Digest32 Near(SeededRandom random) => TrieCase.Hashed(new SeededRandom(9), 5, (uint)random.Next(3), Prime - 1 - (uint)random.Next(2), (uint)random.Next(1 << 24));

    // Another key of elements with so many bits in common.
    private static Digest32 Flip(in Digest32 key, int bit)
    {
        byte[] bytes = key.Span.ToArray();
        bytes[bit / 8] ^= (byte)(0x80 >> bit % 8);
        // Of an element that is nearly p one bit more may be too much.
        for (int at = bit / 32 * 4; at < 32; at += 4)
        {
            uint word = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at)) & (at == 0 ? ~(1u << 31) : uint.MaxValue);
            if (word < Prime) continue;
            bytes.AsSpan(at + 1, 3).Clear();
        }
        return new(bytes);
    }
}
