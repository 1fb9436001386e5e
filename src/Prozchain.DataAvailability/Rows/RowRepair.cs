using Prozchain.DataAvailability.Repair;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// Collects checked rows of one commitment and restores all rows from any K of them. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// The restored rows are extended and committed to again, and count only if that gives the same commitment. So all who
/// repair come to one result, whichever rows they hold: the one data that was committed to, or, if the
/// producer committed to rows of which some are no part of the codeword, <see cref="RepairStatus.BadEncoding"/>.
/// </remarks>
public sealed class RowRepair
{
    private readonly CheckedRow?[] _rows;

    /// <summary>Starts without any row.</summary>
    public RowRepair(RowCommitment commitment)
    {
        ArgumentNullException.ThrowIfNull(commitment);
        Commitment = commitment;
        _rows = new CheckedRow?[commitment.Parameters.Rows];
    }

    /// <summary>Whose rows these are.</summary>
    public RowCommitment Commitment { get; }

    /// <summary>Distinct rows added so far.</summary>
    public int RowCount { get; private set; }

    /// <summary>Rows still needed, of any index not yet added.</summary>
    public int Needed => Math.Max(0, Commitment.Parameters.DataRows - RowCount);

    /// <summary>Adds a row; false if that row is known already. The content is not copied.</summary>
    /// <exception cref="ArgumentException">The row was checked against another commitment.</exception>
    public bool Add(CheckedRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!Commitment.IsSame(row.Commitment))
        {
            throw new ArgumentException(
                $"Expected a row of {Convert.ToHexStringLower(Commitment.Digest)}, got one of {Convert.ToHexStringLower(row.Commitment.Digest)}.", nameof(row));
        }
        if (_rows[row.Index] is not null) return false;
        _rows[row.Index] = row;
        RowCount++;
        return true;
    }

    /// <summary>
    /// Restores all rows, or says why not. What was added stays, so that after <see cref="RepairStatus.NotEnough"/> more can be.
    /// </summary>
    /// <param name="rows">All rows; null unless the result is <see cref="RepairStatus.Repaired"/>.</param>
    /// <param name="maxDegreeOfParallelism">Threads: 1, or more, or -1 for as many as there are processors.</param>
    /// <param name="progress">Told the fraction done, 0 to 1, from any of the threads.</param>
    /// <param name="cancellationToken">Looked at some hundred times in all.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public RepairStatus Repair(
        out ExtendedRows? rows, int maxDegreeOfParallelism = 1, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        rows = null;
        if (maxDegreeOfParallelism is 0 or < -1)
            throw new ArgumentOutOfRangeException(nameof(maxDegreeOfParallelism), maxDegreeOfParallelism, "Expected -1 or at least 1.");
        if (Needed > 0) return RepairStatus.NotEnough;
        RowParameters parameters = Commitment.Parameters;
        byte[] all = GC.AllocateUninitializedArray<byte>(parameters.Rows * parameters.RowSize);
        var present = new bool[_rows.Length];
        for (int i = 0; i < _rows.Length; i++)
        {
            if (_rows[i] is not { } row) continue;
            present[i] = true;
            row.Content.Span.CopyTo(all.AsSpan(i * parameters.RowSize));
        }
        var work = new RowWork(parameters, all, maxDegreeOfParallelism, progress, cancellationToken, decodes: true);
        work.Decode(present);
        work.Encode();
        ExtendedRows again = work.Commit();
        if (!again.Commitment.IsSame(Commitment)) return RepairStatus.BadEncoding;
        rows = again;
        return RepairStatus.Repaired;
    }
}
