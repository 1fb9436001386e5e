using System.Numerics;

namespace Prozchain.Rollups.Finality;

/// <summary>How a rollup's claims become final. Times are seconds of L1.</summary>
public sealed record FinalityParameters
{
    /// <summary>Shortest challenge period that is accepted: two sequencing windows of half a day.</summary>
    public const ulong LeastOptimisticPeriod = 86_400;

    /// <summary>Shortest delay after a proof that is accepted: five slots of Ethereum.</summary>
    public const ulong LeastValidityDelay = 60;

    /// <summary>Segments of a claim at most: one word of bits.</summary>
    public const int MaxSegments = 256;

    /// <summary>What makes a claim final.</summary>
    public FinalityMode Mode { get; init; } = FinalityMode.Optimistic;

    /// <summary>Time in which a claim can be disputed.</summary>
    public ulong OptimisticPeriod { get; init; } = 7 * 86_400;

    /// <summary>From the last proof of a claim to its finality.</summary>
    public ulong ValidityDelay { get; init; } = 600;

    /// <summary>Transactions in a segment, the unit that is proven: a power of two.</summary>
    public uint SegmentSteps { get; init; } = 256;

    /// <summary>How many different systems must agree on a segment, at least one of them a validity proof whatever this says. 1 to 4.</summary>
    public int AgreeingSystems { get; init; } = 1;

    /// <summary>What each operation waits for, in hybrid mode.</summary>
    public FinalityPolicy Policy { get; init; } = FinalityPolicy.Default;

    /// <summary>Refuses what is below the stated minimum.</summary>
    /// <exception cref="ArgumentException">Which one, expected and got.</exception>
    public FinalityParameters Check()
    {
        const ulong Longest = 365 * 86_400;
        if (!Enum.IsDefined(Mode)) throw new ArgumentException($"Expected a mode, got {Mode}.", nameof(Mode));
        if (OptimisticPeriod is < LeastOptimisticPeriod or > Longest) throw new ArgumentException($"Expected {LeastOptimisticPeriod} to {Longest} seconds, got {OptimisticPeriod}.", nameof(OptimisticPeriod));
        if (ValidityDelay is < LeastValidityDelay or > Longest) throw new ArgumentException($"Expected {LeastValidityDelay} to {Longest} seconds, got {ValidityDelay}.", nameof(ValidityDelay));
        if (!BitOperations.IsPow2(SegmentSteps)) throw new ArgumentException($"Expected a power of two, got {SegmentSteps}.", nameof(SegmentSteps));
        if (AgreeingSystems is < 1 or > 4) throw new ArgumentException($"Expected 1 to 4 systems, got {AgreeingSystems}.", nameof(AgreeingSystems));
        ArgumentNullException.ThrowIfNull(Policy);
        return this;
    }

    /// <summary>Number of segments of a claim.</summary>
    /// <param name="steps">Its transactions.</param>
    public ulong SegmentsOf(ulong steps) => (steps + SegmentSteps - 1) / SegmentSteps;
}
