namespace Prozchain.AI.Compute;

/// <summary>What became of a request.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Admission">The answer to its request for a slot.</param>
/// <param name="Waited">From the call to its first step, or to its end if it took none.</param>
/// <param name="Took">From the call to its end.</param>
public readonly record struct ComputeOutcome(ComputeStatus Status, Admission Admission, TimeSpan Waited, TimeSpan Took);
