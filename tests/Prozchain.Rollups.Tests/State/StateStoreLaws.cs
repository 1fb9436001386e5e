using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.State;

/// <summary>The flat store against the readable trie and a dictionary, under random writes, undoing and going back.</summary>
public sealed class StateStoreLaws
{
    [Fact]
    public void Root_IsTheReadableTriesRoot_WhateverWasUndone() =>
        Law.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var store = new StateStore<KeccakTree>(checkpoints: 3);
            var now = new Dictionary<Digest32, byte[]>();
            var marks = new List<(long Mark, Dictionary<Digest32, byte[]> State)>();
            var checkpoints = new List<(long Number, Dictionary<Digest32, byte[]> State)>();
            int kept = 0;
            for (int step = random.Next(1, 120); step > 0; step--)
            {
                switch (random.Next(12))
                {
                    case 0:
                        marks.Add((store.Mark(), new(now)));
                        break;
                    case 1 when marks.Count > 0:
                        int back = random.Next(marks.Count);
                        store.Revert(marks[back].Mark);
                        now = new(marks[back].State);
                        marks.RemoveRange(back, marks.Count - back);
                        break;
                    case 2:
                        checkpoints.Add((store.Checkpoint(), new(now)));
                        kept = Math.Min(3, kept + 1);
                        marks.Clear();
                        break;
                    case 3 when checkpoints.Count > 0:
                        int to = random.Next(checkpoints.Count);
                        bool known = checkpoints.Count - to <= kept;
                        Assert.Equal(known, store.TryRollback(checkpoints[to].Number));
                        if (!known) break;
                        now = new(checkpoints[to].State);
                        kept -= checkpoints.Count - to - 1;
                        checkpoints.RemoveRange(to + 1, checkpoints.Count - to - 1);
                        marks.Clear();
                        break;
                    case 4:
                        Assert.Equal(Oracle(now), store.Root());
                        break;
                    default:
                        Digest32 key = Key(random);
                        var value = new byte[random.Next(6) == 0 ? random.Next(1025) : 16];
                        random.NextBytes(value);
                        Assert.True(store.Write(key, value));
                        now[key] = value;
                        break;
                }
            }
            Assert.Equal(now.Count, store.Count);
            foreach ((Digest32 key, byte[] value) in now)
            {
                Assert.Equal(StateReadStatus.Found, store.Read(key, out ReadOnlySpan<byte> found));
                Assert.Equal(value, found.ToArray());
            }
            Assert.Equal(Oracle(now), store.Root());
        }), "store equals trie", 80);

    [Fact]
    public void Witness_OpensToAPartThatEndsAtTheSameRoot() =>
        Law.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var store = new StateStore<KeccakTree>();
            for (int i = random.Next(40); i > 0; i--) store.Write(Key(random), [(byte)i]);
            var recording = new RecordingState<KeccakTree>(store);
            (Digest32 Key, byte Value, bool IsWrite)[] steps = [.. Enumerable.Range(0, random.Next(12)).Select(_ => (Key(random), (byte)random.Next(256), random.Next(2) == 0))];
            foreach ((Digest32 key, byte value, bool isWrite) in steps) Run(recording, key, value, isWrite);
            Digest32 before = store.Root();
            StateWitness witness = recording.Witness()!;
            Assert.Equal(before, store.Root());
            Assert.True(StatelessState<KeccakTree>.TryOpen(before, witness, out StatelessState<KeccakTree> part));
            // A part of the part proves the same.
            var again = new RecordingState<KeccakTree>(part);
            foreach ((Digest32 key, byte value, bool isWrite) in steps) Run(again, key, value, isWrite);
            Assert.Equal(witness.Nodes.ToArray(), again.Witness()!.Nodes.ToArray());
            foreach ((Digest32 key, byte value, bool isWrite) in steps)
            {
                Assert.Equal(store.Read(key, out ReadOnlySpan<byte> whole), part.Read(key, out ReadOnlySpan<byte> known));
                Assert.Equal(whole.ToArray(), known.ToArray());
                Run(store, key, value, isWrite);
                Run(part, key, value, isWrite);
            }
            Assert.Equal(store.Root(), part.Root());
            part.Revert(0);
            Assert.Equal(before, part.Root());
        }), "witness suffices", 80);

    [Fact]
    public void RootsAt_AreTheRootsThatThereWere() =>
        Law.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var store = new StateStore<KeccakTree>();
            var now = new Dictionary<Digest32, byte[]>();
            int early = random.Next(30), all = early + random.Next(60);
            var marks = new List<long>();
            var expected = new List<Digest32>();
            for (int i = 0; i < all; i++)
            {
                if (i >= early && random.Next(3) == 0)
                {
                    marks.Add(store.Mark());
                    expected.Add(Oracle(now));
                }
                if (random.Next(15) == 0) store.Root();
                Digest32 key = Key(random);
                now[key] = new byte[random.Next(5) == 0 ? random.Next(40) : 16];
                random.NextBytes(now[key]);
                store.Write(key, now[key]);
            }
            if (random.Next(2) == 0)
            {
                marks.Add(store.Mark());
                expected.Add(Oracle(now));
            }
            var roots = new Digest32[marks.Count];
            store.RootsAt(marks.ToArray(), roots);
            Assert.Equal(expected, roots);
            Assert.Equal(Oracle(now), store.Root());
        }), "roots of the past", 25);

    [Fact]
    public void Writing_WhatIsThere_DoesNotAllocate()
    {
        var store = new StateStore<KeccakTree>(checkpoints: 2);
        var random = new Random(1);
        Digest32[] keys = [.. Enumerable.Range(0, 500).Select(_ => Key(random))];
        var value = new byte[40];
        foreach (Digest32 key in keys) store.Write(key, value);
        Digest32 sink = default;
        AllocationAssert.None(() =>
        {
            store.Checkpoint();
            value[0]++;
            for (int i = 0; i < keys.Length; i++)
            {
                long mark = store.Mark();
                store.Write(keys[i], value.AsSpan(0, 10 + i % 30));
                if (i % 7 == 0) store.Revert(mark);
                if (i % 50 == 0) sink = store.Root();
            }
            sink = store.Root();
        }, warmUps: 10);
    }

    // Few keys, so that they meet, and with long common prefixes, so that ways are long.
    private static Digest32 Key(Random random)
    {
        var bytes = new byte[32];
        if (random.Next(3) == 0) random.NextBytes(bytes);
        bytes[0] = (byte)random.Next(4);
        bytes[random.Next(32)] = (byte)(1 << random.Next(8));
        return new Digest32(bytes);
    }

    private static void Run(IStateView view, Digest32 key, byte value, bool isWrite)
    {
        if (isWrite) Assert.True(view.Write(key, [value, value]));
        else view.Read(key, out _);
    }

    private static Digest32 Oracle(Dictionary<Digest32, byte[]> state)
    {
        var trie = new BinaryTrie<TreeHash<KeccakTree>>();
        foreach ((Digest32 key, byte[] value) in state) trie.Set(key.Value, value);
        return new Digest32(trie.Root());
    }
}
