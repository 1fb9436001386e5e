namespace Prozchain.Rollups.Derivation;

/// <summary>How a verifier works.</summary>
public sealed record VerifierOptions
{
    /// <summary>
    /// Whether to challenge an assertion whose batch cannot be had when half of the challenge window is over. True, the
    /// default, keeps a withheld lie from becoming final, at the price of a bond whenever the asserter then shows the data
    /// and is right.
    /// </summary>
    public bool ChallengeUnavailable { get; init; } = true;
}
