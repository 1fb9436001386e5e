using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Holds the state that <see cref="BeaconFold"/> makes, block by block: who validates, where stake is, the committees, the
/// shards and their last headers. One caller at a time.
/// </summary>
/// <remarks>
/// <para>
/// Which block of a height counts is decided by the pool (<see cref="ReplicatedBeacon"/>). A host that makes all blocks itself
/// may do with this.
/// </para>
/// <para>
/// Stake is what the host vouches for: it locks the genesis stake and every deposit (<see cref="BeaconOptions.Deposits"/>),
/// pays every <see cref="WithdrawalReceipt"/> once, and keeps or burns what was slashed.
/// </para>
/// </remarks>
public sealed class BeaconChain
{
    private readonly BeaconOptions _options;

    // The last block that verified, and what it leads to: applying it is free then.
    private (BeaconBlock Block, BeaconState Before, BeaconState After)? _verified;

    /// <summary>Starts the beacon before its first block.</summary>
    /// <param name="options">Rules and genesis.</param>
    /// <exception cref="ArgumentException">A shard has no genesis entry, or the validators cannot fill the seats.</exception>
    public BeaconChain(BeaconOptions options)
    {
        State = BeaconFold.Genesis(options);
        _options = options;
    }

    internal BeaconChain(BeaconOptions options, BeaconState state)
    {
        options.Check();
        (_options, State) = (options, state);
    }

    /// <summary>All that the beacon knows.</summary>
    public BeaconState State { get; private set; }

    /// <summary>Height of the last block; 0 before the first.</summary>
    public ulong Height => State.Height;

    /// <summary>Hash of the last block; zero before the first.</summary>
    public Digest Tip => State.Tip;

    /// <summary>Time of the last block, Unix milliseconds.</summary>
    public long TimeMs => State.TimeMs;

    /// <summary>The epoch of the next block.</summary>
    public ulong Epoch => State.Epoch;

    /// <summary>The committees that order in <see cref="Epoch"/>.</summary>
    public CommitteeAssignment Committees => State.Committees;

    /// <summary>The committees that attest in <see cref="Epoch"/>; in development networks those that order.</summary>
    public CommitteeAssignment Attestation => State.Attestation;

    /// <summary>The validators of <see cref="Epoch"/>, sorted by public key.</summary>
    public IReadOnlyList<Validator> Validators => State.Validators.Members;

    /// <summary>The last anchored header of a shard; at first its genesis.</summary>
    /// <param name="shard">A live shard that has anchored a header.</param>
    /// <exception cref="ArgumentException">No such shard.</exception>
    public AnchorEntry Anchored(ShardId shard) =>
        State.Anchored(shard) ?? throw new ArgumentException($"Expected a shard that anchored a header, got the new shard {shard}.", nameof(shard));

    /// <summary>Builds the next block from what is handed in. Where that does not hold, the block will not verify.</summary>
    /// <param name="nowMs">The time, Unix milliseconds, not before the last block's.</param>
    /// <param name="body">What the block takes in; anchors in any order, one of a shard.</param>
    public BeaconBlock Propose(long nowMs, BeaconBody body) => BeaconFold.Propose(_options, State, nowMs, body);

    /// <summary>Checks a block against the current state; changes nothing.</summary>
    /// <param name="block">A block from anywhere.</param>
    public BeaconVerdict Verify(BeaconBlock block)
    {
        BeaconVerdict verdict = BeaconFold.Apply(_options, State, block, out BeaconState after);
        if (verdict.IsValid) _verified = (block, State, after);
        return verdict;
    }

    /// <summary>Checks whether a validator may vote for a block: it verifies, and its time is near the validator's own clock.</summary>
    /// <param name="block">A block from anywhere.</param>
    /// <param name="nowMs">The validator's clock, Unix milliseconds.</param>
    public BeaconVerdict VerifyForVote(BeaconBlock block, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (Int128.Abs((Int128)block.Header.TimeMs - nowMs) > _options.MaxClockDriftMs) return new BeaconVerdict(BeaconResult.TimeTooFarOff);
        return Verify(block);
    }

    /// <summary>Event: a block is final. Takes it, if it is valid.</summary>
    /// <param name="block">The block.</param>
    /// <returns>What is wrong with the block; if anything, nothing changed.</returns>
    public BeaconVerdict Apply(BeaconBlock block) => Apply(block, checkSignatures: true);

    internal BeaconVerdict Apply(BeaconBlock block, bool checkSignatures)
    {
        if (_verified is { } known && ReferenceEquals(known.Block, block) && ReferenceEquals(known.Before, State))
        {
            State = known.After;
            return new BeaconVerdict(BeaconResult.Valid);
        }
        BeaconVerdict verdict = BeaconFold.Apply(_options, State, block, checkSignatures, out BeaconState after);
        State = after;
        return verdict;
    }
}
