using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Stark;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Tests.Fixtures;

/// <summary>Where a proof holds witnesses for zero bits of work, which nobody looks at.</summary>
internal static class Witnesses
{
    /// <summary>Finds the bytes that may change.</summary>
    public static HashSet<int> FreeBytes<TField, TExt>(Plonky3Key<TField, TExt> key, byte[] bytes)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>
    {
        var reader = new PostcardReader(bytes);
        StarkProof<TField, TExt> proof = StarkProof<TField, TExt>.Read(ref reader, key);
        Assert.True(reader.IsValid);
        HashSet<int> free = [];
        // From the end: degree bits (a byte each, and for a batch a length), terminals, the query witness.
        int end = bytes.Length - (key.Protocol == Plonky3Protocol.Batch ? key.Tables.Length + 1 : 1);
        if (key.Protocol == Plonky3Protocol.Batch) end -= 1 + key.Tables.Sum(table => table.HasLookups ? 1 + TExt.EncodedSize : 1);
        if (key.Config.QueryWorkBits == 0) free.UnionWith(Enumerable.Range(end - 4, 4));
        if (key.Config.RoundWorkBits == 0) free.UnionWith(RoundWitnesses(key, proof, bytes));
        return free;
    }

    // The witnesses follow the caps of the rounds, the last of which ends with bytes that occur nowhere else.
    private static IEnumerable<int> RoundWitnesses<TField, TExt>(Plonky3Key<TField, TExt> key, StarkProof<TField, TExt> proof, byte[] bytes)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>
    {
        Bytes32[][] caps = proof.Opening!.RoundCaps;
        if (caps.Length == 0) return [];
        var encoded = new System.Buffers.ArrayBufferWriter<byte>();
        key.Suite.Hash.WriteDigest(new PostcardWriter(encoded), in caps[^1][^1]);
        int start = bytes.AsSpan().IndexOf(encoded.WrittenSpan) + encoded.WrittenCount;
        Assert.True(start > encoded.WrittenCount && bytes[start] == caps.Length);
        return Enumerable.Range(start + 1, 4 * caps.Length);
    }
}
