using Prozchain.DataAvailability;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Sampling;
using Prozchain.Devnet.Workloads;

namespace Prozchain.Devnet.Stages;

/// <summary>A batch in an extended square.</summary>
internal sealed class PostedSquare : PostedData
{
    private const int RepairDraws = 100;

    private readonly ExtendedSquare _square;

    public PostedSquare(ReadOnlySpan<byte> data, CancellationToken cancellationToken)
    {
        _square = ExtendedSquare.Encode(data, SquareParameters.ForPayload(data.Length), cancellationToken: cancellationToken);
        Source = new LocalShareSource(_square);
    }

    public override ReadOnlySpan<byte> Commitment => _square.DataRoot;

    public override string Unit => "cell";

    public override int Units => _square.Parameters.CellCount;

    public override string Shape => $"square {Width} x {Width}";

    public override LocalShareSource Source { get; }

    private int Width => _square.Parameters.Width;

    /// <summary>The fewest cells without which a square cannot be recovered: k + 1 rows of k + 1 columns, a little more than a quarter.</summary>
    public override bool IsWithheld(CellCoordinate at) => at.Row <= Width / 2 && at.Column <= Width / 2;

    public override Sampling NewClient(ReadOnlySpan<byte> seed) => new LightClient(_square.Header, seed) { MaxInFlight = 1 }.SampleAsync;

    public override int RepairFromRandomHalf(SplitMix64 random, CancellationToken cancellationToken)
    {
        var prover = new SquareProver(_square);
        // Tiny squares can lose a half that no code recovers; such a draw is known beforehand and drawn again.
        for (int draw = 0; draw < RepairDraws; draw++)
        {
            var repair = new SquareRepair(_square.Header);
            foreach (int cell in Shuffled(random).AsSpan(0, (Units + 1) / 2))
            {
                if (prover.GetShare(cell / Width, cell % Width).TryCheck(_square.Header, out CheckedCell? checkedCell) != CellCheck.Valid || checkedCell is null)
                    throw new RunBrokenException($"cell {cell} does not match its root");
                repair.Add(checkedCell);
            }
            if (!repair.CanRepair()) continue;
            RepairResult repaired = repair.Repair(cancellationToken: cancellationToken);
            if (repaired.Square is null || !repaired.Square.Cells.Span.SequenceEqual(_square.Cells.Span)) throw new RunBrokenException($"the repair ended with {repaired.Status}");
            return Units / 2;
        }
        throw new RunBrokenException($"no repairable half in {RepairDraws} draws of a square of width {Width}");
    }
}
