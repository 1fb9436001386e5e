namespace Prozchain.Rollups.Disputes;

/// <summary>Period and bond of a <see cref="ParallelDispute"/>.</summary>
/// <param name="Period">Seconds that a claim must have stood uncontested in all, and the longest censorship that honest parties bear. At least 1.</param>
/// <param name="Bond">What a claim puts at stake, in wei: at least twice the cost to answer. Honest parties pay for moves against each false claim, so it has to be large where those are many.</param>
/// <param name="AnswerCost">What it costs to answer one claim, in wei: all openings down to one transaction, and the step.</param>
public readonly record struct ParallelTimers(ulong Period, UInt128 Bond, UInt128 AnswerCost)
{
    /// <summary>Longest dispute: two periods (<see cref="TournamentBounds.ParallelTimers"/>).</summary>
    public ulong Longest => TournamentBounds.ParallelTimers(Period);

    internal ParallelTimers Check()
    {
        if (Period is 0 or > 365 * 86_400) throw new ArgumentException($"Expected a period of 1 to {365 * 86_400} seconds, got {Period}.", nameof(Period));
        if (AnswerCost == 0 || AnswerCost > UInt128.MaxValue / 4) throw new ArgumentException($"Expected a cost to answer of 1 to 2^126, got {AnswerCost}.", nameof(AnswerCost));
        if (Bond < 2 * AnswerCost) throw new ArgumentException($"Expected a bond of at least twice the cost to answer, {2 * AnswerCost}, got {Bond}.", nameof(Bond));
        return this;
    }
}
