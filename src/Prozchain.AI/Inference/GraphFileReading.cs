using Prozchain.AI.Engine;

namespace Prozchain.AI.Inference;

/// <summary>What was read of a model file.</summary>
/// <param name="Status">Whether it is a graph.</param>
/// <param name="Graph">What was read of the graph's bytes, where they were read.</param>
/// <param name="Constant">The constant at fault, counted from 0, or -1.</param>
public readonly record struct GraphFileReading(GraphFileStatus Status, GraphReading Graph, int Constant);
