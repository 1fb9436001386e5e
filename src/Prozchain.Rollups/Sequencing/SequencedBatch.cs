using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Sequencing;

/// <summary>A batch that the sequencer closed: its bytes and what they do to the state.</summary>
public sealed class SequencedBatch
{
    internal SequencedBatch(long index, ReadOnlyMemory<byte> data, Digest32 dataHash, BatchTrace trace, ReadOnlyMemory<TransitionStatus> statuses, BatchStatistics statistics)
    {
        Index = index;
        Data = data;
        DataHash = dataHash;
        Trace = trace;
        Statuses = statuses;
        Statistics = statistics;
    }

    /// <summary>Position in the chain of batches.</summary>
    public long Index { get; }

    /// <summary>The encoding (docs/formats/rollups-batch.md).</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Keccak-256 of <see cref="Data"/>.</summary>
    public Digest32 DataHash { get; }

    /// <summary>State roots before the batch and after each transfer.</summary>
    public BatchTrace Trace { get; }

    /// <summary>State root before the batch.</summary>
    public Digest32 PreRoot => Trace.PreRoot;

    /// <summary>State root after it.</summary>
    public Digest32 PostRoot => Trace.PostRoot;

    /// <summary>What each transfer did, in order.</summary>
    public ReadOnlyMemory<TransitionStatus> Statuses { get; }

    /// <summary>Where the bytes go.</summary>
    public BatchStatistics Statistics { get; }
}
