using Prozchain.DataAvailability;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Sampling;
using Prozchain.Devnet.Workloads;

namespace Prozchain.Devnet.Stages;

/// <summary>What became of a batch's square.</summary>
internal readonly record struct AvailabilityResult(int Width, int SampledCells, double Confidence, int LostCells);

/// <summary>A light client samples the square to the stated confidence; then it is repaired from a random half of its cells.</summary>
internal sealed class AvailabilityStage(DevnetOptions options)
{
    private const int RepairDraws = 100;

    /// <summary>A confidence as it may be printed with four digits of a percent: rounded down, since no sample makes one certain.</summary>
    public static double Floor(double confidence) => Math.Floor(confidence * 1e6) / 1e6;

    /// <exception cref="RunBrokenException">The square is not available or not repaired to what it was.</exception>
    public async Task<AvailabilityResult> CheckAsync(ExtendedSquare square, ulong batch, CancellationToken cancellationToken)
    {
        var client = new LightClient(square.Header, DevnetSeeds.Bytes(options.Seed, "samples", batch));
        SamplingResult sampled = await client.SampleAsync(new LocalShareSource(square), options.Confidence, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!sampled.IsAvailable) throw new RunBrokenException($"batch {batch}: sampling failed at {sampled.Failure}");
        int lost = RepairFromRandomHalf(square, batch, cancellationToken);
        return new AvailabilityResult(square.Parameters.Width, sampled.Accepted, sampled.Confidence, lost);
    }

    private int RepairFromRandomHalf(ExtendedSquare square, ulong batch, CancellationToken cancellationToken)
    {
        var random = new SplitMix64(BitConverter.ToUInt64(DevnetSeeds.Bytes(options.Seed, "losses", batch)));
        int width = square.Parameters.Width;
        int[] cells = [.. Enumerable.Range(0, width * width)];
        // Tiny squares can lose a half that no code recovers; such a draw is known beforehand and drawn again.
        for (int draw = 0; draw < RepairDraws; draw++)
        {
            for (int i = cells.Length - 1; i > 0; i--)
            {
                int j = (int)random.Below(i + 1);
                (cells[i], cells[j]) = (cells[j], cells[i]);
            }
            var repair = new SquareRepair(square.Header);
            foreach (int cell in cells.AsSpan(0, (cells.Length + 1) / 2))
            {
                if (square.GetShare(cell / width, cell % width).TryCheck(square.Header, out CheckedCell? checkedCell) != CellCheck.Valid || checkedCell is null)
                    throw new RunBrokenException($"batch {batch}: cell {cell} does not match its root");
                repair.Add(checkedCell);
            }
            if (!repair.CanRepair()) continue;
            RepairResult repaired = repair.Repair(cancellationToken: cancellationToken);
            if (repaired.Square is null || !repaired.Square.Cells.Span.SequenceEqual(square.Cells.Span))
                throw new RunBrokenException($"batch {batch}: repair ended with {repaired.Status}");
            return cells.Length / 2;
        }
        throw new RunBrokenException($"batch {batch}: no repairable half in {RepairDraws} draws of a square of width {width}");
    }
}
