using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>Which heights of tables a statement and its parameters allow.</summary>
internal static class Heights
{
    /// <summary>Whether tables may have these heights.</summary>
    /// <param name="key">The statement.</param>
    /// <param name="degreeBits">For each table, log2 of its committed rows before the blowup.</param>
    public static bool Fit<TField, TExt>(Plonky3Key<TField, TExt> key, int[] degreeBits)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>
    {
        for (int i = 0; i < degreeBits.Length; i++)
        {
            int fixedRows = key.Tables[i].LogRows;
            if (degreeBits[i] < key.Config.HidingBits || degreeBits[i] + key.Pcs.QuotientBits + key.Config.LogBlowup > key.Pcs.MostLogHeight) return false;
            if (fixedRows >= 0 && degreeBits[i] != fixedRows + key.Config.HidingBits) return false;
        }
        // A bounded multiplicity must not wrap around the field: the sums of all rows stay below p.
        UInt128 counts = 0;
        for (int i = 0; i < degreeBits.Length; i++) counts += (UInt128)key.Tables[i].CountBound << (degreeBits[i] - key.Config.HidingBits);
        if (counts > FieldWord<TField>.ToInteger(-TField.One)) return false;
        foreach (CommitmentShape commitment in key.Commitments)
        {
            int[] heights = HeightsOf(key, commitment, degreeBits);
            // A tree shows nothing below its cap, so no matrix may be lower.
            if (heights.Min() < Math.Min(key.Config.CapHeight, heights.Max())) return false;
        }
        return true;
    }

    /// <summary>Digests of a commitment's cap.</summary>
    public static int CapSize<TField, TExt>(Plonky3Key<TField, TExt> key, CommitmentShape commitment, int[] degreeBits)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField> =>
        FriPlan.CapSize(key.Config.CapHeight, HeightsOf(key, commitment, degreeBits).Max());

    /// <summary>log2 of a committed matrix's rows before the blowup.</summary>
    public static int LogRows<TField, TExt>(Plonky3Key<TField, TExt> key, CommitmentShape commitment, int degreeBits)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField> =>
        degreeBits + (commitment.Kind == CommitmentKind.Quotient ? key.Pcs.QuotientBits : 0);

    private static int[] HeightsOf<TField, TExt>(Plonky3Key<TField, TExt> key, CommitmentShape commitment, int[] degreeBits)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField> =>
        [.. commitment.Matrices.Select(matrix => LogRows(key, commitment, degreeBits[matrix.Table]) + key.Config.LogBlowup)];
}
