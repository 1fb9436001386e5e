namespace Prozchain.Zk.Security;

/// <summary>The numbers that the formulas take, whoever's protocol they describe.</summary>
internal sealed record ProtocolNumbers
{
    /// <summary>log2 of the size of the field of challenges.</summary>
    public required double Log2Field { get; init; }

    /// <summary>log2 of the rows of the tallest and of the shortest table.</summary>
    public required int LogRows { get; init; }

    public required int MinLogRows { get; init; }

    /// <summary>1 if columns are committed with twice their rows to hide them, else 0.</summary>
    public int MaskingLog { get; init; }

    public required int LogBlowup { get; init; }

    /// <summary>Pairs of a column over the base field and a point at which it is opened.</summary>
    public required long BatchSize { get; init; }

    public required BatchingKind Batching { get; init; }

    public required long Constraints { get; init; }

    public required int ConstraintDegree { get; init; }

    /// <summary>Quotient chunks of one table.</summary>
    public required long QuotientChunks { get; init; }

    public required int Points { get; init; }

    /// <summary>Messages on each row, over all buses.</summary>
    public long Lookups { get; init; }

    public int MessageWidth { get; init; }

    /// <summary>Messages beside those of the rows.</summary>
    public long PublicMessages { get; init; }

    /// <summary>Elements of the widest message on shared buses; 0 without such buses.</summary>
    public int SharedMessageWidth { get; init; }

    /// <summary>log2 of the messages on them, over all proofs of a list.</summary>
    public int LogSharedMessages { get; init; }

    public required IReadOnlyList<int> FoldLogArities { get; init; }

    /// <summary>Tables, each of which may have a height of its own.</summary>
    public int Tables { get; init; } = 1;

    /// <summary>Whether codewords of shorter tables may join at a fold, as one more power of its challenge.</summary>
    public bool MixedHeights => Tables > 1 && MinLogRows < LogRows;

    /// <summary>Different heights in one proof, at most.</summary>
    public int Heights => Math.Min(Tables, LogRows - MinLogRows + 1);

    public required int Queries { get; init; }

    public required int DigestBits { get; init; }

    public required GrindingBits Grinding { get; init; }

    public int LogDimension => LogRows + MaskingLog;

    public static ProtocolNumbers Of(ParameterSet set)
    {
        StarkShape shape = set.Shape;
        return new()
        {
            Log2Field = FieldFacts.Of(shape.Field).Log2Size(set.ExtensionDegree),
            LogRows = shape.MaxLogRows,
            MinLogRows = shape.MinLogRows,
            MaskingLog = shape.MaskingLog,
            LogBlowup = set.LogBlowup,
            BatchSize = CountBatch(shape, set.ExtensionDegree),
            Batching = set.Batching,
            Constraints = shape.Constraints,
            ConstraintDegree = shape.ConstraintDegree,
            QuotientChunks = shape.QuotientChunks,
            Points = shape.OpeningPoints,
            Lookups = shape.Lookups,
            MessageWidth = shape.MessageWidth,
            PublicMessages = shape.MaxPublicMessages,
            SharedMessageWidth = shape.SharedMessageWidth,
            LogSharedMessages = shape.LogSharedMessages,
            FoldLogArities = set.FoldLogArities(),
            Tables = shape.Tables,
            Queries = set.Queries,
            DigestBits = set.DigestBits,
            Grinding = set.Grinding,
        };
    }

    /// <summary>
    /// Every opened pair of column and point: the trace, the lookup columns and the quotient chunks as base columns; when hiding,
    /// also a random polynomial over the extension for each table, opened at one point.
    /// </summary>
    private static long CountBatch(StarkShape shape, int degree)
    {
        long perPoint = shape.Columns + (long)shape.LookupColumns * degree;
        long chunks = (long)shape.Tables * shape.QuotientChunks;
        long masks = shape.ZeroKnowledge ? shape.Tables : 0;
        return perPoint * shape.OpeningPoints + (chunks + masks) * degree;
    }
}
