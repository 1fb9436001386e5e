using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Beacon;

/// <summary>Ends an epoch n - 1 and begins n, in the order that <see cref="BeaconFold"/> states.</summary>
internal static class EpochStep
{
    public static void End(BeaconStep step)
    {
        RevealStep.Punish(step);
        BeaconState state = step.State;
        BeaconOptions options = step.Options;
        ulong epoch = state.Epoch + 1;

        // 1. The seed of n + 1: the reveals of n - 1, over a set that was fixed before n - 1 began.
        Digest mix = state.Round.Seal();
        Digest next = options.Reveals is null ? SeedOf(options, epoch + 1) : RevealRound.SeedOf(mix, epoch + 1);

        // 2. Layout, frozen shards and new classes of n.
        TopologyStep.Cut(step, epoch);
        Thaw(step, next, epoch);
        if (step.State.Layout.Hash() != state.Layout.Hash()) step.Outputs.Add(new LayoutRecord(epoch, step.State.Layout.Version, step.State.Layout.Hash()));
        state = step.State;

        // 3. The committees of n + 1, drawn from the fixed set.
        CommitteeSet drawn = CommitteeDraw.Draw(options, next, epoch + 1, state.LastSet, state.Layout);

        // 4. Penalties, withdrawals and queues; the set of n + 2, fixed before the first reveal of n.
        (ValidatorRegistry registry, ValidatorSet set) = RegistryEpoch.Begin(state.Registry, epoch, state.LastSet, CommitteeDraw.Filler(options, TopologyStep.ShardsToFill(state)), step.Outputs);
        var runs = new OrderingRuns(options, state.Next.Ordering, state.NextStart, state.NextSeed, state.Height, shard => !state.Shards.TryGetValue(shard, out ShardStanding? standing) || standing.FrozenEpoch is not null);
        step.State = state with
        {
            Epoch = epoch,
            Registry = registry,
            Validators = state.NextValidators,
            NextValidators = state.LastSet,
            LastSet = set,
            Runs = runs,
            PreviousRuns = state.Runs,
            NextStart = options.RotationBlocks == 0 ? null : RotationStart.Of(runs, drawn.Ordering, state.LastSet),
            Current = state.Next,
            Next = drawn,
            Seed = state.NextSeed,
            NextSeed = next,
            Round = RevealRound.Begin(mix, state.NextSeed, state.NextValidators, options.Reveals?.Slots ?? 0),
        };
    }

    public static Digest SeedOf(BeaconOptions options, ulong epoch)
    {
        Span<byte> seed = stackalloc byte[Digest.Size];
        options.Randomness.WriteSeed(epoch, seed);
        return new Digest(seed);
    }

    // A shard frozen in epoch f gets a full fresh draw for f + 2, from the seed that the reveals of f + 1 made: all of them
    // came after the freeze, so that nobody could see the draw and then choose to stall. A new class's shard gets its first
    // committees in the same way, of reveals that all came after the proposal.
    private static void Thaw(BeaconStep step, in Digest seed, ulong epoch)
    {
        BeaconState state = step.State;
        ShardId[] thawed = [.. state.Shards.Where(entry => entry.Value.FrozenEpoch + 2 <= epoch).Select(entry => entry.Key)];
        CommitteeSet redrawn = CommitteeDraw.Redraw(step.Options, state.Next, thawed, seed, epoch, state.NextValidators, state.Layout);
        step.State = state with
        {
            Shards = state.Shards.SetItems(thawed.Select(shard => KeyValuePair.Create(shard, state.Shards[shard] with { FrozenEpoch = null, AuthorityFrom = epoch, AnchoredAt = state.Height }))),
            Next = redrawn,
            NextStart = thawed.Aggregate(state.NextStart, (start, shard) => start?.With(redrawn.Ordering.Of(shard))),
        };
    }
}
