using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// The proofs of a witness: one <see cref="StateProof"/> for each key in turn. The one place to change for proofs that
/// share what they have in common.
/// </summary>
internal static class WitnessProofs
{
    public static void Write(IAuthenticatedStore state, ReadOnlySpan<Digest> keys, IBufferWriter<byte> output)
    {
        foreach (Digest key in keys) state.Prove(key).Write(output);
    }

    /// <summary>The part of the trie that the witness shows; false unless all of it leads to the root. Untrusted input.</summary>
    public static bool TryOpen(in Digest root, int rootDepth, ExecutionWitness witness, out BinaryTrie<StateHash> trie)
    {
        trie = null!;
        var proofs = new TrieProof[witness.Count];
        var reader = new WireReader(witness.Proofs);
        for (int i = 0; i < proofs.Length; i++)
        {
            if (!reader.TryReadByte(out byte version) || version != WireLimits.Version || !TrieProof.TryRead(ref reader, out proofs[i])) return false;
            Bytes32 key = witness.Keys[i].Bytes;
            bool shown = witness.Values[i] is { } value ? proofs[i].Shows(key, StateHash.Value(value)) : proofs[i].ShowsAbsent(key);
            if (!shown) return false;
        }
        Bytes32[] keys = Array.ConvertAll(witness.Keys, static key => key.Bytes);
        return reader.IsAtEnd && BinaryTrie<StateHash>.TryFromProofs(root.Bytes, rootDepth, keys, proofs, witness.Values, out trie);
    }
}
