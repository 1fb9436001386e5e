namespace Prozchain.Rollups.Transition;

/// <summary>What one transaction did, and what it cost.</summary>
/// <param name="Status">What it did to the state.</param>
/// <param name="Resources">What it used.</param>
public readonly record struct TransitionOutcome(TransitionStatus Status, ResourceUse Resources);

/// <summary>Counts of the operations that dominate the cost of a transaction. The same on every host.</summary>
/// <param name="SignatureChecks">Signatures verified.</param>
/// <param name="Reads">State keys read.</param>
/// <param name="Writes">State keys written.</param>
public readonly record struct ResourceUse(int SignatureChecks, int Reads, int Writes)
{
    /// <summary>Sum of two uses.</summary>
    public static ResourceUse operator +(ResourceUse left, ResourceUse right) =>
        new(left.SignatureChecks + right.SignatureChecks, left.Reads + right.Reads, left.Writes + right.Writes);
}
