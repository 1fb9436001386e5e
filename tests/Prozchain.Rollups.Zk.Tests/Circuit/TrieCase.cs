using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Tests.State;
using Prozchain.Testing;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>A batch over a state: which keys it touches and what it leaves there, with the rows that follow and the roots that the state itself has.</summary>
internal sealed class TrieCase
{
    private TrieCase(StateUpdate update, Digest32 before, Digest32 after, (Digest32, Eight, Eight)[] tokens) => (Update, Before, After, Tokens) = (update, before, after, tokens);

    public StateUpdate Update { get; }

    /// <summary>The state's roots.</summary>
    public Digest32 Before { get; }

    public Digest32 After { get; }

    /// <summary>Of each key touched the leaf's digest before and after, as the state has them.</summary>
    public (Digest32 Key, Eight Before, Eight After)[] Tokens { get; }

    /// <summary>Touches keys of a store, which then holds the values; one without a value is looked at.</summary>
    public static TrieCase Of(StateStore<Tree> store, IEnumerable<(Digest32 Key, byte[]? Value)> touches)
    {
        Digest32 before = store.Root();
        var recording = new RecordingState<Tree>(store);
        SortedDictionary<Digest32, byte[]?> last = [];
        foreach ((Digest32 key, byte[]? value) in touches)
        {
            recording.Read(key, out _);
            last[key] = value ?? last.GetValueOrDefault(key);
        }
        StateWitness witness = recording.Witness()!;
        Eight[] old = [.. last.Keys.Select(key => LeafDigest(store, key))];
        foreach ((Digest32 key, byte[]? value) in last)
            if (value is not null) Assert.True(store.Write(key, value));
        (Digest32 Key, Eight Before, Eight After)[] tokens = [.. last.Keys.Select((key, i) => (key, old[i], LeafDigest(store, key)))];
        StateTouch[] touched = [.. tokens.Select(token => new StateTouch(token.Key, token.After))];
        Assert.True(StateUpdate.TryBuild<Permutation>(before, witness, touched, out StateUpdate update));
        return new(update, before, store.Root(), tokens);
    }

    /// <summary>The key of an account's number.</summary>
    public static Digest32 Number(uint number) => new(TreeMessages.Key(number));

    /// <summary>A key with the top bit, of elements: the first ones given, the others drawn.</summary>
    public static Digest32 Hashed(SeededRandom random, params ReadOnlySpan<uint> first)
    {
        uint[] words = new uint[Eight.Length];
        for (int i = 0; i < words.Length; i++) words[i] = i < first.Length ? first[i] : (uint)random.NextUInt64(F.Modulus);
        byte[] key = NaiveTree<Permutation>.Bytes(words);
        key[0] |= 0x80;
        return new(key);
    }

    /// <summary>A value for a key: a record for a number's, else some bytes.</summary>
    public static byte[] Value(SeededRandom random, Digest32 key) =>
        TreeKey.TryReadNumber(key, out uint number) ? TreeMessages.Record(random, number: number) : random.Bytes(random.Next(1, 17));

    /// <summary>A store that holds values for keys.</summary>
    public static StateStore<Tree> Store(SeededRandom random, IEnumerable<Digest32> keys)
    {
        var store = new StateStore<Tree>();
        foreach (Digest32 key in keys) Assert.True(store.Write(key, Value(random, key)));
        return store;
    }

    public static Eight Digest(in Digest32 digest)
    {
        Assert.True(TreeKey.TryReadDigest(digest, out Eight elements));
        return elements;
    }

    /// <summary>Elements of π(x) + x, x = left ‖ right, from a first one on.</summary>
    public static Eight Compress(Eight left, Eight right, int first)
    {
        var output = new F[Eight.Length];
        PermutationCells.Compress<Poseidon2Cells<KoalaBear>, F>([.. left.ToArray(), .. right.ToArray()], first, output);
        return Eight.Of(output);
    }

    private static Eight LeafDigest(StateStore<Tree> store, Digest32 key)
    {
        if (store.Read(key, out ReadOnlySpan<byte> value) != StateReadStatus.Found) return default;
        byte[] message = [.. key.Span, .. new byte[32]], digest = new byte[32];
        Tree.HashMany(2, value, value.Length, message.AsSpan(32));
        Tree.HashMany(0, message, 64, digest);
        return Digest(new Digest32(digest));
    }
}
