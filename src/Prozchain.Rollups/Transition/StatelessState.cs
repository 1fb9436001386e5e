using Prozchain.Shared;

namespace Prozchain.Rollups.Transition;

/// <summary>
/// The part of a state that a witness proves: a host that needs a root and a witness instead of the state. The
/// transition over it gives the same outcome and the same root as over the whole state, or says that state is missing.
/// </summary>
public sealed class StatelessState : IStateView
{
    private StatelessState(BinaryTrie<StateHash> trie) => Trie = trie;

    internal BinaryTrie<StateHash> Trie { get; }

    /// <summary>Checks a witness against a root. Untrusted input: false unless every proof leads to the root and fits its value.</summary>
    public static bool TryOpen(in Digest32 root, StateWitness witness, out StatelessState state)
    {
        ArgumentNullException.ThrowIfNull(witness);
        state = null!;
        for (int i = 0; i < witness.Count; i++)
            if (witness.Proofs[i].ShowsAbsent(witness.Keys[i]) != witness.Values[i] is null) return false;
        if (!BinaryTrie<StateHash>.TryFromProofs(root.Value, 0, witness.Keys, witness.Proofs, witness.Values, out BinaryTrie<StateHash> trie)) return false;
        state = new StatelessState(trie);
        return true;
    }

    /// <summary>The root of the whole state after the writes made so far.</summary>
    public Digest32 Root() => new(Trie.Root());

    /// <inheritdoc/>
    public StateReadStatus Read(in Digest32 key, out ReadOnlySpan<byte> value) => (StateReadStatus)Trie.TryGet(key.Value, out value);

    /// <inheritdoc/>
    public bool Write(in Digest32 key, ReadOnlySpan<byte> value) => Trie.Set(key.Value, value) == TrieStatus.Found;
}
