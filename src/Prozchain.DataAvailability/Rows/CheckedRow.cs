namespace Prozchain.DataAvailability.Rows;

/// <summary>A row that a <see cref="RowVerifier"/> found to be the one that a commitment commits to, and well encoded.</summary>
public sealed class CheckedRow
{
    internal CheckedRow(RowCommitment commitment, RowProof proof) => (Commitment, Index, Content) = (commitment, proof.Index, proof.Row);

    /// <summary>What it was checked against.</summary>
    public RowCommitment Commitment { get; }

    /// <summary>Which row it is.</summary>
    public int Index { get; }

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; }
}
