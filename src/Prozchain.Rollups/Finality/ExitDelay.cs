using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Finality;

/// <summary>
/// T_exit: how long nothing must have become final before everybody may leave with the last final state. It exceeds the longest
/// time that an honest chain can be held up, so that an attacker cannot trigger it by disputes; a shorter one cannot be made.
/// </summary>
public sealed class ExitDelay
{
    /// <summary>Default of validity mode: 14 days.</summary>
    public const ulong ValidityDefault = 14 * 86_400;

    private ExitDelay(ulong seconds, ulong longestHoldUp) => (Seconds, LongestHoldUp) = (seconds, longestHoldUp);

    /// <summary>The delay in seconds.</summary>
    public ulong Seconds { get; }

    /// <summary>How long an honest chain can be held up at worst, without the margin.</summary>
    public ulong LongestHoldUp { get; }

    /// <summary>For a rollup with disputes.</summary>
    /// <param name="finality">Challenge period.</param>
    /// <param name="tournament">Clocks of its disputes.</param>
    /// <param name="claims">Claims in one dispute at most, the true one included: what attackers are thought to afford.</param>
    /// <param name="interval">Longest time between two claims of an honest chain.</param>
    /// <param name="margin">Time beyond that. At least a day.</param>
    /// <param name="seconds">The delay wanted; null for the shortest.</param>
    /// <exception cref="ArgumentException">Not more than challenge period, worst tournament, interval and margin together.</exception>
    public static ExitDelay ForDisputes(FinalityParameters finality, TournamentParameters tournament, ulong claims, ulong interval, ulong margin, ulong? seconds = null)
    {
        if (finality.Check().Mode == FinalityMode.Validity) throw new ArgumentException($"Expected a mode with disputes, got {finality.Mode}.", nameof(finality));
        ulong worst = TournamentBounds.WorstCase(tournament.Check(), claims) - tournament.ChallengePeriod;
        return Make(checked(Math.Max(finality.OptimisticPeriod, tournament.ChallengePeriod) + worst + interval), margin, seconds);
    }

    /// <summary>For a rollup whose claims are all proven.</summary>
    /// <param name="finality">Delay after the proof.</param>
    /// <param name="longestProof">Longest time from a claim of an honest chain to its proof, and between two claims.</param>
    /// <param name="margin">Time beyond that. At least a day.</param>
    /// <param name="seconds">The delay wanted; null for 14 days.</param>
    /// <exception cref="ArgumentException">Not more than proof, delay and margin together.</exception>
    public static ExitDelay ForValidity(FinalityParameters finality, ulong longestProof, ulong margin, ulong? seconds = null)
    {
        if (finality.Check().Mode != FinalityMode.Validity) throw new ArgumentException($"Expected validity mode, got {finality.Mode}.", nameof(finality));
        return Make(checked(longestProof + finality.ValidityDelay), margin, seconds ?? ValidityDefault);
    }

    private static ExitDelay Make(ulong longest, ulong margin, ulong? seconds)
    {
        if (margin < 86_400) throw new ArgumentException($"Expected a margin of at least 86400 seconds, got {margin}.", nameof(margin));
        ulong least = checked(longest + margin + 1), wanted = seconds ?? least;
        if (wanted < least) throw new ArgumentException($"Expected an exit delay of at least {least} seconds, got {wanted}.", nameof(seconds));
        return new ExitDelay(wanted, longest);
    }
}
