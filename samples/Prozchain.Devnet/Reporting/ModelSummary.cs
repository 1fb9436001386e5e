namespace Prozchain.Devnet.Reporting;

/// <summary>What became of a model in the vault, and of the network that was served from it.</summary>
internal sealed record ModelSummary
{
    public required string Format { get; init; }

    public required int Tensors { get; init; }

    public required long RawBytes { get; init; }

    /// <summary>Bytes of all shards, parity and proofs included.</summary>
    public required long StoredBytes { get; init; }

    public required int Shards { get; init; }

    /// <summary>What the shards ask for it, in millionths of a dollar a month.</summary>
    public required long MicroDollarsPerMonth { get; init; }

    /// <summary>The same per GB of the model itself.</summary>
    public required long MicroDollarsPerRawGBMonth { get; init; }

    public required double StoreSeconds { get; init; }

    /// <summary>Largest working set of the process while the model was stored, pieces in memory included.</summary>
    public required long StorePeakBytes { get; init; }

    /// <summary>Buffers that the vault held by the end of the repair.</summary>
    public required long BufferBytes { get; init; }

    public required int LostShards { get; init; }

    public required int LostPieces { get; init; }

    public required int RepairedPieces { get; init; }

    public required double RepairSeconds { get; init; }

    /// <summary>The audit of a shard that had lost its pieces, and the same one after the repair.</summary>
    public required AuditNote AuditWithout { get; init; }

    public required AuditNote Audit { get; init; }

    /// <summary>The published version, <c>name@version</c>.</summary>
    public required string Reference { get; init; }

    /// <summary>Model root, hexadecimal.</summary>
    public required string Root { get; init; }

    /// <summary>Null of a model without weights of floating point.</summary>
    public required FineTuneSummary? FineTune { get; init; }

    public required InferenceSummary Inference { get; init; }

    public double Ratio => RawBytes == 0 ? 0 : (double)StoredBytes / RawBytes;
}

/// <summary>A model trained further, stored as what differs from its base.</summary>
/// <param name="Reference">The published version, <c>name@version</c>.</param>
/// <param name="RawBytes">Bytes of its file.</param>
/// <param name="StoredBytes">Bytes of all shards, parity and proofs included, without those of its base.</param>
/// <param name="StripesAsDifference">Stripes that are stored as what differs from one of the base; others are too short for it, or the same.</param>
/// <param name="StoreSeconds">What the store took, the base read beside it.</param>
/// <param name="LostPieces">Pieces of its own that the lost shards had. It was read whole without them.</param>
/// <param name="RepairedPieces">Those put back.</param>
internal sealed record FineTuneSummary(string Reference, long RawBytes, long StoredBytes, int StripesAsDifference, double StoreSeconds, int LostPieces, int RepairedPieces)
{
    public double Ratio => (double)StoredBytes / RawBytes;
}

/// <summary>One shard's answer to an audit.</summary>
internal readonly record struct AuditNote(int Shard, int Samples, int Missing, int AnswerBytes, double Milliseconds, bool Passes);

/// <summary>What came of the traffic, and of a host that cheated.</summary>
internal sealed record InferenceSummary
{
    /// <summary>The published version, <c>name@version</c>.</summary>
    public required string Reference { get; init; }

    /// <summary>Where the network is from, in a few words.</summary>
    public required string Origin { get; init; }

    public required int Operators { get; init; }

    public required long Multiplications { get; init; }

    /// <summary>The first request, which had the network loaded from the vault.</summary>
    public required double FirstMs { get; init; }

    public required double Seconds { get; init; }

    public required InferenceFigures Figures { get; init; }

    /// <summary>Requests whose outputs and receipts were compared with a run in a batch of one.</summary>
    public required int Compared { get; init; }

    public required int Receipts { get; init; }

    /// <summary>Null when no changed weight shows in an output.</summary>
    public required CheatNote? Cheat { get; init; }
}

/// <summary>Counts of requests and quantiles of what those that were done took.</summary>
internal readonly record struct InferenceFigures(long Sent, long Done, long Refused, long Late, double P50Ms, double P99Ms, double MeanBatch);

/// <summary>How a cheating host lost.</summary>
/// <param name="Altered">The operator one weight of which it changed.</param>
/// <param name="Leaves">Values of the run, all of which the dispute is about at first.</param>
/// <param name="Operator">Where the bisection ended.</param>
/// <param name="Verdict">What it said.</param>
internal readonly record struct CheatNote(string Altered, int Leaves, string Operator, string Verdict);
