using Prozchain.Devnet.Stages;
using Prozchain.Sharding.Layout;

namespace Prozchain.Devnet.Reporting;

/// <summary>What a run has done so far; filled by the stages, shown by the view and the report.</summary>
internal sealed class RunStatistics
{
    /// <summary>Every shard there ever was, the first ones in the order of the layout, then in the order in which they began.</summary>
    public OrderedDictionary<ShardId, ShardStatistics> Shards { get; } = [];

    public LatencyHistogram CrossShardLatency { get; } = new();

    public List<BatchSummary> Batches { get; } = [];

    public List<MalformedNote> Rejections { get; } = [];

    /// <summary>What was shown of the rollup's defences, in order.</summary>
    public List<TrialNote> Trials { get; } = [];

    public long Lines, Malformed, Refused, L1Submitted, L2Submitted, Rounds, ResumedRounds;

    /// <summary>Atomic swaps of the workload, those that both sides did, and those that neither did.</summary>
    public long Swaps, Swapped, SwapsAborted;

    /// <summary>Seconds spent in rounds with transfers or their receipts: submission, execution, votes, anchors and the log.</summary>
    public double ShardSeconds;

    /// <summary>Rounds of this process without either, which carry calls of the rollup to its settlement layer, and the seconds spent in them.</summary>
    public long OtherRounds;
    public double OtherSeconds;

    /// <summary>Seconds spent executing and encoding rollup batches.</summary>
    public double RollupSeconds;

    /// <summary>Signed transfers in blocks per second of this process's rounds that have any, all shards together.</summary>
    public double ShardTps => ShardSeconds > 0 ? ProcessedHere / ShardSeconds : 0;

    /// <summary>One shard's part in <see cref="ShardTps"/>.</summary>
    public double TpsOf(ShardStatistics shard) =>
        L1Applied + L1Failed == 0 ? 0 : ShardTps * (shard.Applied + shard.Failed) / (L1Applied + L1Failed);

    /// <summary>Signed transfers per second that the sequencer checked, executed and encoded.</summary>
    public double RollupTps => RollupSeconds > 0 ? BatchedHere / RollupSeconds : 0;

    /// <summary>What this process did itself, apart from what it resumed.</summary>
    public long ProcessedHere, BatchedHere;

    public long L1Applied => Shards.Values.Sum(s => s.Applied);

    public long L1Failed => Shards.Values.Sum(s => s.Failed);

    /// <summary>Splits and merges, with the rounds that they ended.</summary>
    public List<ReshardNote> Changes { get; } = [];

    /// <summary>What is being done with the model, in a few words; empty before.</summary>
    public string ModelPhase = "";

    /// <summary>What the model and its fine-tune take, in a few words; empty before.</summary>
    public string ModelSizes = "";

    /// <summary>Requests of inference; null before the first.</summary>
    public InferenceTally? Inference;

    /// <summary>Keeps the first thousand for the report; all are counted.</summary>
    public void Reject(long line, string reason)
    {
        if (Rejections.Count < 1000) Rejections.Add(new MalformedNote(line, reason));
    }
}

/// <summary>One shard's totals.</summary>
internal sealed class ShardStatistics
{
    public required string Name { get; init; }

    /// <summary>True once it was split or merged.</summary>
    public bool HasEnded;
    public ulong Gas;
    public long Blocks, Applied, Failed, ReceiptsOut, ReceiptsIn;
    public string StateRoot = "";
}

/// <summary>One rollup batch on its way to finality.</summary>
internal sealed class BatchSummary
{
    public required long Index { get; init; }

    /// <summary>Transfers of the workload.</summary>
    public required int Transfers { get; init; }

    /// <summary>Those, payments of funds, and withdrawals.</summary>
    public required int Payments { get; init; }

    public required int Withdrawals { get; init; }

    /// <summary>Deposits and forced payments.</summary>
    public required int Forced { get; init; }

    public required long Bytes { get; init; }

    public required long SignatureBytes { get; init; }

    /// <summary>What became of its data; null for a batch of an earlier process, or one of somebody else.</summary>
    public AvailabilityResult? Availability { get; set; }

    /// <summary>What the settlement layer commits to.</summary>
    public required string Commitment { get; init; }

    /// <summary>What light clients sample against; empty where <see cref="Availability"/> is null.</summary>
    public string DataRoot { get; set; } = "";

    public required string PostRoot { get; init; }

    public string Verdict { get; set; } = "posted";
}

/// <summary>One thing that happened where somebody misbehaved.</summary>
internal readonly record struct TrialNote(string Trial, string Sentence);

/// <summary>A split or a merge that a round ended with.</summary>
internal readonly record struct ReshardNote(ulong Round, string Change);

/// <summary>A line that was not accepted, and why.</summary>
internal readonly record struct MalformedNote(long Line, string Reason);
