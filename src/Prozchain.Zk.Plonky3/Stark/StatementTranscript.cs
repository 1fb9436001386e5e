using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>The part of the transcript that prover and verifier go through alike: shape, commitments and challenges up to the openings.</summary>
internal static class StatementTranscript<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    public static void AbsorbMain(
        Plonky3Key<TField, TExt> key, Challenger<TField, TExt> challenger, int[] degreeBits, Bytes32[] mainCap, IReadOnlyList<ReadOnlyMemory<TField>> publicValues)
    {
        if (key.Protocol == Plonky3Protocol.Single)
        {
            challenger.AbsorbInteger(degreeBits[0]);
            challenger.AbsorbInteger(degreeBits[0] - key.Config.HidingBits);
            challenger.AbsorbInteger(key.Tables[0].Shape.PreprocessedWidth);
            challenger.Absorb(mainCap);
            challenger.Absorb(key.PreprocessedCap);
            AbsorbPublic(challenger, publicValues);
            return;
        }
        challenger.AbsorbExtensionInteger(key.Tables.Length);
        for (int i = 0; i < key.Tables.Length; i++)
        {
            challenger.AbsorbExtensionInteger(degreeBits[i]);
            challenger.AbsorbExtensionInteger(degreeBits[i] - key.Config.HidingBits);
            challenger.AbsorbExtensionInteger(key.Tables[i].Shape.Width);
            challenger.AbsorbExtensionInteger(key.Tables[i].Chunks(key.Config.Hiding));
        }
        challenger.Absorb(mainCap);
        AbsorbPublic(challenger, publicValues);
        foreach (TableFacts table in key.Tables) challenger.AbsorbExtensionInteger(table.Shape.PreprocessedWidth);
        challenger.Absorb(key.PreprocessedCap);
    }

    public static LookupChallenges<TExt> SampleLookups(Plonky3Key<TField, TExt> key, Challenger<TField, TExt> challenger)
    {
        if (!key.HasLookups) return default;
        TExt alpha = challenger.SampleExtension(), beta = challenger.SampleExtension();
        return new(alpha, beta, FieldMath.Power(beta, (ulong)key.TupleWidth));
    }

    public static void AbsorbLookups(Plonky3Key<TField, TExt> key, Challenger<TField, TExt> challenger, Bytes32[] cap, TExt[] terminals)
    {
        if (!key.HasLookups) return;
        challenger.Absorb(cap);
        for (int i = 0; i < terminals.Length; i++)
            if (key.Tables[i].HasLookups) challenger.AbsorbExtension(terminals[i]);
    }

    private static void AbsorbPublic(Challenger<TField, TExt> challenger, IReadOnlyList<ReadOnlyMemory<TField>> publicValues)
    {
        foreach (ReadOnlyMemory<TField> values in publicValues)
            foreach (TField value in values.Span) challenger.Absorb(value);
    }
}
