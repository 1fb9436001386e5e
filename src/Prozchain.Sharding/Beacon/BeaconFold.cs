using System.Collections.Immutable;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.Beacon;

/// <summary>The beacon as a pure function, (state, block) → state: no clock, no randomness, no signature made.</summary>
/// <remarks>
/// <para>
/// The order of events that leaves nothing to grind, for the committees of epoch n: the validator set of n is fixed by the
/// block that ends epoch n - 3; the reveals of epoch n - 2, all made after that, are folded into the seed by the block that
/// ends n - 2; the committees are drawn then, and stand fixed for all of n - 1. Who joins, leaves, adds stake or is convicted
/// once the reveals have begun does not move the draw; a convicted validator's seats stay its own and count nothing.
/// </para>
/// <para>Which block of a height counts is decided by the pool, which orders them (<see cref="BeaconRun"/>).</para>
/// </remarks>
public static class BeaconFold
{
    /// <summary>The state before the first block.</summary>
    /// <param name="options">Rules and genesis.</param>
    /// <exception cref="ArgumentException">The options are not valid, a shard has no genesis entry, or the validators cannot fill the seats.</exception>
    public static BeaconState Genesis(BeaconOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var shards = ImmutableSortedDictionary.CreateBuilder<Layout.ShardId, ShardStanding>();
        foreach (AnchorEntry entry in options.Genesis)
        {
            if (!options.Layout.IsLive(entry.Shard) || shards.ContainsKey(entry.Shard)) throw new ArgumentException($"Expected one genesis entry of every shard, got one of {entry.Shard} more.", nameof(options));
            if (entry != AnchorEntry.Genesis(entry.Shard, entry.Tip, entry.StateRoot)) throw new ArgumentException($"Expected genesis entries of epoch 0 without receipts, got {entry}.", nameof(options));
            shards[entry.Shard] = new ShardStanding(entry.Tip, 0, 0, null) { Anchored = entry };
        }
        foreach (Layout.ShardInfo shard in options.Layout.Shards)
            if (!shards.ContainsKey(shard.Id)) throw new ArgumentException($"Expected a genesis entry of every shard, got none of {shard.Id}.", nameof(options));
        if (options.Reveals is not null && options.Validators.Any(validator => validator.RandomnessKey.IsEmpty)) throw new ArgumentException("Expected a randomness key of every validator where reveals make the seeds, got one without.", nameof(options));
        ValidatorRegistry registry = ValidatorRegistry.Genesis(options.Registry, options.Validators);
        var set = new ValidatorSet(RegistryEpoch.OnDuty(registry, 0));
        Digest seed = EpochStep.SeedOf(options, 0), next = EpochStep.SeedOf(options, 1);
        CommitteeSet first = CommitteeDraw.Draw(options, seed, 0, set, options.Layout), second = CommitteeDraw.Draw(options, next, 1, set, options.Layout);
        var runs = new OrderingRuns(options, first.Ordering, null, seed, 0);
        return new BeaconState
        {
            Layout = options.Layout, Registry = registry, Validators = set, NextValidators = set, LastSet = set, Shards = shards.ToImmutable(), Seed = seed, NextSeed = next,
            Current = first,
            Next = second,
            Runs = runs,
            NextStart = options.RotationBlocks == 0 ? null : RotationStart.Of(runs, second.Ordering, set),
            Round = RevealRound.Begin(next, seed, set, options.Reveals?.Slots ?? 0),
        };
    }

    /// <summary>Builds the next block from what is handed in. Where the body does not hold, the block will not verify.</summary>
    /// <param name="options">Rules.</param>
    /// <param name="state">The state that the block continues.</param>
    /// <param name="nowMs">The time, Unix milliseconds, not before the last block's.</param>
    /// <param name="body">What the block takes in; anchors in any order, one of a shard.</param>
    public static BeaconBlock Propose(BeaconOptions options, BeaconState state, long nowMs, BeaconBody body)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfLessThan(nowMs, state.TimeMs);
        body = body with { Anchors = [.. body.Anchors.OrderBy(anchor => anchor.Header.Shard)] };
        bool holds = Run(options, state, nowMs, body, checkSignatures: false, out BeaconState after).IsValid;
        return new BeaconBlock(Seal(options, state, holds ? after : state, nowMs, body), body);
    }

    /// <summary>Checks a block and folds it in.</summary>
    /// <param name="options">Rules.</param>
    /// <param name="before">The state that the block continues.</param>
    /// <param name="block">A block from anywhere.</param>
    /// <param name="after">The next state; <paramref name="before"/> unless the verdict is valid.</param>
    public static BeaconVerdict Apply(BeaconOptions options, BeaconState before, BeaconBlock block, out BeaconState after) =>
        Apply(options, before, block, checkSignatures: true, out after);

    internal static BeaconVerdict Apply(BeaconOptions options, BeaconState before, BeaconBlock block, bool checkSignatures, out BeaconState after)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(block);
        after = before;
        BeaconHeader header = block.Header;
        if (header.ChainId != options.ChainId) return new BeaconVerdict(BeaconResult.WrongChain);
        if (header.Height != before.Height + 1) return new BeaconVerdict(BeaconResult.WrongHeight);
        if (header.Parent != before.Tip) return new BeaconVerdict(BeaconResult.WrongParent);
        if (header.Epoch != before.Epoch) return new BeaconVerdict(BeaconResult.WrongEpoch);
        if (header.TimeMs < before.TimeMs) return new BeaconVerdict(BeaconResult.TimeBeforeParent);
        if (block.Body.IsTooLarge) return new BeaconVerdict(BeaconResult.TooLarge);
        if (header.BodyRoot != block.Body.ComputeRoot()) return new BeaconVerdict(BeaconResult.WrongBody);
        BeaconVerdict verdict = Run(options, before, header.TimeMs, block.Body, checkSignatures, out BeaconState folded);
        if (!verdict.IsValid) return verdict;
        if (Seal(options, before, folded, header.TimeMs, block.Body, header.BodyRoot).Hash != header.Hash) return new BeaconVerdict(BeaconResult.WrongOutcome);
        after = folded with { Header = header };
        return verdict;
    }

    /// <summary>Folds in a body whose place, parent and time the ordering protocol has fixed.</summary>
    /// <param name="after">What the block leads to, when the verdict is valid: the next block's header certifies its header.</param>
    internal static BeaconVerdict Fold(BeaconOptions options, BeaconState before, long timeMs, BeaconBody body, out BeaconState after)
    {
        after = before;
        if (timeMs < before.TimeMs) return new BeaconVerdict(BeaconResult.TimeBeforeParent);
        if (body.IsTooLarge) return new BeaconVerdict(BeaconResult.TooLarge);
        BeaconVerdict verdict = Run(options, before, timeMs, body, checkSignatures: true, out BeaconState folded);
        if (!verdict.IsValid) return verdict;
        after = folded with { Header = Seal(options, before, folded, timeMs, body) };
        return verdict;
    }

    /// <summary>Whether a body could stand in the next block; no epoch ends and nothing is frozen for it.</summary>
    internal static BeaconVerdict Probe(BeaconOptions options, BeaconState before, long timeMs, BeaconBody body) =>
        body.IsTooLarge ? new BeaconVerdict(BeaconResult.TooLarge) : TakeIn(StepOf(options, before, timeMs, checkSignatures: true), body);

    private static BeaconStep StepOf(BeaconOptions options, BeaconState before, long timeMs, bool checkSignatures) =>
        new(options, before with { Height = before.Height + 1, TimeMs = timeMs, Outputs = new BeaconOutputs() }, checkSignatures);

    private static BeaconVerdict TakeIn(BeaconStep step, BeaconBody body)
    {
        BeaconVerdict verdict = AnchorStep.Apply(step, body.Anchors);
        if (verdict.IsValid) verdict = RegistryStep.Apply(step, body.Deposits, body.Exits);
        if (verdict.IsValid) verdict = EvidenceStep.Apply(step, body.Evidence);
        if (verdict.IsValid) verdict = RevealStep.Apply(step, body.Reveals);
        return verdict.IsValid ? TopologyStep.Apply(step, body.Proposals, body.Ready) : verdict;
    }

    private static BeaconVerdict Run(BeaconOptions options, BeaconState before, long timeMs, BeaconBody body, bool checkSignatures, out BeaconState after)
    {
        BeaconStep step = StepOf(options, before, timeMs, checkSignatures);
        after = before;
        BeaconVerdict verdict = TakeIn(step, body);
        if (!verdict.IsValid) return verdict;
        TopologyStep.Make(step);
        AnchorStep.Freeze(step);
        if (step.State.Height % (ulong)options.BlocksPerEpoch == 0) EpochStep.End(step);
        after = step.State;
        return verdict;
    }

    // The sets are those of the block's own epoch: a hand-over is certified by the validators that hand over.
    private static BeaconHeader Seal(BeaconOptions options, BeaconState before, BeaconState after, long timeMs, BeaconBody body, Digest? bodyRoot = null)
    {
        AnchorEntry[] entries = after.AnchorEntries();
        return new BeaconHeader
        {
            ChainId = options.ChainId, Height = before.Height + 1, Parent = before.Tip, Epoch = before.Epoch, TimeMs = timeMs, BodyRoot = bodyRoot ?? body.ComputeRoot(),
            Validators = before.Validators.Digest, NextValidators = before.NextValidators.Digest,
            Anchors = entries.Length, AnchorRoot = AnchorEntry.RootOf(entries),
            Outputs = after.Outputs.Count, OutputRoot = after.Outputs.Root,
        };
    }
}

/// <summary>What the parts of one fold work on.</summary>
internal sealed class BeaconStep(BeaconOptions options, BeaconState state, bool checkSignatures)
{
    public BeaconOptions Options { get; } = options;

    /// <summary>The state so far; its height and time are the block's.</summary>
    public BeaconState State { get; set; } = state;

    public BeaconOutputs Outputs => State.Outputs;

    /// <summary>Null where signatures were checked before.</summary>
    public Ports.ISignatureVerifier? Verifier => ChecksSignatures ? Options.Verifier : null;

    public bool ChecksSignatures { get; } = checkSignatures;

    /// <summary>The block's place in its epoch, from 0.</summary>
    public int Slot => (int)((State.Height - 1) % (ulong)Options.BlocksPerEpoch);
}
