using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Settlement;

/// <summary>Periods, bonds and limits of one rollup, fixed by its genesis. Heights are those of the settlement log.</summary>
public sealed record SettlementParameters
{
    /// <summary>Heights during which an assertion can be challenged after it was made, and again after each dispute that it, or one below, wins. At least 1.</summary>
    public long ChallengeWindow { get; init; } = 50_400;

    /// <summary>
    /// Heights that each side of a dispute may spend on all its moves together. At least 1; but a dispute over N transfers
    /// takes log2(N) moves of each side, and a shorter clock than that many heights lets nobody defend a right assertion.
    /// </summary>
    public long DisputeClock { get; init; } = 25_200;

    /// <summary>Heights during which the disputed step can be proven. At least 1.</summary>
    public long StepWindow { get; init; } = 7_200;

    /// <summary>What an asserter puts at stake for each assertion until it is final. At least 2, so that both halves are something.</summary>
    public ulong AssertionBond { get; init; } = 1_000;

    /// <summary>What a challenger puts at stake for each dispute. At least 2.</summary>
    public ulong ChallengeBond { get; init; } = 1_000;

    /// <summary>Limits of a batch. A batch beyond them cannot be posted.</summary>
    public BatchLimits BatchLimits { get; init; } = BatchLimits.Default;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ChallengeWindow, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DisputeClock, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepWindow, 1);
        // Sums of a height and a few periods never overflow.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ChallengeWindow, int.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DisputeClock, int.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(StepWindow, int.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(AssertionBond, 2UL);
        ArgumentOutOfRangeException.ThrowIfLessThan(ChallengeBond, 2UL);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchLimits.MaxTransfers, 1, nameof(BatchLimits));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BatchLimits.MaxTransfers, BatchLimits.Ceiling, nameof(BatchLimits));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchLimits.MaxBytes, 1, nameof(BatchLimits));
    }
}
