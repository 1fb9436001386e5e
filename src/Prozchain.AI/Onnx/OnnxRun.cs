namespace Prozchain.AI.Onnx;

/// <summary>What came of running a model.</summary>
/// <param name="Outputs">The graph's outputs by name; null when a node could not be run.</param>
/// <param name="Error">The node and the reason, else null.</param>
public sealed record OnnxRun(IReadOnlyDictionary<string, OnnxTensor>? Outputs, string? Error);
