using Prozchain.Shared;

namespace Prozchain.Rollups.Transition;

/// <summary>
/// A view that notes every key touched and keeps writes to itself, so that afterwards it can prove, against the
/// untouched state below, all that a stateless host needs to repeat the run.
/// </summary>
public sealed class RecordingState : IStateView
{
    private readonly BinaryTrie<StateHash> _below;

    // Null: read, not written.
    private readonly SortedDictionary<Bytes32, byte[]?> _touched = [];

    /// <summary>Records over a whole state, which stays as it is and must not change meanwhile.</summary>
    public RecordingState(RollupState state) => _below = state.Trie;

    /// <summary>Records over a part of a state.</summary>
    public RecordingState(StatelessState state) => _below = state.Trie;

    /// <inheritdoc/>
    public StateReadStatus Read(in Digest32 key, out ReadOnlySpan<byte> value)
    {
        if (_touched.TryGetValue(key.Value, out byte[]? written) && written is not null)
        {
            value = written;
            return StateReadStatus.Found;
        }
        _touched[key.Value] = null;
        return (StateReadStatus)_below.TryGet(key.Value, out value);
    }

    /// <inheritdoc/>
    public bool Write(in Digest32 key, ReadOnlySpan<byte> value)
    {
        if (_below.TryGet(key.Value, out _) == TrieStatus.Unknown) return false;
        _touched[key.Value] = value.ToArray();
        return true;
    }

    /// <summary>Proofs of every key touched, against the root of the state below. Null if that state is a part that lacks one.</summary>
    public StateWitness? Witness()
    {
        var keys = new Bytes32[_touched.Count];
        var values = new byte[]?[keys.Length];
        var proofs = new TrieProof[keys.Length];
        int at = 0;
        foreach (Bytes32 key in _touched.Keys)
        {
            keys[at] = key;
            if (_below.Prove(key) is not { } proof) return null;
            TrieStatus status = _below.TryGet(key, out ReadOnlySpan<byte> value);
            if (status == TrieStatus.Unknown) return null;
            values[at] = status == TrieStatus.Found ? value.ToArray() : null;
            proofs[at++] = proof;
        }
        return new StateWitness(keys, values, proofs);
    }
}
