namespace Prozchain.Rollups.Transition;

/// <summary>What one transaction did, and what it cost.</summary>
/// <param name="Status">What it did to the state.</param>
/// <param name="Resources">What it used.</param>
public readonly record struct TransitionOutcome(TransitionStatus Status, ResourceUse Resources);
