using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Derivation;

/// <summary>A posted batch after re-execution: what the posted data says, whoever asserts what.</summary>
public sealed class DerivedBatch
{
    private readonly TransitionStatus[] _statuses;

    internal DerivedBatch(in BatchPosting posting, Batch? batch, ReadOnlyMemory<byte> data, BatchTrace trace, TransitionStatus[] statuses, bool[] authentic, StateWitness? witness, ResourceUse resources)
    {
        Posting = posting;
        Batch = batch;
        Data = data;
        Trace = trace;
        PreRoot = trace.PreRoot;
        PostRoot = trace.PostRoot;
        Authentic = authentic;
        Witness = witness;
        Resources = resources;
        Statistics = batch?.Statistics;
        IsEmpty = batch is null;
        _statuses = statuses;
    }

    /// <summary>The batch as the settlement knows it.</summary>
    public BatchPosting Posting { get; }

    /// <summary>True if no transfers were posted, or if the bytes are not a batch in this place and therefore count as an empty one.</summary>
    public bool IsEmpty { get; }

    /// <summary>State root before the batch.</summary>
    public Digest32 PreRoot { get; }

    /// <summary>State root after it.</summary>
    public Digest32 PostRoot { get; }

    /// <summary>What each transfer did, in order; none if the batch counts as empty.</summary>
    public ReadOnlyMemory<TransitionStatus> Statuses => _statuses;

    /// <summary>What all transfers used together.</summary>
    public ResourceUse Resources { get; }

    /// <summary>Where the bytes go; null if the batch counts as empty.</summary>
    public BatchStatistics? Statistics { get; }

    /// <summary>The roots after each transfer; null once the batch is final.</summary>
    public BatchTrace? Trace { get; private set; }

    internal Batch? Batch { get; private set; }

    internal ReadOnlyMemory<byte> Data { get; private set; }

    internal bool[] Authentic { get; private set; }

    internal StateWitness? Witness { get; private set; }

    /// <summary>Number of transfers that ended in a way.</summary>
    public int CountOf(TransitionStatus status) => _statuses.AsSpan().Count(status);

    /// <summary>Nobody can dispute a final batch, so what only a dispute needs goes.</summary>
    internal void Forget() => (Trace, Batch, Data, Authentic, Witness) = (null, null, default, [], null);
}
