using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.State;
using Prozchain.Testing;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Naive = Prozchain.Rollups.Zk.Tests.State.NaiveTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Counting = Prozchain.Rollups.Zk.Tests.Signatures.CountingPermutation<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.State;

/// <summary>States and witnesses of numbered accounts under the circuit's hash.</summary>
public sealed class PoseidonStateTests
{
    [Fact]
    public void Root_OfNumberedStates_IsTheNaiveTries()
    {
        for (ulong seed = 0; seed < 12; seed++)
        {
            var random = new SeededRandom(seed);
            var store = new StateStore<Tree>();
            var now = new Dictionary<Digest32, byte[]>();
            for (int i = random.Next(60), step = 0; step < i; step++)
            {
                (Digest32 key, byte[] value) = Draw(random, 40);
                now[key] = value;
                Assert.True(store.Write(key, value));
                if (random.Next(5) == 0) Assert.Equal(Root(now), store.Root());
            }
            Assert.Equal(Root(now), store.Root());
        }
    }

    [Fact]
    public void Witness_OpensToAPartThatEndsAtTheSameRoot()
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            var random = new SeededRandom(seed);
            var store = new StateStore<Tree>();
            for (int i = random.Next(30); i > 0; i--) Write(store, Draw(random, 40));
            var recording = new RecordingState<Tree>(store);
            (Digest32 Key, byte[] Value)[] writes = [.. Enumerable.Range(0, 8).Select(_ => Draw(random, 60))];
            foreach ((Digest32, byte[]) write in writes) Write(recording, write);
            Digest32 before = store.Root();
            Assert.True(StatelessState<Tree>.TryOpen(before, Reread(recording.Witness()!), out StatelessState<Tree> part));
            foreach ((Digest32, byte[]) write in writes)
            {
                Write(part, write);
                Write(store, write);
            }
            Assert.Equal(store.Root(), part.Root());
        }
    }

    [Fact]
    public void TryOpen_LeafThatLiesAboutItsNumber_IsFalse()
    {
        var random = new SeededRandom(7);
        byte[] one = TreeMessages.Record(random, number: 1), five = TreeMessages.Record(random, number: 5);
        var store = new StateStore<Tree>();
        Write(store, (new Digest32(TreeMessages.Key(1)), one));
        Write(store, (new Digest32(TreeMessages.Key(5)), five));
        Digest32 root = store.Root();
        Assert.Equal(Naive.Root([(TreeMessages.Key(1), one), (TreeMessages.Key(5), five)]), root.Span.ToArray());
        // 001 and 101 part at bit 29.
        byte[] above = [.. Enumerable.Repeat((byte)4, 29)], beside = new byte[29], leafOne = [3, .. TreeMessages.Key(1), 64, .. one], leafFive = [3, .. TreeMessages.Key(5), 64, .. five];
        Assert.True(Opens(root, [.. above, 4, .. leafOne, .. leafFive, .. beside]));
        // Another number on the same way, for the record and for its hash.
        Assert.False(Opens(root, [.. above, 4, 3, .. TreeMessages.Key(3), 64, .. one, .. leafFive, .. beside]));
        Assert.False(Opens(root, [.. above, 4, 2, .. TreeMessages.Key(3), .. Naive.Hash(2, one), .. leafFive, .. beside]));
        // What hides all beneath: a part of the tree, or the whole, shown as the leaf of one account.
        Assert.False(Opens(root, [.. above, 2, .. TreeMessages.Key(4), .. Naive.Hash(1, [.. Naive.Hash(2, one), .. Naive.Hash(2, five)]), .. beside]));
        Assert.False(Opens(root, [2, .. TreeMessages.Key(9), .. root.Span]));
    }

    [Fact]
    public void TryOpen_RecordReadAsANode_IsFalse()
    {
        // Two invented records whose digests, side by side, are a record too; by one window for all, the node over them would have its digest.
        var random = new SeededRandom(8);
        byte[] left, right;
        uint[] words;
        do
        {
            (left, right) = (Naive.Hash(2, TreeMessages.Record(random)), Naive.Hash(2, TreeMessages.Record(random)));
            words = [.. left.Concat(right).Chunk(4).Select(word => BitConverter.ToUInt32([.. word.Reverse()]))];
        }
        while (words[0] >> 30 != 0 || words[9..].Any(word => word >> 30 != 0));
        byte[] record = FromElements(words);
        Assert.Equal(words, Naive.Record(record));
        Digest32 node = new(Naive.Hash(1, [.. left, .. right])), leaf = Write(record);
        Assert.Equal(node.Span.ToArray(), Naive.Bytes(Naive.Compress(words)[..8]));
        byte[] opened = [4, 1, .. left, 1, .. right];
        Assert.True(Opens(node, opened));
        Assert.False(Opens(leaf, opened));
        Assert.False(Opens(node, [3, .. TreeMessages.Key(words[0]), 64, .. record]));
        Assert.True(Opens(leaf, [3, .. TreeMessages.Key(words[0]), 64, .. record]));

        Digest32 Write(byte[] value)
        {
            var store = new StateStore<Tree>();
            store.Write(new Digest32(TreeMessages.Key(words[0])), value);
            return store.Root();
        }
    }

    [Fact]
    public void Root_AfterABatch_TakesThePagesPermutations()
    {
        // The page's row of uniform payments, 1/256 of it: 2^12 accounts and 2^8 payments, so that the spine has 20 nodes.
        const int Levels = 12, Payments = 1 << 8, Spine = 32 - Levels;
        var random = new SeededRandom(9);
        var store = new StateStore<PoseidonTree<Counting>>();
        for (uint number = 0; number < 1 << Levels; number++) store.Write(new Digest32(TreeMessages.Key(number)), TreeMessages.Record(random, number: number));
        store.Root();
        SortedSet<uint> touched = [0, .. Enumerable.Range(0, 2 * Payments).Select(_ => (uint)random.Next(1 << Levels))];
        foreach (uint number in touched) store.Write(new Digest32(TreeMessages.Key(number)), TreeMessages.Record(random, number: number));
        Counting.Tiles = 0;
        store.Root();
        int[] nodes = [.. Enumerable.Range(0, 32).Select(depth => touched.Select(number => (ulong)number >> (32 - depth)).Distinct().Count())];
        Assert.Equal(nodes.Append(touched.Count).Sum(count => (count + 15) / 16), Counting.Tiles);
        double expected = Enumerable.Range(0, Levels).Sum(level => (1 << level) * (1 - Math.Exp(-2.0 * Payments / (1 << level)))) + Spine;
        Assert.InRange(nodes.Sum(), 0.97 * expected, 1.03 * expected);
    }

    private static byte[] FromElements(uint[] words)
    {
        byte[] Limbs(int from, int count, int bytes)
        {
            UInt128 value = 0;
            for (int i = count; i > 0; i--) value = value << 30 | words[from + i - 1];
            var all = new byte[16];
            BinaryPrimitives.WriteUInt128LittleEndian(all, value);
            return all[..bytes];
        }

        return [.. words[..9].SelectMany(BitConverter.GetBytes), .. Limbs(9, 2, 8), .. Limbs(11, 1, 4), .. Limbs(12, 4, 16)];
    }

    private static void Write(IStateView state, (Digest32 Key, byte[] Value) write) => Assert.True(state.Write(write.Key, write.Value));

    private static bool Opens(Digest32 root, byte[] nodes) =>
        StateWitness.TryRead([0, .. nodes], out StateWitness witness) == WitnessReadResult.Ok && StatelessState<Tree>.TryOpen(root, witness, out _);

    private static StateWitness Reread(StateWitness witness)
    {
        var bytes = new ArrayBufferWriter<byte>();
        witness.Write(bytes);
        Assert.Equal(WitnessReadResult.Ok, StateWitness.TryRead(bytes.WrittenSpan, out StateWitness read));
        return read;
    }

    // Accounts whose numbers are near each other, and values under hashed keys.
    private static (Digest32 Key, byte[] Value) Draw(SeededRandom random, int accounts)
    {
        if (random.Next(3) > 0)
        {
            uint number = (uint)random.Next(accounts) * (random.Next(5) == 0 ? 1u << 20 : 1);
            return (new Digest32(TreeMessages.Key(number)), TreeMessages.Record(random, number: number));
        }
        var value = new byte[random.Next(3) * 8];
        random.NextBytes(value);
        return (new Digest32(Naive.Hash(0x20, [(byte)random.Next(40)])), value);
    }

    private static Digest32 Root(Dictionary<Digest32, byte[]> state) => new(Naive.Root([.. state.Select(pair => (pair.Key.Span.ToArray(), pair.Value))]));
}
