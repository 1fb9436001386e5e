using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>All that the beacon knows after a block. Immutable: <see cref="BeaconFold"/> makes the next one.</summary>
public sealed partial record BeaconState
{
    internal BeaconState()
    {
    }

    /// <summary>Height of the last block; 0 before the first.</summary>
    public ulong Height { get; internal init; }

    /// <summary>The last block's header; null before the first.</summary>
    public BeaconHeader? Header { get; internal init; }

    /// <summary>Hash of the last block; zero before the first.</summary>
    public Digest Tip => Header?.Hash ?? default;

    /// <summary>Attested time of the last block, Unix milliseconds.</summary>
    public long TimeMs { get; internal init; }

    /// <summary>The epoch of the next block.</summary>
    public ulong Epoch { get; internal init; }

    /// <summary>The shards of <see cref="Epoch"/>.</summary>
    public ShardLayout Layout { get; internal init; } = null!;

    /// <summary>The validators of <see cref="Epoch"/>.</summary>
    public ValidatorSet Validators { get; internal init; } = null!;

    /// <summary>The validators of the next epoch.</summary>
    public ValidatorSet NextValidators { get; internal init; } = null!;

    /// <summary>
    /// The committees that order in <see cref="Epoch"/>, as drawn. Where seats rotate they are what the epoch's moments go towards
    /// (<see cref="BeaconOptions.RotationBlocks"/>), and <see cref="OrderingOf(BeaconOptions, ShardId, ulong)"/> says who orders.
    /// </summary>
    public CommitteeAssignment Committees => Current.Ordering;

    /// <summary>The committees that attest in <see cref="Epoch"/>; in development networks those that order.</summary>
    public CommitteeAssignment Attestation => Current.Attestation;

    /// <summary>The committees that order in the next epoch, as drawn, known for all of this one; only layout changes and redraws still touch them.</summary>
    public CommitteeAssignment NextCommittees => Next.Ordering;

    /// <summary>The committees that attest in the next epoch, known as long.</summary>
    public CommitteeAssignment NextAttestation => Next.Attestation;

    /// <summary>Seed of <see cref="Epoch"/>'s committees.</summary>
    public Digest Seed { get; internal init; }

    /// <summary>Seed of the next epoch's committees.</summary>
    public Digest NextSeed { get; internal init; }

    /// <summary>Where all stake is.</summary>
    public StakeLedger Ledger => Registry.Ledger;

    /// <summary>Number of the next deposit that the beacon takes.</summary>
    public ulong NextDeposit => Registry.NextDeposit;

    /// <summary>What the last block let out.</summary>
    public BeaconOutputs Outputs { get; internal init; } = new();

    internal ValidatorRegistry Registry { get; init; } = null!;

    /// <summary>The set of the epoch after the next: fixed, with a seed that this epoch's reveals make.</summary>
    internal ValidatorSet LastSet { get; init; } = null!;

    internal CommitteeSet Current { get; init; } = null!;

    internal CommitteeSet Next { get; init; } = null!;

    /// <summary>The ordering runs of <see cref="Epoch"/>, moment by moment.</summary>
    internal OrderingRuns Runs { get; init; } = null!;

    /// <summary>Those of the epoch before; null in the first.</summary>
    internal OrderingRuns? PreviousRuns { get; init; }

    /// <summary>The seats from which the next epoch's rotation starts; null where committees change as a whole.</summary>
    internal RotationStart? NextStart { get; init; }

    internal RevealRound Round { get; init; } = new();

    /// <summary>The live shards.</summary>
    internal ImmutableSortedDictionary<ShardId, ShardStanding> Shards { get; init; } = ImmutableSortedDictionary<ShardId, ShardStanding>.Empty;

    /// <summary>Open proposals by their first shard.</summary>
    internal ImmutableSortedDictionary<ShardId, OpenChange> Changes { get; init; } = ImmutableSortedDictionary<ShardId, OpenChange>.Empty;

    /// <summary>The validators that the beacon knows, on duty or not, by public key.</summary>
    public IEnumerable<ValidatorRecord> Records => Registry.Records.Values;

    /// <summary>What the beacon knows of a key.</summary>
    /// <param name="publicKey">Public key with its scheme byte.</param>
    /// <param name="record">The validator, when the result is true.</param>
    public bool TryGetValidator(ReadOnlyMemory<byte> publicKey, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ValidatorRecord? record) => Registry.TryGet(publicKey, out record);

    /// <summary>The last anchored header of a shard; null for a live shard that has none of its own yet.</summary>
    /// <param name="shard">A live shard.</param>
    /// <exception cref="ArgumentException">No such shard.</exception>
    public AnchorEntry? Anchored(ShardId shard) => Standing(shard).Anchored;

    /// <summary>The last anchored block of a shard; for a new shard where it starts: for a half its parent's, for a whole both halves' higher height under a digest of both hashes, for a new class's height 0 and hash zero.</summary>
    /// <param name="shard">A live shard.</param>
    /// <exception cref="ArgumentException">No such shard.</exception>
    public OrderingAnchor TipOf(ShardId shard) => Standing(shard).Tip;

    /// <summary>
    /// The run that orders a shard in an epoch, in its last moment that has begun: in <see cref="Epoch"/> or the one before, also of
    /// a shard that was cut since. Null for any other, and where a freeze ended the committee's authority.
    /// </summary>
    /// <param name="options">The beacon's rules.</param>
    /// <param name="shard">Any shard.</param>
    /// <param name="epoch">Any epoch.</param>
    public OrderingInstance? OrderingOf(BeaconOptions options, ShardId shard, ulong epoch) => OrderingOf(options, shard, epoch, int.MaxValue);

    /// <summary>The run that orders a shard in a moment of an epoch, if it has begun; else as <see cref="OrderingOf(BeaconOptions, ShardId, ulong)"/>.</summary>
    /// <param name="options">The beacon's rules.</param>
    /// <param name="shard">Any shard.</param>
    /// <param name="epoch">Any epoch.</param>
    /// <param name="moment">The moment, from 0; see <see cref="CommitteeRotation"/>.</param>
    public OrderingInstance? OrderingOf(BeaconOptions options, ShardId shard, ulong epoch, int moment)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(moment);
        return RunsOf(shard, epoch) is { } runs ? runs.InstanceOf(options, shard, Math.Min(moment, runs.MomentAt(shard, Height))) : null;
    }

    /// <summary>
    /// The moment of a shard's rotation in <see cref="Epoch"/>: 0 at the start, one more whenever a seat joins and whenever one
    /// leaves, at each <see cref="BeaconOptions.RotationBlocks"/>th block. The run of the moment before ends once its members know.
    /// </summary>
    /// <param name="shard">Any shard.</param>
    public int MomentOf(ShardId shard) => Runs.MomentAt(shard, Height);

    /// <summary>True while a stalled shard waits for its new committee.</summary>
    /// <param name="shard">A live shard.</param>
    public bool IsFrozen(ShardId shard) => Standing(shard).FrozenEpoch is not null;

    /// <summary>
    /// True if a shard's split or merge is scheduled for the end of this epoch. It is made if the terminal block of the epoch is
    /// anchored by then, from which the new shards go on; else it is put off, and the next epoch's target committee has to be ready.
    /// </summary>
    /// <param name="shard">Any shard.</param>
    public bool IsScheduled(ShardId shard) => Changes.Values.Any(change => change.IsScheduled && (change.Proposal.Action.Shard == shard || change.Proposal.Action.Sibling == shard));

    /// <summary>Who must be ready for a change before it is cut at the end of this epoch: the committee that both halves, or the whole, will have.</summary>
    /// <param name="action">A change of live shards.</param>
    /// <param name="withinEpoch">True if it is made within the epoch (<see cref="TopologyRules.IsMadeWithinEpoch"/>).</param>
    public Committee TargetOf(ReshapeAction action, bool withinEpoch = false)
    {
        CommitteeAssignment committees = withinEpoch ? Committees : FirstOfNext;
        return action.Sibling is { } sibling ? Committee.Cut(action.Shard, committees.Of(action.Shard), committees.Of(sibling)) : committees.Of(action.Shard);
    }

    /// <summary>The committees that order when the next epoch begins.</summary>
    internal CommitteeAssignment FirstOfNext => NextStart?.Seats ?? NextCommittees;

    /// <summary>Who is to reveal in a slot of this epoch; null where the network has no such slot.</summary>
    /// <param name="slot">The slot, from 0.</param>
    public Validator? Revealer(int slot) => slot >= 0 && slot < Round.Revealers.Length ? Validators.Members[Round.Revealers[slot]] : null;

    /// <summary>Proves a shard's last anchored header under the last block's header; null for a shard without one.</summary>
    /// <param name="shard">A live shard.</param>
    public AnchorProof? ProveAnchor(ShardId shard)
    {
        AnchorEntry[] entries = AnchorEntries();
        int index = Array.FindIndex(entries, entry => entry.Shard == shard);
        return index < 0 ? null : new AnchorProof(entries[index], index, MerkleTree<TreeHash>.Prove([.. entries.Select(entry => entry.Leaf())], index));
    }

    /// <summary>Root of the whole state: what the sealing headers of the beacon's own run state, and what a state that came from elsewhere is held against.</summary>
    public Digest Root()
    {
        var output = new ArrayBufferWriter<byte>();
        BeaconStateCodec.Write(this, output, isHashed: true);
        return new Digest(Domains.BeaconState.Hash(output.WrittenSpan));
    }

    /// <summary>Writes the wire form, docs/formats/sharding-beacon.md.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output) => BeaconStateCodec.Write(this, output, isHashed: false);

    /// <summary>Reads the wire form. Never throws for any bytes.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="options">The rules of the network that the state is of.</param>
    /// <param name="state">A state from which blocks can go on, when the result is <see cref="ReadResult.Ok"/>: as the header in it says, so far as a header does; <see cref="Root"/> says whether it is the right one.</param>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, BeaconOptions options, [System.Diagnostics.CodeAnalysis.MaybeNull] out BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return BeaconWire.ReadWhole(source, (ref WireReader reader, out BeaconState value) => BeaconStateCodec.Read(ref reader, options, out value), out state);
    }

    /// <summary>Whose certificates the beacon still takes in of a shard and an epoch.</summary>
    internal OrderingRuns? RunsOf(ShardId shard, ulong epoch)
    {
        if (Shards.TryGetValue(shard, out ShardStanding? standing) && (standing.FrozenEpoch is not null || epoch < standing.AuthorityFrom)) return null;
        if (standing?.IsFirst(epoch) == true) return standing.First;
        OrderingRuns? runs = epoch == Epoch ? Runs : epoch + 1 == Epoch ? PreviousRuns : null;
        return runs is not null && runs.Has(shard) ? runs : null;
    }

    internal ShardStanding Standing(ShardId shard) =>
        Shards.TryGetValue(shard, out ShardStanding? standing) ? standing : throw new ArgumentException($"Expected a shard of the layout, got {shard}.", nameof(shard));

    internal AnchorEntry[] AnchorEntries() => [.. Shards.Values.Where(standing => standing.Anchored is not null).Select(standing => standing.Anchored!.Value)];
}
