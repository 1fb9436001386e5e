using System.Buffers.Binary;
using System.Collections.Immutable;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;

namespace Prozchain.Sharding.Beacon;

/// <summary>All that the beacon knows after a block. Immutable: <see cref="BeaconFold"/> makes the next one.</summary>
public sealed partial record BeaconState
{
    internal BeaconState()
    {
    }

    /// <summary>Height of the last block; 0 before the first.</summary>
    public ulong Height { get; internal init; }

    /// <summary>Hash of the last block; zero before the first.</summary>
    public Digest Tip { get; internal init; }

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

    /// <summary>The committees that order in <see cref="Epoch"/>: those whose certificates the beacon takes in.</summary>
    public CommitteeAssignment Committees => Current.Ordering;

    /// <summary>The committees that attest in <see cref="Epoch"/>; in development networks those that order.</summary>
    public CommitteeAssignment Attestation => Current.Attestation;

    /// <summary>The committees that order in the next epoch, known for all of this one; only layout changes and redraws still touch them.</summary>
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

    internal CommitteeAssignment? PreviousCommittees { get; init; }

    internal Digest PreviousSeed { get; init; }

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
    /// The run that orders a shard in an epoch, as the beacon drew it: in <see cref="Epoch"/> or the one before, also of a shard
    /// that was cut since. Null for any other, and where a freeze ended the committee's authority.
    /// </summary>
    /// <param name="options">The beacon's rules.</param>
    /// <param name="shard">Any shard.</param>
    /// <param name="epoch">Any epoch.</param>
    public OrderingInstance? OrderingOf(BeaconOptions options, ShardId shard, ulong epoch)
    {
        ArgumentNullException.ThrowIfNull(options);
        return CommitteeOf(shard, epoch) is { } committee ? InstanceOf(options, committee) : null;
    }

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
        CommitteeAssignment committees = withinEpoch ? Committees : NextCommittees;
        return action.Sibling is { } sibling ? Committee.Cut(action.Shard, committees.Of(action.Shard), committees.Of(sibling)) : committees.Of(action.Shard);
    }

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

    /// <summary>A digest of the whole state, as far as any two states differ after the same blocks: header, seeds, fold of reveals, sets and stake.</summary>
    internal Digest Digest
    {
        get
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            var writer = new WireWriter(output);
            foreach (Digest part in (ReadOnlySpan<Digest>)[Tip, Seed, NextSeed, Round.Seal(), Validators.Digest, NextValidators.Digest, LastSet.Digest]) writer.WriteBytes32(part.Bytes);
            foreach (UInt128 stake in (ReadOnlySpan<UInt128>)[Ledger.Deposited, Ledger.Active, Ledger.Exiting, Ledger.Slashed, Ledger.Withdrawn])
            {
                writer.WriteUInt64((ulong)stake);
                writer.WriteUInt64((ulong)(stake >> 64));
            }
            foreach (ulong number in (ReadOnlySpan<ulong>)[Height, (ulong)TimeMs, Epoch, NextDeposit, (ulong)Registry.Convicted, Layout.Version + (Decided is null ? 0UL : 1UL << 63), (ulong)Changes.Count]) writer.WriteUInt64(number);
            foreach (ShardStanding standing in Shards.Values) writer.WriteUInt64(standing.FrozenEpoch ?? ulong.MaxValue);
            return new Digest(Domains.BeaconState.Hash(output.WrittenSpan));
        }
    }

    /// <summary>Whose certificates the beacon still takes in of a shard and an epoch.</summary>
    internal Committee? CommitteeOf(ShardId shard, ulong epoch)
    {
        if (Shards.TryGetValue(shard, out ShardStanding? standing) && (standing.FrozenEpoch is not null || epoch < standing.AuthorityFrom)) return null;
        if (standing?.IsFirst(epoch) == true) return standing.First!.Committee;
        CommitteeAssignment? drawn = epoch == Epoch ? Committees : epoch + 1 == Epoch ? PreviousCommittees : null;
        return drawn is not null && drawn.TryGet(shard, out Committee? committee) ? committee : null;
    }

    /// <summary>The run of a committee of this epoch or the one before.</summary>
    internal OrderingInstance InstanceOf(BeaconOptions options, Committee committee)
    {
        if (Shards.TryGetValue(committee.Shard, out ShardStanding? standing) && standing.IsFirst(committee.Epoch)) return standing.First!;
        Span<byte> input = stackalloc byte[Digest.Size + 2 * sizeof(ulong)];
        (committee.Epoch == Epoch ? Seed : PreviousSeed).Span.CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[Digest.Size..], committee.Shard.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(input[(Digest.Size + sizeof(ulong))..], committee.Epoch);
        return new OrderingInstance(options.ChainId, committee, Domains.OrderingSeed.Hash(input).Span, options.ViewsPerTerm);
    }

    internal ShardStanding Standing(ShardId shard) =>
        Shards.TryGetValue(shard, out ShardStanding? standing) ? standing : throw new ArgumentException($"Expected a shard of the layout, got {shard}.", nameof(shard));

    internal AnchorEntry[] AnchorEntries() => [.. Shards.Values.Where(standing => standing.Anchored is not null).Select(standing => standing.Anchored!.Value)];
}
