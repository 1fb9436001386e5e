namespace Prozchain.Sharding.Beacon;

/// <summary>How stake enters, counts, leaves and is lost. All times in epochs, all fractions of integers rounded down.</summary>
public sealed record RegistryRules
{
    /// <summary>The least stake to join with; a validator that falls below half of it has to leave.</summary>
    public ulong MinStake { get; init; } = 1;

    /// <summary>The cap: stake above it is locked, but carries no vote and no seat, and does not count in a penalty.</summary>
    public ulong MaxEffectiveStake { get; init; } = long.MaxValue;

    /// <summary>The most validators of one epoch, at most 65,536; who would be one more waits.</summary>
    public int MaxValidators { get; init; } = BeaconLimits.MaxValidators;

    /// <summary>How many validators may start in one epoch, and how many may leave, at least.</summary>
    public int MinChurn { get; init; } = 4;

    /// <summary>The same, for larger networks: the validators of the epoch / this.</summary>
    public int ChurnQuotient { get; init; } = 32;

    /// <summary>
    /// Epochs between the end of duty and the withdrawal. Stake stays slashable for all of them, and evidence of an offence
    /// counts for as long after it.
    /// </summary>
    public int UnbondingEpochs { get; init; } = 256;

    /// <summary>A conviction costs at once: stake / this.</summary>
    public int ConvictionQuotient { get; init; } = 32;

    /// <summary>Convictions within so many epochs are taken as one attack; even, at most <see cref="UnbondingEpochs"/>.</summary>
    public int CorrelationEpochs { get; init; } = 64;

    /// <summary>And half that many epochs later: stake × min(this × convicted stake, total) / total. At 3, a third of the pool loses everything.</summary>
    public int CorrelationMultiplier { get; init; } = 3;

    /// <summary>
    /// Each of the m reveals that were withheld in an epoch of s slots costs stake × m / (s × this): one is cheap, all tail
    /// slots together are not.
    /// </summary>
    public int WithheldQuotient { get; init; } = 8;

    /// <summary>Of the penalty at conviction, 1 / this goes to the reporter named in the evidence; 0 for nothing. A proposer may put its own name there.</summary>
    public int ReporterQuotient { get; init; }

    internal ulong Effective(ulong stake) => Math.Min(stake, MaxEffectiveStake);

    internal int Churn(int active) => Math.Max(MinChurn, active / ChurnQuotient);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfZero(MinStake);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxEffectiveStake, MinStake);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxEffectiveStake, (ulong)long.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxValidators, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxValidators, BeaconLimits.MaxValidators);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinChurn, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ChurnQuotient, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(UnbondingEpochs, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConvictionQuotient, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CorrelationEpochs, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CorrelationEpochs, UnbondingEpochs);
        if (CorrelationEpochs % 2 != 0) throw new ArgumentException($"Expected an even number of epochs, got {CorrelationEpochs}.", nameof(CorrelationEpochs));
        ArgumentOutOfRangeException.ThrowIfLessThan(CorrelationMultiplier, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(WithheldQuotient, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(ReporterQuotient);
    }
}
