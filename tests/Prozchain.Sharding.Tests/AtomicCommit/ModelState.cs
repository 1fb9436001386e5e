using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>A state of the model.</summary>
internal sealed record ModelState
{
    public required ModelNode[] Nodes { get; init; }
    public required SortedList<Digest, (AtomicRecord Record, RecordOrigin Origin)> Records { get; init; }
    public required ulong Epoch { get; init; }
    public (ShardEnding Ending, TrieStore Settled)[] Endings { get; init; } = [];
    public ModelState? Before { get; init; }
    public string Step { get; init; } = "start";

    public string Trace() => Before is null ? Step : Before.Trace() + " → " + Step;
}

/// <summary>A shard of the model.</summary>
internal sealed record ModelNode(ShardRange Range, byte[] State, TestCells Cells, ulong Height, long TimeMs, int Lateness, int Open, Tombstone?[] Ends)
{
    /// <summary>The state without version, height, time and epoch.</summary>
    public ReadOnlySpan<byte> Core => State.AsSpan(25);
}
