namespace Prozchain.DataAvailability.Rows;

/// <summary>A row that a <see cref="RowVerifier"/> found to be the one that a commitment commits to, and well encoded.</summary>
public sealed class CheckedRow
{
    internal CheckedRow(RowCommitment commitment, RowProof proof) => (Commitment, Proof) = (commitment, proof);

    /// <summary>What it was checked against.</summary>
    public RowCommitment Commitment { get; }

    /// <summary>Which row it is.</summary>
    public int Index => Proof.Index;

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Content => Proof.Row;

    /// <summary>The row with all its paths as they were checked, ready to be handed on.</summary>
    public RowProof Proof { get; }
}
