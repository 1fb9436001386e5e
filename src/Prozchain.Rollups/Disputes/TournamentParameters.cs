namespace Prozchain.Rollups.Disputes;

/// <summary>Clocks, bond and matching of a <see cref="Tournament"/>. Durations are in seconds of L1 time. Defaults are those of the Dave paper, section 6.1.</summary>
/// <remarks>
/// An invalid set cannot be built: every property is checked when the value is made. In Solidity these are immutables.
/// </remarks>
public sealed record TournamentParameters
{
    /// <summary>Time during which claims join, and the longest time for which honest parties may be censored in all.</summary>
    public ulong ChallengePeriod { get; init; } = 7 * 86_400;

    /// <summary>Time for all moves of both sides of a match, without censorship.</summary>
    public ulong MatchTime { get; init; } = 2 * 3_600;

    /// <summary>What each clock holds beyond half of that: losing one match costs an adversary so much of its censorship.</summary>
    public ulong GracePeriod { get; init; } = 8 * 3_600;

    /// <summary>To what a clock is raised that stands lower when its turn comes. 0: never. The OP stack has 3 hours.</summary>
    public ulong Extension { get; init; } = 3 * 3_600;

    /// <summary>How often a clock is raised in one match. Each time may lengthen a round by twice the extension; the grace period is there already, so the default is never.</summary>
    public uint MaxExtensions { get; init; }

    /// <summary>Claims in a group; each plays against every other of its group. 2 to 16.</summary>
    public int GroupSize { get; init; } = 4;

    /// <summary>What a claim puts at stake, in wei: at least twice <see cref="AnswerCost"/>.</summary>
    public UInt128 Bond { get; init; } = 3 * Ether;

    /// <summary>What it costs to answer one claim, in wei: all moves of one match, and the calls that end it.</summary>
    public UInt128 AnswerCost { get; init; } = Ether / 20;

    /// <summary>What one move for the winner, or one call that keeps the tournament going, is repaid with, out of lost bonds.</summary>
    public UInt128 MoveRefund { get; init; } = Ether / 500;

    private static UInt128 Ether => 1_000_000_000_000_000_000;

    /// <summary>The paper's own.</summary>
    public static TournamentParameters Dave { get; } = new();

    /// <summary>Times a claim may fail to win its group before it is out: no honest one can be censored so often.</summary>
    public int MaxDemotions => (int)((ChallengePeriod + GracePeriod - 1) / GracePeriod);

    /// <summary>What a clock holds when a match begins.</summary>
    public ulong Clock => MatchTime / 2 + GracePeriod;

    /// <summary>Longest time that a round takes: both clocks of a match, and all their extensions.</summary>
    public ulong RoundLength => 2 * (Clock + MaxExtensions * Extension);

    /// <summary>Refuses what no honest party could live with.</summary>
    /// <exception cref="ArgumentException">Which one, expected and got.</exception>
    public TournamentParameters Check()
    {
        const ulong Longest = 365 * 86_400;
        Between(ChallengePeriod, 1, Longest, nameof(ChallengePeriod));
        Between(GracePeriod, 1, ChallengePeriod, nameof(GracePeriod));
        Between(MatchTime, 2, Longest, nameof(MatchTime));
        Between(Extension, 0, Longest, nameof(Extension));
        Between(MaxExtensions, 0, 16, nameof(MaxExtensions));
        Between((ulong)GroupSize, 2, 16, nameof(GroupSize));
        if (ChallengePeriod / GracePeriod >= 1_024) throw new ArgumentException($"Expected a grace period of more than 1/1024 of the challenge period, got {GracePeriod} of {ChallengePeriod}.", nameof(GracePeriod));
        if (AnswerCost == 0 || AnswerCost > UInt128.MaxValue / 4) throw new ArgumentException($"Expected a cost to answer of 1 to 2^126, got {AnswerCost}.", nameof(AnswerCost));
        if (Bond < 2 * AnswerCost) throw new ArgumentException($"Expected a bond of at least twice the cost to answer, {2 * AnswerCost}, got {Bond}.", nameof(Bond));
        if (MoveRefund > AnswerCost) throw new ArgumentException($"Expected a refund per move of at most {AnswerCost}, got {MoveRefund}.", nameof(MoveRefund));
        return this;
    }

    private static void Between(ulong value, ulong least, ulong most, string name)
    {
        if (value < least || value > most) throw new ArgumentException($"Expected {least} to {most}, got {value}.", name);
    }
}
