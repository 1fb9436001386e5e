using System.Buffers.Binary;
using System.Numerics;
using Prozchain.DataAvailability;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Rows;
using Prozchain.DataAvailability.Sampling;
using Prozchain.Devnet.Workloads;

namespace Prozchain.Devnet.Stages;

/// <summary>A batch in a row code at rate 1/4: its length as 8 bytes little-endian, its bytes, zeros, in rows of 512 bytes.</summary>
internal sealed class PostedRows : PostedData
{
    private const int RowSize = 512, Rate = 4, LeastRows = 16;

    private readonly ExtendedRows _rows;

    public PostedRows(ReadOnlySpan<byte> data, CancellationToken cancellationToken)
    {
        int rows = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(LeastRows, (sizeof(long) + data.Length + RowSize - 1) / RowSize));
        var prefixed = new byte[sizeof(long) + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(prefixed, data.Length);
        data.CopyTo(prefixed.AsSpan(sizeof(long)));
        _rows = ExtendedRows.Encode(prefixed, new RowParameters(RowSize, rows, (Rate - 1) * rows), cancellationToken: cancellationToken);
        Source = new LocalShareSource(_rows);
    }

    public override ReadOnlySpan<byte> Commitment => _rows.Commitment.Digest;

    public override string Unit => "row";

    public override int Units => _rows.Parameters.Rows;

    public override string Shape => $"{_rows.Parameters.DataRows} of {Units} rows of {RowSize} bytes";

    public override LocalShareSource Source { get; }

    public override bool IsWithheld(CellCoordinate at) => at.Row < Units / 4;

    public override Sampling NewClient(ReadOnlySpan<byte> seed) => new RowLightClient(Verifier(), seed) { MaxInFlight = 1 }.SampleAsync;

    public override int RepairFromRandomHalf(SplitMix64 random, CancellationToken cancellationToken)
    {
        RowVerifier verifier = Verifier();
        var repair = new RowRepair(_rows.Commitment);
        foreach (int row in Shuffled(random).AsSpan(0, Units / 2))
        {
            if (verifier.Verify(_rows.Prove(row), out CheckedRow? checkedRow) != RowCheck.Valid || checkedRow is null) throw new RunBrokenException($"row {row} does not match its commitment");
            repair.Add(checkedRow);
        }
        RepairStatus status = repair.Repair(out ExtendedRows? repaired, cancellationToken: cancellationToken);
        if (repaired is null || !repaired.Rows.Span.SequenceEqual(_rows.Rows.Span)) throw new RunBrokenException($"the repair ended with {status}");
        return Units / 2;
    }

    private RowVerifier Verifier() =>
        RowVerifier.TryCreate(_rows.Commitment, _rows.Rlc, out RowVerifier? verifier) == RowCheck.Valid && verifier is not null ? verifier : throw new RunBrokenException("the RLC vector does not match the commitment");
}
