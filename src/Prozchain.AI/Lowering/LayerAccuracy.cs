namespace Prozchain.AI.Lowering;

/// <summary>How far one value inside an integer graph is from the model it was lowered from, over all calibration inputs.</summary>
/// <param name="Node">The node of the model that makes it.</param>
/// <param name="Output">The value's name.</param>
/// <param name="Error">Root of the mean square of the differences, as a part of that of the model's value; 0 is exact.</param>
/// <param name="Added"><paramref name="Error"/> less the greatest of the node's inputs: what this layer adds; below 0 where it smooths.</param>
public sealed record LayerAccuracy(string Node, string Output, double Error, double Added);
