using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <summary>What a <see cref="ReplicatedShard{TTransition}"/> starts from.</summary>
public sealed class ReplicaOptions
{
    /// <summary>The block that the run starts from.</summary>
    public required OrderingAnchor Anchor { get; init; }

    /// <summary>The epoch of the run.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>The cells after the anchor. The replica's from now on.</summary>
    public required IAuthenticatedStore Cells { get; init; }

    /// <summary>Channels and atomic transactions after the anchor; null for none.</summary>
    public MachineState? State { get; init; }

    /// <summary>Receipts root of the anchor's execution; zero for a genesis.</summary>
    public Digest ReceiptsRoot { get; init; }

    /// <summary>Digest of the cells that the anchor's execution wrote, all of it; null for a genesis.</summary>
    public Digest? WriteDigest { get; init; }

    /// <summary>What the anchor's execution gave, so that the next header makes it known to other shards; null for a genesis.</summary>
    public ShardStep? LastStep { get; init; }

    /// <summary>Final blocks that are kept with what undoes them, so that others can take the shard over.</summary>
    public int KeepHistory { get; init; } = 64;

    /// <summary>Checks signatures of transactions.</summary>
    public required ISignatureVerifier Verifier { get; init; }

    /// <summary>Which committee orders which shard.</summary>
    public required ICommitteeDirectory Committees { get; init; }

    /// <summary>What the beacon has certified of changes of the layout; null for a layout that never changes.</summary>
    public ITopologyDirectory? Topology { get; init; }

    /// <summary>The most transactions, and receipts of other shards, that wait for a block.</summary>
    public int MaxWaiting { get; init; } = 1 << 16;

    /// <summary>The most bytes of either.</summary>
    public long MaxWaitingBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of final blocks, and of what they touched, that may wait for attestation: above it this node proposes empty blocks.</summary>
    public long MaxUnattestedBytes { get; init; } = 256L << 20;
}
