namespace Prozchain.Sharding.Beacon;

/// <summary>
/// What offences cost. A conviction costs stake / <see cref="RegistryRules.ConvictionQuotient"/> at once, and at the middle
/// of the window stake × min(multiplier × C, T) / T, where C is the stake convicted within the window and T the active
/// stake: a lone fault is cheap, a joint attack costs everything. (The shape of Ethereum's phase 0 specification,
/// <c>process_slashings</c>.) Integers, rounded down; never more than the stake that is left.
/// </summary>
internal static class Slashing
{
    /// <summary>Convicts a validator once and for all.</summary>
    public static (ValidatorRegistry Registry, ulong Penalty) Convict(ValidatorRegistry registry, ValidatorRecord record, ulong epoch)
    {
        RegistryRules rules = registry.Rules;
        ulong effective = rules.Effective(record.Stake);
        ulong penalty = Math.Min(record.Stake, Math.Max(1, effective / (ulong)rules.ConvictionQuotient));
        ulong before = registry.ConvictedStake.GetValueOrDefault(epoch);
        registry = registry with { ConvictedStake = registry.ConvictedStake.SetItem(epoch, before + effective), Convicted = registry.Convicted + 1 };
        // In the queue it has no duty to end; it must not start one either.
        registry = RegistryEpoch.End(registry, record with { ConvictedEpoch = epoch, ExitRequested = Math.Min(record.ExitRequested, epoch) }, epoch + RegistryEpoch.Lookahead + 1);
        record = registry.Records[record.PublicKey];
        // Locked until the correlated penalty is due, however late in its unbonding it was convicted.
        registry = registry.With(record with { WithdrawableEpoch = Math.Max(record.WithdrawableEpoch, epoch + (ulong)rules.CorrelationEpochs) });
        return (Take(registry, record.PublicKey, penalty), penalty);
    }

    /// <summary>At the start of an epoch: the correlated penalties that are due, and the end of the window moves on.</summary>
    public static ValidatorRegistry TakeCorrelated(ValidatorRegistry registry, ulong epoch, ulong total)
    {
        ulong window = (ulong)registry.Rules.CorrelationEpochs;
        if (registry.ConvictedStake.IsEmpty) return registry;
        registry = registry with { ConvictedStake = registry.ConvictedStake.RemoveRange(registry.ConvictedStake.Keys.Where(key => key + window <= epoch).ToArray()) };
        UInt128 convicted = 0;
        foreach (ulong stake in registry.ConvictedStake.Values) convicted += stake;
        foreach (ValidatorRecord record in registry.Records.Values.Where(record => record.IsConvicted && record.ConvictedEpoch + window / 2 == epoch).ToArray())
            registry = Take(registry, record.PublicKey, Correlated(registry.Rules, record.Stake, convicted, total));
        return registry;
    }

    public static ulong Correlated(RegistryRules rules, ulong stake, UInt128 convicted, ulong total)
    {
        UInt128 share = UInt128.Min(convicted * (uint)rules.CorrelationMultiplier, total);
        return total == 0 ? 0 : (ulong)(rules.Effective(stake) * share / total);
    }

    /// <summary>One withheld reveal of <paramref name="withheld"/> in an epoch of so many slots.</summary>
    public static ulong Withheld(RegistryRules rules, ulong stake, int withheld, int slots) =>
        (ulong)((UInt128)rules.Effective(stake) * (uint)withheld / ((uint)slots * (UInt128)(uint)rules.WithheldQuotient));

    /// <summary>Takes stake for good; never more than there is.</summary>
    public static ValidatorRegistry Take(ValidatorRegistry registry, ReadOnlyMemory<byte> key, ulong amount)
    {
        ValidatorRecord record = registry.Records[key];
        amount = Math.Min(amount, record.Stake);
        StakeLedger ledger = registry.Ledger;
        ledger = record.ExitEpoch == ValidatorRecord.Never ? ledger with { Active = ledger.Active - amount } : ledger with { Exiting = ledger.Exiting - amount };
        return registry.With(record with { Stake = record.Stake - amount }) with { Ledger = ledger with { Slashed = ledger.Slashed + amount } };
    }
}
