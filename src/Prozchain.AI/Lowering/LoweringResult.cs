using Prozchain.AI.Engine;

namespace Prozchain.AI.Lowering;

/// <summary>What came of lowering a model.</summary>
/// <param name="Graph">The integer graph, or null.</param>
/// <param name="Error">The node with its operator and the reason, or null.</param>
/// <param name="Accuracy">For each output of floats, how near the graph comes to the model on the calibration inputs; empty without such inputs, and for a graph with a context whose inputs are not steps that follow each other.</param>
public sealed record LoweringResult(IntegerGraph? Graph, string? Error, IReadOnlyList<OutputAccuracy> Accuracy)
{
    /// <summary>Every value of floats inside the graph, the layer that loses most first; empty where <see cref="Accuracy"/> is.</summary>
    public IReadOnlyList<LayerAccuracy> Layers { get; init; } = [];
}
