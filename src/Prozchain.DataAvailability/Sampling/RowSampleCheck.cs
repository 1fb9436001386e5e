using Prozchain.DataAvailability.Rows;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>Rows of a row code, row i in column 0, in the format of docs/formats/da-row-proof.md without a path of the RLC.</summary>
/// <remarks>
/// Any K of the K + N rows restore all, so that the data can be out of reach only if at least N + 1 rows are withheld or do
/// not verify: two bits a sample at rate 1/4. Which rows the producer encoded wrongly needs no fraud proof: such a row is
/// <see cref="SampleOutcome.NotACodeword"/> for everyone who is sent it. What remains for who restores the data is
/// <see cref="Repair.RepairStatus.BadEncoding"/>, if rows that nobody sampled are wrong, then for everyone.
/// </remarks>
public sealed class RowSampleCheck : ISampleCheck<CheckedRow>
{
    /// <summary>Checks against a commitment.</summary>
    /// <param name="verifier">Of the commitment that the caller trusts; <see cref="RowSearch"/> finds it for who knows the digest.</param>
    public RowSampleCheck(RowVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        Verifier = verifier;
        DataRoot = verifier.Commitment.Digest.ToArray();
        Scheme = SamplingScheme.Rows(verifier.Commitment.Parameters);
    }

    /// <summary>What judges the rows.</summary>
    public RowVerifier Verifier { get; }

    /// <inheritdoc/>
    public SamplingScheme Scheme { get; }

    /// <summary>The digest of the commitment, 32 bytes.</summary>
    public ReadOnlyMemory<byte> DataRoot { get; }

    /// <inheritdoc/>
    public CellCoordinate Locate(int number) => new(number, 0);

    /// <inheritdoc/>
    public SampleOutcome Check(CellCoordinate at, ReadOnlySpan<byte> answer, out CheckedRow? sample)
    {
        sample = null;
        if (RowProof.TryRead(answer, out RowProof? proof) != ReadResult.Ok || proof is null) return SampleOutcome.Malformed;
        if (proof.Index != at.Row) return SampleOutcome.WrongCell;
        if (proof.RlcPath.Length > 0) return SampleOutcome.WrongSize;
        return Verifier.Verify(proof, out sample) switch
        {
            RowCheck.Valid => SampleOutcome.Accepted,
            RowCheck.WrongSize => SampleOutcome.WrongSize,
            RowCheck.NotACodeword => SampleOutcome.NotACodeword,
            RowCheck.OutsideRows => SampleOutcome.WrongCell,
            _ => SampleOutcome.BadProof,
        };
    }
}
