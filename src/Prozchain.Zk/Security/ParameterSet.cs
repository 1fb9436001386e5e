using System.Numerics;

namespace Prozchain.Zk.Security;

/// <summary>Every number that the prover and the verifier follow, before anyone has said whether they are sound.</summary>
internal sealed record ParameterSet
{
    public required StarkShape Shape { get; init; }

    public required int TargetBits { get; init; }

    public required int ExtensionDegree { get; init; }

    public required int LogBlowup { get; init; }

    public required ProximityRegime Regime { get; init; }

    /// <summary>m of the Johnson regime, else 0.</summary>
    public required int Multiplicity { get; init; }

    public required BatchingKind Batching { get; init; }

    public required int Queries { get; init; }

    public required int MaxLogArity { get; init; }

    /// <summary>log2 of the coefficients at which folding stops.</summary>
    public required int LogFinalLength { get; init; }

    public required GrindingBits Grinding { get; init; }

    public required int DigestBits { get; init; }

    /// <summary>log2 of the dimension of the code of the tallest table.</summary>
    public int LogDimension => Shape.MaxLogRows + Shape.MaskingLog;

    public int LogDomain => LogDimension + LogBlowup;

    /// <summary>
    /// Values of a column that the proof may give away, if it hides the witness, else 0: at a query x the quotient is a function
    /// of the column at x and at each further point of the same step, x·w, so that a query counts for each opening point.
    /// </summary>
    public int HidingRows => Shape.ZeroKnowledge ? Shape.OpeningPoints * (Queries + ExtensionDegree) : 0;

    public ProximityBound Bound => ProximityBound.Of(Regime, Multiplicity);

    /// <summary>
    /// The folds that are judged and counted: from the tallest table by the largest arity, but for the last fold. A shorter table
    /// beside it, if there may be one, is folded down to, even below the final length.
    /// </summary>
    public int[] FoldLogArities()
    {
        int stop = Shape.Tables > 1 ? Math.Min(LogFinalLength, Shape.MinLogRows + Shape.MaskingLog) : LogFinalLength;
        var folds = new List<int>();
        for (int left = LogDimension - stop; left > 0; left -= folds[^1]) folds.Add(Math.Min(MaxLogArity, left));
        return [.. folds];
    }

    /// <summary>Folds of a proof with tables of these heights: by the largest arity that skips none of them.</summary>
    public int[] FoldLogArities(ReadOnlySpan<int> tableLogRows)
    {
        if (tableLogRows.IsEmpty || tableLogRows.Length > Shape.Tables)
            throw new ArgumentException($"Expected 1 to {Shape.Tables} tables, got {tableLogRows.Length}.", nameof(tableLogRows));
        ulong heights = 0;
        foreach (int log in tableLogRows)
        {
            if (log < Shape.MinLogRows || log > Shape.MaxLogRows)
                throw new ArgumentException($"Expected 2^{Shape.MinLogRows} to 2^{Shape.MaxLogRows} rows, got 2^{log}.", nameof(tableLogRows));
            heights |= 1UL << (log + Shape.MaskingLog);
        }
        int at = BitOperations.Log2(heights), stop = Math.Min(LogFinalLength, BitOperations.TrailingZeroCount(heights));
        var folds = new List<int>();
        while (at > stop)
        {
            int step = 1;
            while (step < MaxLogArity && at - step > stop && (heights >> (at - step) & 1) == 0) step++;
            folds.Add(step);
            at -= step;
        }
        return [.. folds];
    }

    public string? Problem()
    {
        if (Shape.Problem() is { } problem) return problem;
        FieldFacts field = FieldFacts.Of(Shape.Field);
        if (TargetBits is < 1 or > 256) return $"Expected a target of 1 to 256 bits, got {TargetBits}.";
        if (!FieldFacts.Degrees(Shape.Field).Contains(ExtensionDegree))
            return $"Expected an extension of {Shape.Field} of degree {string.Join(", ", FieldFacts.Degrees(Shape.Field).ToArray())}, got {ExtensionDegree}.";
        if (LogBlowup is < 1 or > 8) return $"Expected a log2 blowup from 1 to 8, got {LogBlowup}.";
        if (LogDomain > field.TwoAdicity) return $"Expected an evaluation domain of at most 2^{field.TwoAdicity} for {Shape.Field}, got 2^{LogDomain}.";
        int quotient = Shape.MaxLogRows + StarkShape.LogCeiling(Shape.QuotientChunks);
        if (quotient > field.TwoAdicity) return $"Expected a quotient over at most 2^{field.TwoAdicity} points for {Shape.Field}, got 2^{quotient}.";
        bool johnson = Regime == ProximityRegime.Johnson;
        if (!johnson && Regime != ProximityRegime.UniqueDecoding) return $"Expected a regime, got {Regime}.";
        if (johnson && Shape.IsShared) return "Expected unique decoding with shared buses, got the Johnson regime: an early commitment must stand for one trace.";
        if (johnson ? Multiplicity is < JohnsonBound.MinMultiplicity or > JohnsonBound.MaxMultiplicity : Multiplicity != 0)
            return $"Expected a multiplicity that fits {Regime}, got {Multiplicity}.";
        if (Batching is < BatchingKind.Powers or > BatchingKind.Independent) return $"Expected a way of batching, got {Batching}.";
        if (Queries is < 1 or > ParameterSolver.MaxQueries) return $"Expected 1 to {ParameterSolver.MaxQueries} queries, got {Queries}.";
        if (MaxLogArity is < 1 or > 3) return $"Expected a log2 arity from 1 to 3, got {MaxLogArity}.";
        if (LogFinalLength is < 0 or > 12) return $"Expected a log2 final length from 0 to 12, got {LogFinalLength}.";
        if (!Grinding.InRange) return $"Expected 0 to {GrindingBits.Max} bits of grinding, got {Grinding}.";
        if (Grinding.Shared > 0 && !Shape.IsShared) return $"Expected no grinding for shared buses without such buses, got {Grinding.Shared} bits.";
        if (DigestBits is < 128 or > 512 || DigestBits % 8 != 0) return $"Expected digests of 128 to 512 bits, whole bytes, got {DigestBits}.";
        int hiding = HidingRows;
        if (StarkShape.LogCeiling(hiding) > Shape.MaxLogRows) return $"Expected a tallest table of {hiding} rows or more to hide the witness, got 2^{Shape.MaxLogRows}.";
        return null;
    }
}
