namespace Prozchain.Rollups.Derivation;

/// <summary>What one step of a verifier did.</summary>
/// <param name="Agreed">Assertions, not final yet, that the posted data bears out.</param>
/// <param name="Challenged">Number of the assertion challenged in this step; -1 if none.</param>
/// <param name="Moves">Moves made in disputes.</param>
/// <param name="CannotChallenge">True if an assertion needs a challenge and the deposit does not reach, or it is too late.</param>
public readonly record struct VerifierReport(int Agreed, long Challenged, int Moves, bool CannotChallenge);
