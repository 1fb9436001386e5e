using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Beacon;

/// <summary>What the beacon's blocks are checked against, the same on all nodes.</summary>
public sealed record BeaconOptions
{
    /// <summary>The chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The shards at genesis.</summary>
    public required ShardLayout Layout { get; init; }

    /// <summary>What every shard begins with (<see cref="AnchorEntry.Genesis"/>).</summary>
    public required IReadOnlyList<AnchorEntry> Genesis { get; init; }

    /// <summary>The validators of the first three epochs; their stake is locked by the host as a deposit's is.</summary>
    public required IReadOnlyList<Validator> Validators { get; init; }

    /// <summary>
    /// The committees of both duties, of sizes that meet their budgets, which are for at least as many shards as the network may
    /// have. Required, but for <see cref="UnsafeDevelopment"/>.
    /// </summary>
    public CommitteeSecurity? Security { get; init; }

    /// <summary>In place of <see cref="Security"/>, how the committees of a development network are drawn: all of one size, whatever that is worth, and those that order attest too.</summary>
    public CommitteeParameters? UnsafeDevelopment { get; init; }

    /// <summary>How the seats of <see cref="Security"/> are dealt. Default: a <see cref="TicketSampler"/> without a cap.</summary>
    public ICommitteeSampler Sampler { get; init; } = new TicketSampler();

    /// <summary>How stake enters, counts, leaves and is lost.</summary>
    public RegistryRules Registry { get; init; } = new();

    /// <summary>Where stake comes from. Default: an empty <see cref="DepositLog"/>, so none comes in.</summary>
    public IDepositSource Deposits { get; init; } = new DepositLog();

    /// <summary>Beacon blocks in one epoch, at least 1.</summary>
    public int BlocksPerEpoch { get; init; } = 64;

    /// <summary>
    /// Beacon blocks from one moment of an epoch to the next: ordering committees then change seat by seat, the new member in
    /// before the old one leaves, by at most half as many seats as there are moments in an epoch. 0, the default: they change
    /// as a whole with the epoch. <see cref="CommitteeRotation"/>.
    /// </summary>
    public int RotationBlocks { get; init; }

    /// <summary>Gives the seeds of epochs 0 and 1, and of all epochs where <see cref="Reveals"/> is null.</summary>
    public required IRandomness Randomness { get; init; }

    /// <summary>
    /// How validators make the seeds from epoch 2 on, with <see cref="VrfReveals"/> in a network of strangers. Null, the
    /// default, leaves it to <see cref="Randomness"/>: development networks, or a threshold beacon of the host's.
    /// </summary>
    public RevealRules? Reveals { get; init; }

    /// <summary>Judges evidence that takes more than signatures. Default: none, which convicts nobody.</summary>
    public IFaultAuditor Auditor { get; init; } = new NoAuditor();

    /// <summary>How the layout may change. Default: never.</summary>
    public TopologyRules Topology { get; init; } = new();

    /// <summary>Beacon blocks without an anchor after which a shard has stalled; long enough for any final header to reach the beacon. Default 256.</summary>
    public int StallBlocks { get; init; } = 256;

    /// <summary>How far a block's time may be from a voter's clock, milliseconds. Default 2,000.</summary>
    public int MaxClockDriftMs { get; init; } = 2000;

    /// <summary>Checks signatures.</summary>
    public required ISignatureVerifier Verifier { get; init; }

    /// <summary>Views that a leader of an ordering committee keeps, 1 to 4,096. Default 32.</summary>
    public int ViewsPerTerm { get; init; } = 32;

    /// <summary>Makes the scheme that checks a committee's certificates; called from several threads. Null, the default, for a <see cref="SignatureListScheme"/> over <see cref="Verifier"/>.</summary>
    public Func<Committee, ICertificateScheme>? Schemes { get; init; }

    /// <summary>Threads that may check signatures; 1 is serial.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>Seats of an ordering committee that may change within an epoch. Where the layout changes, shards end their epochs in its last moment.</summary>
    internal int SeatChanges => RotationBlocks == 0 ? 0 : (BlocksPerEpoch - 1 - (Topology.Trigger is null ? 0 : Topology.DrainBlocks)) / RotationBlocks / 2;

    internal ICertificateScheme SchemeOf(Committee committee) => Schemes?.Invoke(committee) ?? new SignatureListScheme(committee, Verifier);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ViewsPerTerm, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ViewsPerTerm, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDegreeOfParallelism, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BlocksPerEpoch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StallBlocks, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxClockDriftMs);
        if (Security is null == UnsafeDevelopment is null)
            throw new ArgumentException($"Expected committees by a {nameof(Security)} or as {nameof(UnsafeDevelopment)}, got {(Security is null ? "neither" : "both")}.");
        UnsafeDevelopment?.Check();
        foreach (LayoutClassRules rules in Layout.Classes)
            if (!CommitteeDraw.Has(this, rules)) throw new ArgumentException($"Expected committees of at least the {rules.OrderingFloor} and {rules.AttestationFloor} seats that class {rules.Class} asks for, got none that are as large.");
        int shards = Topology.Trigger is null ? Layout.Shards.Count : Math.Max(Layout.Shards.Count, Topology.MaxShards);
        foreach (SecurityBudget? budget in (ReadOnlySpan<SecurityBudget?>)[Security?.Ordering, Security?.Attestation])
            if (budget?.Shards < shards) throw new ArgumentException($"Expected budgets for the {shards} shards that the network may have, got one for {budget.Shards}.");
        Reveals?.Check(BlocksPerEpoch);
        Topology.Check(BlocksPerEpoch);
        ArgumentOutOfRangeException.ThrowIfNegative(RotationBlocks);
        if (RotationBlocks == 0) return;
        if (Topology.IsMadeWithinEpoch) throw new ArgumentException("Expected changes of the layout at the ends of epochs where seats rotate within them, got changes within.");
        if (SeatChanges == 0) throw new ArgumentException($"Expected an epoch in which a seat can change, got {BlocksPerEpoch} blocks of which {RotationBlocks} make a moment.");
        if (Security?.Ordering is { } counted && SeatChanges > counted.SeatChangesPerEpoch)
            throw new ArgumentException($"Expected at most the {counted.SeatChangesPerEpoch} seat changes an epoch that the budget counts, got {SeatChanges}.");
        int seats = UnsafeDevelopment?.SeatsPerShard ?? Layout.Classes.Max(rules => Security!.SeatsOf(CommitteeDuty.Ordering, rules) ?? 0);
        if (seats >= Wire.WireLimits.MaxMembers) throw new ArgumentException($"Expected committees with room for one seat more in {Wire.WireLimits.MaxMembers}, got {seats} seats.");
    }
}
