namespace Prozchain.Sharding.Beacon;

/// <summary>Hard limits of the beacon's formats, besides <see cref="Wire.WireLimits"/>.</summary>
public static class BeaconLimits
{
    /// <summary>Validators of one epoch: 65,536.</summary>
    public const int MaxValidators = 1 << 16;

    /// <summary>Anchors in one block, one of a shard: 1,024.</summary>
    public const int MaxAnchors = Layout.ShardLayout.MaxShards;

    /// <summary>Headers of all anchors of one block: 65,536.</summary>
    public const int MaxAnchorHeaders = 1 << 16;

    /// <summary>Deposits in one block, and exit orders: 1,024 each.</summary>
    public const int MaxRegistryEntries = 1 << 10;

    /// <summary>Reveals in one block: 1,024.</summary>
    public const int MaxReveals = 1 << 10;

    /// <summary>Pieces of evidence in one block: 64.</summary>
    public const int MaxEvidence = 1 << 6;

    /// <summary>Signatures in one piece of evidence: 4,096.</summary>
    public const int MaxAccused = Wire.WireLimits.MaxMembers;

    /// <summary>Bytes of one witness in evidence: 1 MiB.</summary>
    public const int MaxWitnessBytes = 1 << 20;

    /// <summary>Topology proposals in one block: 64, each with a claim of at most 64 KiB.</summary>
    public const int MaxProposals = 1 << 6;

    /// <summary>Bytes of one claim: 64 KiB.</summary>
    public const int MaxClaimBytes = 1 << 16;

    /// <summary>Readiness statements in one block: 8,192.</summary>
    public const int MaxReadiness = 1 << 13;
}
