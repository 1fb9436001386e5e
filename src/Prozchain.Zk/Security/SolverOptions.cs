namespace Prozchain.Zk.Security;

/// <summary>What the solver may choose from. The defaults allow everything that is proven.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SolverOptions
{
    /// <summary>log2 of the blowup, 1 to 8; null for the smallest that holds the quotient's evaluation domain.</summary>
    public int? LogBlowup { get; init; }

    /// <summary>Extension degrees; empty for all that the library has of the field.</summary>
    public IReadOnlyList<int> ExtensionDegrees { get; init; } = [];

    /// <summary>Ways of batching, in order of preference among equally cheap ones.</summary>
    public IReadOnlyList<BatchingKind> Batching { get; init; } = [BatchingKind.Powers, BatchingKind.Tensor, BatchingKind.Independent];

    /// <summary>Regimes, in order of preference among equally cheap ones.</summary>
    public IReadOnlyList<ProximityRegime> Regimes { get; init; } = [ProximityRegime.UniqueDecoding, ProximityRegime.Johnson];

    /// <summary>log2 of the arities with which the low-degree test may fold: 1, 2, 3.</summary>
    public IReadOnlyList<int> LogArities { get; init; } = [1, 2, 3];

    /// <summary>The most that one round before the queries may be ground: 0 (not at all) to 40 bits.</summary>
    public int MaxRoundGrinding { get; init; } = 16;

    /// <summary>The most that may be ground before the queries: 0 to 40 bits.</summary>
    public int MaxQueryGrinding { get; init; } = 16;

    /// <summary>log2 of the most coefficients that folding may stop at: 0 to 12.</summary>
    public int MaxLogFinalLength { get; init; } = 8;

    /// <summary>Bits of the digests of the commitments: 128 to 512. A collision costs half as many bits of work.</summary>
    public int DigestBits { get; init; } = 256;

    /// <summary>What to make small first.</summary>
    public CostObjective Objective { get; init; }

    internal string? Problem()
    {
        if (LogBlowup is < 1 or > 8) return $"Expected a log2 blowup from 1 to 8, got {LogBlowup}.";
        if (MaxRoundGrinding is < 0 or > GrindingBits.Max) return $"Expected 0 to {GrindingBits.Max} bits of grinding a round, got {MaxRoundGrinding}.";
        if (MaxQueryGrinding is < 0 or > GrindingBits.Max) return $"Expected 0 to {GrindingBits.Max} bits of grinding, got {MaxQueryGrinding}.";
        if (MaxLogFinalLength is < 0 or > 12) return $"Expected a log2 final length from 0 to 12, got {MaxLogFinalLength}.";
        if (DigestBits is < 128 or > 512 || DigestBits % 8 != 0) return $"Expected digests of 128 to 512 bits, whole bytes, got {DigestBits}.";
        if (Batching.Count == 0 || Batching.Any(kind => kind is < BatchingKind.Powers or > BatchingKind.Independent)) return "Expected a way of batching.";
        if (Regimes.Count == 0 || Regimes.Any(regime => regime is < ProximityRegime.UniqueDecoding or > ProximityRegime.Johnson)) return "Expected a regime.";
        if (LogArities.Count == 0 || LogArities.Any(log => log is < 1 or > 3)) return "Expected log2 arities from 1 to 3.";
        return ExtensionDegrees.Any(degree => degree is < 1 or > 8) ? "Expected extension degrees from 1 to 8." : null;
    }
}
