using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>
/// The reference <see cref="IAuthenticatedStore"/>: a binary prefix trie in memory, about 250 bytes per key with a
/// 16-byte value. With a root depth it holds one subtree of the whole: the keys under a shard's prefix.
/// </summary>
public sealed class TrieStore : IAuthenticatedStore
{
    private readonly Digest _prefix;
    private StateTrie? _committed, _staged;
    private int _count, _stagedCount;

    /// <summary>Makes an empty store for all keys.</summary>
    public TrieStore() { }

    /// <summary>Makes an empty store for the keys under a prefix.</summary>
    /// <param name="prefix">The bits that the keys share; those from <paramref name="rootDepth"/> on are ignored.</param>
    /// <param name="rootDepth">Length of the prefix in bits, 0 to 255.</param>
    public TrieStore(Digest prefix, int rootDepth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rootDepth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rootDepth, 255);
        _prefix = prefix;
        RootDepth = rootDepth;
    }

    /// <summary>Length in bits, 0 to 255, of the prefix that all keys of this store share.</summary>
    public int RootDepth { get; }

    /// <summary>Number of committed keys.</summary>
    public int Count => _count;

    /// <inheritdoc/>
    public Digest Root => RootOf(_committed);

    /// <inheritdoc/>
    public bool TryGet(in Digest key, out ReadOnlySpan<byte> value) => StateTrie.TryGet(_committed, key.Bytes, RootDepth, out value);

    /// <inheritdoc/>
    public Digest Stage(ReadOnlySpan<StateWrite> writes)
    {
        StateWrite[] sorted = writes.ToArray();
        Array.Sort(sorted, static (a, b) => a.Key.CompareTo(b.Key));
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i].Key == sorted[i - 1].Key) throw new ArgumentException($"Expected each key once, got {sorted[i].Key} twice.", nameof(writes));
            if (Bytes32.CommonPrefix(sorted[i].Key.Bytes, _prefix.Bytes) < RootDepth)
                throw new ArgumentException($"Expected keys with the first {RootDepth} bits of {_prefix}, got {sorted[i].Key}.", nameof(writes));
        }
        int added = 0;
        _staged = StateTrie.Update(_committed, sorted, RootDepth, ref added);
        _stagedCount = _count + added;
        return RootOf(_staged);
    }

    /// <inheritdoc/>
    public void Commit()
    {
        if (_staged is null) return;
        _committed = _staged;
        _count = _stagedCount;
        _staged = null;
    }

    /// <inheritdoc/>
    public StateProof Prove(in Digest key) => new(StateTrie.Prove(_committed, key.Bytes, RootDepth));

    /// <summary>Visits all committed pairs in the order of their keys.</summary>
    /// <param name="visitor">Receives each key and value.</param>
    public void Visit(Action<Digest, ReadOnlyMemory<byte>> visitor) => StateTrie.Visit(_committed, visitor);

    private static Digest RootOf(StateTrie? trie) => trie is null ? default : new Digest(trie.Hash);
}
