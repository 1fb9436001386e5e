namespace Prozchain.AI.Inference;

/// <summary>A step of an inference transaction that ended.</summary>
/// <param name="Stage">Which.</param>
/// <param name="Elapsed">Time since the call.</param>
public readonly record struct InferenceProgress(InferenceStage Stage, TimeSpan Elapsed);
