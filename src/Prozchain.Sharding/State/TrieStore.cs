using System.Buffers;
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
    private bool _isStaged;

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

    /// <summary>The bits that all keys share; those from <see cref="RootDepth"/> on are of no meaning.</summary>
    public Digest Prefix => _prefix;

    /// <summary>Number of committed keys.</summary>
    public int Count => _count;

    /// <inheritdoc/>
    public Digest Root => RootOf(_committed);

    /// <inheritdoc/>
    public bool TryGet(in Digest key, out ReadOnlySpan<byte> value) =>
        StateTrie.TryGet(_committed, key.Bytes, RootDepth, out value) == TrieStatus.Found;

    /// <inheritdoc/>
    public StageResult TryStage(ReadOnlySpan<StateWrite> writes, out Digest root)
    {
        root = Stage(writes);
        return StageResult.Ok;
    }

    /// <inheritdoc/>
    public Digest Stage(ReadOnlySpan<StateWrite> writes)
    {
        StateWrite[] sorted = Sorted(writes, _prefix, RootDepth);
        int added = 0;
        _staged = StateTrie.Update(_committed, sorted, RootDepth, ref added);
        (_isStaged, _stagedCount) = (true, _count + added);
        return RootOf(_staged);
    }

    /// <inheritdoc/>
    public void Commit()
    {
        if (!_isStaged) return;
        _committed = _staged;
        _count = _stagedCount;
        (_staged, _isStaged) = (null, false);
    }

    /// <inheritdoc/>
    public StateProof Prove(in Digest key) => new(TrieProver<StateTrieView, StateTrie?>.Prove(View, key.Bytes));

    /// <inheritdoc/>
    public void WriteWitness(ReadOnlySpan<Digest> keys, ReadOnlySpan<Digest> deletes, IBufferWriter<byte> output) =>
        TrieProver<StateTrieView, StateTrie?>.WriteWitness(View, keys, deletes, output);

    /// <inheritdoc/>
    public Digest WriteRange(in Digest from, in Digest to, int maxBytes, IBufferWriter<byte> output) =>
        RangeProver<StateTrieView, StateTrie?>.Write(View, _prefix.Bytes, from.Bytes, to.Bytes, maxBytes, output);

    /// <summary>Visits all committed pairs in the order of their keys.</summary>
    /// <param name="visitor">Receives each key and value.</param>
    public void Visit(Action<Digest, ReadOnlyMemory<byte>> visitor) => StateTrie.Visit(_committed, visitor);

    /// <summary>The writes in the order of their keys.</summary>
    /// <exception cref="ArgumentException">A key occurs twice or lies outside the prefix, or a value is too long.</exception>
    internal static StateWrite[] Sorted(ReadOnlySpan<StateWrite> writes, in Digest prefix, int rootDepth)
    {
        StateWrite[] sorted = writes.ToArray();
        Array.Sort(sorted, static (a, b) => a.Key.CompareTo(b.Key));
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i].Key == sorted[i - 1].Key) throw new ArgumentException($"Expected each key once, got {sorted[i].Key} twice.", nameof(writes));
            if (Bytes32.CommonPrefix(sorted[i].Key.Bytes, prefix.Bytes) < rootDepth)
                throw new ArgumentException($"Expected keys with the first {rootDepth} bits of {prefix}, got {sorted[i].Key}.", nameof(writes));
            if (!sorted[i].IsDelete && sorted[i].Value.Length > StateWrite.MaxValueBytes)
                throw new ArgumentException($"Expected values of at most {StateWrite.MaxValueBytes} bytes, got {sorted[i].Value.Length}.", nameof(writes));
        }
        return sorted;
    }

    private StateTrieView View => new(_committed, RootDepth);

    private static Digest RootOf(StateTrie? trie) => trie is null ? default : new Digest(trie.Hash);
}
