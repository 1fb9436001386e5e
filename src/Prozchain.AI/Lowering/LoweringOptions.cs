using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>What a lowering is given beside the model.</summary>
public sealed record LoweringOptions
{
    /// <summary>Sets of inputs by name from which the ranges of floats are taken; also what the report compares on. None for a model that is quantised throughout.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, OnnxTensor>> Calibration { get; init; } = [];

    /// <summary>Part of the absolute values of each tensor and calibration input that the range must hold, above 0 to 1; the rest saturates. 1 is the greatest.</summary>
    public double Percentile { get; init; } = 1;

    /// <summary>Inputs of the model that become constants, by name.</summary>
    public IReadOnlyDictionary<string, OnnxTensor> Constants { get; init; } = new Dictionary<string, OnnxTensor>();

    /// <summary>Shapes of inputs whose dimensions the model leaves open; an open dimension that is not given is 1.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Shapes { get; init; } = new Dictionary<string, IReadOnlyList<int>>();

    /// <summary>
    /// Whether the first dimension of all inputs and outputs is a batch, each member of which is a request: the graph is that of
    /// one. Taken so without asking where all inputs leave that dimension open and calibration inputs have more than one there.
    /// A model whose members one by one do not give what the batch gives is refused.
    /// </summary>
    public bool Batched { get; init; }

    /// <summary>
    /// Longest context of a request in tokens, for a decoder that takes past keys and values from the model's inputs and gives
    /// present ones to its outputs, by Attention or by its parts: both become the engine's state. Every set of calibration inputs
    /// is then one step, of the same number of tokens; where each goes on from the one before it, the first with an empty past,
    /// the graph is compared with the model too. 0 for none, at most 65,536.
    /// </summary>
    public int ContextCapacity { get; init; }
}
