using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Standard operators that are lowered by the parts of their definition.</summary>
internal static class StandardParts
{
    /// <summary>The parts, or null where the node is to stay what it is.</summary>
    public static OnnxNode[]? Of(OnnxNode node, OnnxModel model, LoweringTrace trace, Dictionary<string, OnnxTensor> constants)
    {
        if (node.Domain.Length > 0 || node.Operator is not ("LogSoftmax" or "PRelu" or "InstanceNormalization" or "GroupNormalization") || trace.Constants.ContainsKey(node.Outputs[0])) return null;
        var call = new OnnxCall(node, [.. node.Inputs.Select(input => trace.Constants.GetValueOrDefault(input))], model.OperatorSet);
        var parts = new NodeParts(node, constants);
        int[] dims = trace.Dims(node.Inputs[0]);
        return node.Operator switch
        {
            "LogSoftmax" => model.OperatorSet < 13 ? null : parts.Finish(Logarithm(parts, call.Int("axis", -1))),
            "PRelu" => trace.Dims(node.Inputs[1]).Aggregate(1, (a, b) => a * b) == 1 || model.OperatorSet < 7 ? null : parts.Finish(Slope(parts)),
            "InstanceNormalization" => dims.Length < 3 ? null : parts.Finish(Groups(parts, dims, dims[1], dims[1], call.Float("epsilon", 1e-5f))),
            _ => dims.Length < 3 ? null : parts.Finish(Groups(parts, dims, call.Int("num_groups", 1), trace.Dims(node.Inputs[1])[0], call.Float("epsilon", 1e-5f))),
        };
    }

    // x - m - log Σ exp(x - m)
    private static string Logarithm(NodeParts parts, long axis)
    {
        string x = parts.Node.Inputs[0], along = parts.Shape(axis), less = parts.Add("Sub", [x, parts.Add("ReduceMax", [x, along])]);
        return parts.Add("Sub", [less, parts.Add("Log", [parts.Add("ReduceSum", [parts.Add("Exp", [less]), along])])]);
    }

    private static string Slope(NodeParts parts)
    {
        string x = parts.Node.Inputs[0], below = parts.Add("Relu", [parts.Add("Neg", [x])]);
        return parts.Add("Sub", [parts.Add("Relu", [x]), parts.Add("Mul", [below, parts.Node.Inputs[1]])]);
    }

    // A row for each group of channels, then a factor and a term for each channel, or for each group.
    private static string Groups(NodeParts parts, int[] dims, long groups, long own, float epsilon)
    {
        if (groups < 1 || dims[1] % groups != 0) throw new OnnxRefusal($"{parts.Node}: {groups} groups do not fit {dims[1]} channels");
        long rest = OnnxShapes.Product(dims.AsSpan(2)), length = dims[1] / groups * rest;
        string ones = parts.Constant(OnnxTensor.FromDoubles(OnnxType.Float, [(int)length], [.. Enumerable.Repeat(1.0, (int)length)]));
        string rows = parts.Add("LayerNormalization", [parts.Add("Reshape", [parts.Node.Inputs[0], parts.Shape(dims[0], groups, length)]), ones], epsilon, ("axis", [-1]));
        string split = parts.Add("Reshape", [rows, parts.Shape(dims[0], own, dims[1] / own * rest)]), shape = parts.Shape(own, 1);
        string sum = parts.Add("Add", [parts.Add("Mul", [split, parts.Add("Reshape", [parts.Node.Inputs[1], shape])]), parts.Add("Reshape", [parts.Node.Inputs[2], shape])]);
        return parts.Add("Reshape", [sum, parts.Shape([.. dims.Select(dim => (long)dim)])]);
    }
}
