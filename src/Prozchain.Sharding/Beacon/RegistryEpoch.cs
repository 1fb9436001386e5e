namespace Prozchain.Sharding.Beacon;

/// <summary>
/// What the start of an epoch brings to the registry: correlated penalties, withdrawals, and the set of the epoch two
/// later, for which the queues move by the churn limit. That set is fixed here, before the first reveal that goes into
/// its seed: who joins, leaves or adds stake later cannot move a draw whose randomness begins to show.
/// </summary>
internal static class RegistryEpoch
{
    /// <summary>Epochs from the block that fixes a set to its first day of duty.</summary>
    public const ulong Lookahead = 2;

    public static (ValidatorRegistry Registry, ValidatorSet Set) Begin(
        ValidatorRegistry registry, ulong epoch, ValidatorSet before, Func<IReadOnlyList<Validator>, bool> fills, BeaconOutputs outputs)
    {
        registry = Slashing.TakeCorrelated(registry, epoch, before.TotalStake);
        registry = Withdraw(registry, epoch, outputs);
        registry = Evict(registry, epoch);
        ulong duty = epoch + Lookahead;
        int churn = registry.Rules.Churn(before.Members.Count);
        registry = Leave(registry, duty, churn, fills);
        ValidatorRegistry waiting = registry;
        int room = registry.Rules.MaxValidators - registry.Records.Values.Count(record => record.IsOnDuty(duty));
        foreach (ValidatorRecord record in registry.Records.Values
            .Where(record => record.ActivationEpoch == ValidatorRecord.Never && !record.IsConvicted && record.Stake >= registry.Rules.MinStake)
            .OrderBy(record => record.Joined).Take(Math.Min(churn, room)).ToArray())
            registry = registry.With(record with { ActivationEpoch = duty });
        Validator[] set = OnDuty(registry, duty);
        // Too few are left for the seats (mass convictions): the old set stays, and convicted votes count in no shard.
        if (!fills(set)) return (Keep(waiting, before, duty), before);
        return (registry, Same(set, before) ? before : new ValidatorSet(set));
    }

    public static Validator[] OnDuty(ValidatorRegistry registry, ulong epoch) =>
        [.. registry.Records.Values.Where(record => record.IsOnDuty(epoch) && record.Stake > 0)
            .Select(record => new Validator(record.PublicKey, registry.Rules.Effective(record.Stake)))];

    private static ValidatorRegistry Withdraw(ValidatorRegistry registry, ulong epoch, BeaconOutputs outputs)
    {
        foreach (ValidatorRecord record in registry.Records.Values.Where(record => record.WithdrawableEpoch <= epoch).ToArray())
        {
            registry = registry with
            {
                Records = registry.Records.Remove(record.PublicKey),
                Convicted = registry.Convicted - (record.IsConvicted ? 1 : 0),
                Ledger = registry.Ledger with { Exiting = registry.Ledger.Exiting - record.Stake },
            };
            if (record.Stake > 0) registry = registry.Pay(record.Withdrawal, record.Stake, outputs);
        }
        return registry;
    }

    private static ValidatorRegistry Evict(ValidatorRegistry registry, ulong epoch)
    {
        foreach (ValidatorRecord record in registry.Records.Values
            .Where(record => record.ActivationEpoch != ValidatorRecord.Never && record.ExitRequested == ValidatorRecord.Never && record.Stake < (registry.Rules.MinStake + 1) / 2).ToArray())
            registry = registry.With(record with { ExitRequested = epoch });
        return registry;
    }

    // First come, first served; who would leave seats unfilled waits.
    private static ValidatorRegistry Leave(ValidatorRegistry registry, ulong duty, int churn, Func<IReadOnlyList<Validator>, bool> fills)
    {
        ValidatorRecord[] leaving = [.. registry.Records.Values
            .Where(record => record.ExitRequested != ValidatorRecord.Never && record.ExitEpoch == ValidatorRecord.Never)
            .OrderBy(record => record.ExitRequested).Take(churn)];
        // As a rule they can all go; with fewer validators the seats are never easier to fill.
        ValidatorRegistry without = leaving.Aggregate(registry, (left, record) => End(left, record, duty));
        if (fills(OnDuty(without, duty))) return without;
        foreach (ValidatorRecord record in leaving)
        {
            without = End(registry, record, duty);
            if (fills(OnDuty(without, duty))) registry = without;
        }
        return registry;
    }

    // Who serves on though its duty was to end stays locked, and can be convicted, for as long.
    private static ValidatorRegistry Keep(ValidatorRegistry registry, ValidatorSet set, ulong duty)
    {
        foreach (Validator member in set.Members)
        {
            ValidatorRecord record = registry.Records[member.PublicKey];
            if (record.ExitEpoch <= duty)
                registry = registry.With(record with { ExitEpoch = duty + 1, WithdrawableEpoch = Math.Max(record.WithdrawableEpoch, duty + 1 + (ulong)registry.Rules.UnbondingEpochs) });
        }
        return registry;
    }

    /// <summary>Gives a validator's duty its end and moves its stake to those that leave.</summary>
    public static ValidatorRegistry End(ValidatorRegistry registry, ValidatorRecord record, ulong duty)
    {
        if (record.ExitEpoch != ValidatorRecord.Never) return registry.With(record);
        StakeLedger ledger = registry.Ledger;
        return registry.With(record with { ExitEpoch = duty, WithdrawableEpoch = Math.Max(duty + (ulong)registry.Rules.UnbondingEpochs, record.WithdrawableEpoch == ValidatorRecord.Never ? 0 : record.WithdrawableEpoch) })
            with { Ledger = ledger with { Active = ledger.Active - record.Stake, Exiting = ledger.Exiting + record.Stake } };
    }

    private static bool Same(Validator[] set, ValidatorSet before) => set.Length == before.Members.Count
        && set.Zip(before.Members).All(pair => pair.First.Stake == pair.Second.Stake && pair.First.PublicKey.Span.SequenceEqual(pair.Second.PublicKey.Span));
}
