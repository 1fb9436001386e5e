namespace Prozchain.Rollups.Disputes;

/// <summary>Durations in seconds and bonds in wei of a <see cref="ValidityLane"/>.</summary>
public sealed record ValidityGameParameters
{
    /// <summary>Time to challenge a proposal. At least 1.</summary>
    public ulong ChallengeDuration { get; init; } = 7 * 86_400;

    /// <summary>Time to prove one that was challenged. At least 1.</summary>
    public ulong ProveDuration { get; init; } = 86_400;

    /// <summary>From a game's end to its closing: a guardian's time to act. At least 1.</summary>
    public ulong FinalityDelay { get; init; } = 3 * 86_400 + 43_200;

    /// <summary>How long a pause lasts at most; after it, none may start for as long again. At least 1.</summary>
    public ulong LongestPause { get; init; } = 48 * 3_600;

    /// <summary>What a proposer puts at stake. At least 1.</summary>
    public UInt128 ProposerBond { get; init; } = 80_000_000_000_000_000;

    /// <summary>What a challenger puts at stake: at least twice <see cref="ProofCost"/>, because it is what a prover gets.</summary>
    public UInt128 ChallengerBond { get; init; } = 80_000_000_000_000_000;

    /// <summary>What making and posting a proof costs.</summary>
    public UInt128 ProofCost { get; init; } = 30_000_000_000_000_000;

    /// <summary>Refuses what honest parties could not live with.</summary>
    /// <exception cref="ArgumentException">Which one, expected and got.</exception>
    public ValidityGameParameters Check()
    {
        foreach ((ulong value, string name) in new[] { (ChallengeDuration, nameof(ChallengeDuration)), (ProveDuration, nameof(ProveDuration)), (FinalityDelay, nameof(FinalityDelay)), (LongestPause, nameof(LongestPause)) })
            if (value is 0 or > 365 * 86_400) throw new ArgumentException($"Expected 1 to {365 * 86_400} seconds, got {value}.", name);
        if (ProposerBond == 0 || ProposerBond > UInt128.MaxValue / 4) throw new ArgumentException($"Expected a bond of 1 to 2^126, got {ProposerBond}.", nameof(ProposerBond));
        if (ProofCost == 0 || ProofCost > UInt128.MaxValue / 8) throw new ArgumentException($"Expected a cost of 1 to 2^125, got {ProofCost}.", nameof(ProofCost));
        if (ChallengerBond < 2 * ProofCost || ChallengerBond > UInt128.MaxValue / 4) throw new ArgumentException($"Expected a bond of at least twice the cost of a proof, {2 * ProofCost}, got {ChallengerBond}.", nameof(ChallengerBond));
        return this;
    }
}
