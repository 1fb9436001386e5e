using Prozchain.DataAvailability;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;
using Prozchain.Devnet.Workloads;

namespace Prozchain.Devnet.Stages;

/// <summary>Samples from a source to a confidence; called again it goes on where it stopped.</summary>
internal delegate Task<SamplingResult> Sampling(IShareSource source, double confidence, IProgress<SampleReport>? progress, CancellationToken cancellationToken);

/// <summary>A batch as it was posted, in one of the codes.</summary>
internal abstract class PostedData
{
    /// <summary>32 bytes.</summary>
    public abstract ReadOnlySpan<byte> Commitment { get; }

    /// <summary>What a sample is: a cell or a row.</summary>
    public abstract string Unit { get; }

    /// <summary>Cells or rows in all.</summary>
    public abstract int Units { get; }

    /// <summary>A few words on its size.</summary>
    public abstract string Shape { get; }

    /// <summary>Serves all of it.</summary>
    public abstract LocalShareSource Source { get; }

    public static PostedData Encode(AvailabilityCode code, ReadOnlySpan<byte> data, CancellationToken cancellationToken) =>
        code == AvailabilityCode.Square ? new PostedSquare(data, cancellationToken) : new PostedRows(data, cancellationToken);

    /// <summary>Whether a unit is of the quarter that --withhold keeps back.</summary>
    public abstract bool IsWithheld(CellCoordinate at);

    /// <summary>A light client that knows the header alone.</summary>
    public abstract Sampling NewClient(ReadOnlySpan<byte> seed);

    /// <summary>Repairs from a random half of the units, and compares. The number of units lost.</summary>
    /// <exception cref="RunBrokenException">It is not repaired to what it was.</exception>
    public abstract int RepairFromRandomHalf(SplitMix64 random, CancellationToken cancellationToken);

    /// <summary>The numbers below <see cref="Units"/> in a random order.</summary>
    protected int[] Shuffled(SplitMix64 random)
    {
        int[] units = [.. Enumerable.Range(0, Units)];
        for (int i = units.Length - 1; i > 0; i--)
        {
            int j = (int)random.Below(i + 1);
            (units[i], units[j]) = (units[j], units[i]);
        }
        return units;
    }
}
