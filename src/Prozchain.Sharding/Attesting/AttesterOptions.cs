using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Attesting;

/// <summary>What an <see cref="AttesterNode{TTransition}"/> is made from.</summary>
public sealed class AttesterOptions
{
    /// <summary>The epoch in which it attests.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>The block that the shard's run starts from.</summary>
    public required OrderingAnchor Anchor { get; init; }

    /// <summary>The shard's state root after it, as the host knows it to be right: a genesis's, or what was attested before.</summary>
    public required Digest AnchorRoot { get; init; }

    /// <summary>Who orders and who attests which shard; this node sits on the shard's last drawn attesting committee.</summary>
    public required ICommitteeDirectory Committees { get; init; }

    /// <summary>Index in the attesting committee.</summary>
    public required int Member { get; init; }

    /// <summary>The member's key.</summary>
    public required ISigner Signer { get; init; }

    /// <summary>Checks signatures.</summary>
    public required ISignatureVerifier Verifier { get; init; }

    /// <summary>One-way delay that the node reckons with, milliseconds.</summary>
    public int DelayMs { get; init; } = 50;

    /// <summary>The longest segment that it takes in, bytes, up to <see cref="SegmentWitness.MaxBytes"/>.</summary>
    public int MaxSegmentBytes { get; init; } = SegmentWitness.MaxBytes;

    /// <summary>Segments that wait for headers of other shards or for the one before, at most.</summary>
    public int MaxWaiting { get; init; } = 4;
}
