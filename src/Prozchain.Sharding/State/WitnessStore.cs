using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.State;

/// <summary>
/// The part of a state that a witness shows, checked against its root: a stateless validator reads from it, writes to it
/// and learns the root after. What the witness does not cover it does not answer for.
/// </summary>
public sealed class WitnessStore : IAuthenticatedStore
{
    /// <summary>The most bytes of one witness: 16 MiB.</summary>
    public const int MaxBytes = 1 << 24;

    private readonly Digest _prefix;
    private StateTrie? _committed, _staged;
    private bool _isStaged;

    private WitnessStore(StateTrie? trie, in Digest prefix, int rootDepth) => (_committed, _prefix, RootDepth) = (trie, prefix, rootDepth);

    /// <inheritdoc/>
    public int RootDepth { get; }

    /// <inheritdoc/>
    public Digest Root => RootOf(_committed);

    /// <summary>
    /// True once something was asked for that the witness does not cover. What was computed from the answers is then
    /// worth nothing: whoever made the witness left out a key that is touched.
    /// </summary>
    public bool HasGap { get; private set; }

    private StateTrieView View => new(_committed, RootDepth);

    /// <summary>Reads and checks an untrusted witness. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="root">The root, from a header that the caller trusts.</param>
    /// <param name="prefix">The bits that the state's keys share.</param>
    /// <param name="rootDepth">How many they are: the root's depth, 0 to 255.</param>
    /// <param name="store">The part of the state, when the result is <see cref="ProofResult.Valid"/>.</param>
    public static ProofResult TryOpen(ReadOnlySpan<byte> source, in Digest root, in Digest prefix, int rootDepth, [MaybeNull] out WitnessStore store)
    {
        store = null;
        ArgumentOutOfRangeException.ThrowIfNegative(rootDepth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rootDepth, 255);
        return source.Length > MaxBytes ? ProofResult.TooLarge : Open(source, root, prefix, rootDepth, out store);
    }

    /// <summary>Reads one of any length: a node's own.</summary>
    internal static ProofResult Open(ReadOnlySpan<byte> source, in Digest root, in Digest prefix, int rootDepth, [MaybeNull] out WitnessStore store)
    {
        store = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ProofResult.Malformed;
        if (version != WireLimits.Version) return ProofResult.UnknownVersion;
        if (!ProofReader.TryStart(reader, out ProofReader tokens)) return ProofResult.Malformed;
        if (!TryBuild(ref tokens, KeyInterval.Append(prefix.Bytes, rootDepth, 0), rootDepth, out StateTrie? trie)) return ProofResult.Malformed;
        if (!tokens.IsAtEnd || !tokens.Held.IsAtEnd) return ProofResult.Malformed;
        if (RootOf(trie) != root) return ProofResult.WrongRoot;
        store = new WitnessStore(trie, prefix, rootDepth);
        return ProofResult.Valid;
    }

    /// <inheritdoc/>
    /// <remarks>A key that the witness does not cover counts as absent, and sets <see cref="HasGap"/>.</remarks>
    public bool TryGet(in Digest key, out ReadOnlySpan<byte> value)
    {
        TrieStatus status = StateTrie.TryGet(_committed, key.Bytes, RootDepth, out value);
        HasGap |= status == TrieStatus.Unknown;
        return status == TrieStatus.Found;
    }

    /// <inheritdoc/>
    public StageResult TryStage(ReadOnlySpan<StateWrite> writes, out Digest root)
    {
        root = default;
        StateWrite[] sorted = TrieStore.Sorted(writes, _prefix, RootDepth);
        _isStaged = false;
        try
        {
            int added = 0;
            _staged = StateTrie.Update(_committed, sorted, RootDepth, ref added);
        }
        catch (StateTrie.NotCoveredException)
        {
            HasGap = true;
            return StageResult.NotCovered;
        }
        _isStaged = true;
        root = RootOf(_staged);
        return StageResult.Ok;
    }

    /// <inheritdoc/>
    public void Commit()
    {
        if (!_isStaged) return;
        (_committed, _staged, _isStaged) = (_staged, null, false);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The witness does not cover the key.</exception>
    public StateProof Prove(in Digest key) => new(TrieProver<StateTrieView, StateTrie?>.Prove(View, key.Bytes));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">This witness does not cover a key.</exception>
    public void WriteWitness(ReadOnlySpan<Digest> keys, ReadOnlySpan<Digest> deletes, IBufferWriter<byte> output) =>
        TrieProver<StateTrieView, StateTrie?>.WriteWitness(View, keys, deletes, output);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The witness does not cover the range.</exception>
    public Digest WriteRange(in Digest from, in Digest to, int maxBytes, IBufferWriter<byte> output) =>
        RangeProver<StateTrieView, StateTrie?>.Write(View, _prefix.Bytes, from.Bytes, to.Bytes, maxBytes, output);

    private static bool TryBuild(ref ProofReader tokens, in Bytes32 path, int depth, out StateTrie? trie)
    {
        trie = null;
        if (!tokens.TryNext(out TrieNode node)) return false;
        switch (node)
        {
            case TrieNode.Empty:
                return true;
            case TrieNode.Stub:
                if (!tokens.TryStub(out Bytes32 hash)) return false;
                trie = new StateTrie.Stub(hash);
                return true;
            case TrieNode.Leaf:
                if (!tokens.TryLeaf(out Bytes32 key, out bool hasValue, out ReadOnlySpan<byte> value, out Bytes32 valueHash)) return false;
                if (Bytes32.CommonPrefix(key, path) < depth) return false;
                trie = hasValue ? new StateTrie.Leaf(new StateWrite(new Digest(key), value.ToArray())) : new StateTrie.Leaf(key, valueHash);
                return true;
        }
        if (depth == 256) return false;
        if (!TryBuild(ref tokens, KeyInterval.Append(path, depth, 0), depth + 1, out StateTrie? left)) return false;
        if (!TryBuild(ref tokens, KeyInterval.Append(path, depth, 1), depth + 1, out StateTrie? right)) return false;
        // Fewer than two keys are no inner node.
        if ((left ?? right) is null or StateTrie.Leaf && (left is null || right is null)) return false;
        trie = new StateTrie.Inner(left, right);
        return true;
    }

    private static Digest RootOf(StateTrie? trie) => trie is null ? default : new Digest(trie.Hash);
}
