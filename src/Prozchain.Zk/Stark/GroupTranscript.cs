using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Stark;

/// <summary>What the proofs of a list draw together, before each goes on alone (docs/formats/zk-stark.md).</summary>
internal static class GroupTranscript
{
    private static readonly ProtocolId s_id = new("prozchain.zk/stark-group/v1"), s_challenges = new("prozchain.zk/stark-group-challenges/v1");

    /// <summary>Absorbs all that a list states early, has the work done or checked, and draws the digest that the challenges follow from.</summary>
    /// <param name="statement">The caller's statement.</param>
    /// <param name="commitments">One for each proof, in order.</param>
    /// <param name="work">Gives a nonce for the puzzle, or null if there is none; not asked where nothing is ground.</param>
    /// <param name="nonce">The nonce; 0 where nothing is ground.</param>
    /// <returns>32 bytes, or null without a nonce.</returns>
    public static byte[]? Digest<TField>(
        ReadOnlySpan<byte> statement, IReadOnlyList<EarlyCommitment<TField>> commitments, Func<GrindingPuzzle<Keccak256>, ulong?> work, out ulong nonce)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        StarkKey<TField> first = commitments[0].Key;
        using HashChain<Keccak256> chain = new(s_id);
        chain.Absorb("statement"u8, statement);
        ArrayBufferWriter<byte> buses = new();
        first.Shared!.Describe(buses);
        chain.Absorb("shared buses"u8, buses.WrittenSpan);
        Span<byte> count = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(count, (ushort)commitments.Count);
        chain.Absorb("proofs"u8, count);
        foreach (EarlyCommitment<TField> commitment in commitments)
        {
            chain.Absorb("key"u8, commitment.Key.Digest);
            chain.Absorb("early heights"u8, commitment.LogRows);
            foreach (TField[] values in commitment.PublicValues) chain.Absorb<TField>("early public values"u8, values);
            chain.Absorb("early columns"u8, commitment.Cap);
        }
        nonce = 0;
        if (first.Parameters.Grinding.Shared is > 0 and var bits)
        {
            chain.StartGrinding("shared work"u8, bits);
            if (work(chain.Puzzle(bits)) is not { } found) return null;
            chain.FinishGrinding(nonce = found);
        }
        byte[] digest = new byte[32];
        chain.Challenge("group"u8, digest);
        return digest;
    }

    /// <summary>The shared challenges.</summary>
    public static (Extension<TField, TParameters> Alpha, Extension<TField, TParameters> Beta) Challenges<TField, TParameters>(ReadOnlySpan<byte> digest)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        using HashChain<Keccak256> chain = new(s_challenges);
        chain.Absorb("group"u8, digest);
        Span<Extension<TField, TParameters>> drawn = stackalloc Extension<TField, TParameters>[2];
        chain.Challenge("shared alpha"u8, drawn[..1]);
        chain.Challenge("shared beta"u8, drawn[1..]);
        return (drawn[0], drawn[1]);
    }
}
