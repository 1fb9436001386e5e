using System.Numerics;

namespace Prozchain.Rollups.Disputes;

/// <summary>
/// How long disputes last at worst, worked out in integers. Rounds are those of the strategy that the Dave paper found to
/// delay longest (section 5.2): in each group of unlike claims the least demoted one is kept.
/// </summary>
public static class TournamentBounds
{
    /// <summary>Rounds until one claim is left, if no honest party is censored.</summary>
    /// <param name="parameters">Group size and demotions.</param>
    /// <param name="claims">Number of claims in all, at least 1, below 2^60.</param>
    public static int Rounds(TournamentParameters parameters, ulong claims) => Rounds(parameters.GroupSize, parameters.MaxDemotions, claims);

    /// <summary>Rounds if honest parties are censored as long as the challenge period in all: the figure of the paper's table 2.</summary>
    /// <param name="parameters">Group size and demotions.</param>
    /// <param name="claims">Number of claims in all, at least 1, below 2^60.</param>
    /// <remarks>At the end, one claim that was never demoted and one that is about to fall are left; the first is censored until one more demotion would end it.</remarks>
    public static int RoundsWithCensorship(TournamentParameters parameters, ulong claims) =>
        claims <= 1 ? 0 : Rounds(parameters, claims) + parameters.MaxDemotions - 1;

    /// <summary>Seconds for all rounds, without censorship (table 2, third column from the right).</summary>
    public static ulong Delay(TournamentParameters parameters, ulong claims) => (ulong)Rounds(parameters, claims) * parameters.RoundLength;

    /// <summary>Seconds for all rounds, with censorship as long as the challenge period (table 2, last column).</summary>
    public static ulong DelayWithCensorship(TournamentParameters parameters, ulong claims) => (ulong)RoundsWithCensorship(parameters, claims) * parameters.RoundLength;

    /// <summary>Seconds from the first claim to the end, at worst: claims join for a whole challenge period, a round that runs then ends, and all rounds follow.</summary>
    public static ulong WorstCase(TournamentParameters parameters, ulong claims) =>
        parameters.ChallengePeriod + (claims <= 1 ? 0 : parameters.RoundLength) + DelayWithCensorship(parameters, claims);

    /// <summary>Longest dispute with timers that all edges inherit and all claims against all (BoLD): two periods.</summary>
    public static ulong ParallelTimers(ulong period) => checked(2 * period);

    /// <summary>Gas that a bond of the OP stack's game covers at a depth: 400,000 × 1.09493^depth, rounded down, without floating point.</summary>
    /// <param name="depth">Depth of the claim, 0 to 73.</param>
    public static ulong OpBondGas(int depth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(depth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, 73);
        return (ulong)(400_000 * BigInteger.Pow(109_493, depth) / BigInteger.Pow(100_000, depth));
    }

    internal static int Rounds(int groupSize, int maxDemotions, ulong claims)
    {
        ArgumentOutOfRangeException.ThrowIfZero(claims);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(claims, 1UL << 60);
        // counts[k]: claims that were demoted k times and are still in.
        var counts = new ulong[maxDemotions + 1];
        var next = new ulong[maxDemotions + 1];
        counts[0] = claims;
        int rounds = 0;
        for (ulong left = claims; left > 1; rounds++)
        {
            Play(counts, next, (ulong)groupSize);
            (counts, next) = (next, counts);
            counts[maxDemotions] = 0;
            left = 0;
            foreach (ulong count in counts) left += count;
        }
        return rounds;
    }

    // Groups are filled in order of demotions; of each, the first wins and all others are demoted.
    private static void Play(ReadOnlySpan<ulong> counts, Span<ulong> next, ulong groupSize)
    {
        next.Clear();
        ulong open = 0;
        for (int demotions = 0; demotions < counts.Length - 1; demotions++)
        {
            ulong count = counts[demotions], joins = open == 0 ? 0 : Math.Min(groupSize - open, count);
            next[demotions + 1] += joins;
            open = (open + joins) % groupSize;
            count -= joins;
            if (count == 0) continue;
            ulong groups = (count + groupSize - 1) / groupSize;
            next[demotions] += groups;
            next[demotions + 1] += count - groups;
            open = count % groupSize;
        }
    }
}
