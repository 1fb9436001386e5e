using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Standard operators that are lowered by the parts of their definition.</summary>
internal static class StandardParts
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["Einsum", "GroupNormalization", "InstanceNormalization", "LogSoftmax", "PRelu", "ReduceL2", "ReduceSumSquare", "SwiGLU"];

    /// <summary>The parts, or null where the node is to stay what it is.</summary>
    public static OnnxNode[]? Of(OnnxNode node, OnnxModel model, LoweringTrace trace, Dictionary<string, OnnxTensor> constants)
    {
        if (node.Domain.Length > 0 || !Names.Contains(node.Operator) || trace.Constants.ContainsKey(node.Outputs[0])) return null;
        var call = new OnnxCall(node, [.. node.Inputs.Select(input => trace.Constants.GetValueOrDefault(input))], model.OperatorSet);
        var parts = new NodeParts(node, constants);
        int[] dims = trace.Dims(node.Inputs[0]);
        return node.Operator switch
        {
            "Einsum" => EinsumParts.Of(node, call, trace, parts),
            "LogSoftmax" => parts.Finish(Logarithm(parts, call, dims)),
            "PRelu" => parts.Finish(Slope(parts, call.OperatorSet < 7 && trace.Dims(node.Inputs[1]) is [> 1] ? dims.Length - 2 : 0)),
            "ReduceL2" => parts.Finish(parts.Add("Sqrt", [Squares(parts, call, dims)])),
            "ReduceSumSquare" => parts.Finish(Squares(parts, call, dims)),
            "SwiGLU" => parts.Finish(parts.Add("Mul", [parts.Add("Mul", [node.Inputs[0], parts.Add("Sigmoid", [parts.Add("Mul", [node.Inputs[0], parts.Scalar(call.Float("alpha", 1), trace.Type(node.Inputs[0]))])])]), node.Inputs[1]])),
            "InstanceNormalization" => dims.Length < 3 ? null : parts.Finish(Groups(parts, dims, dims[1], dims[1], call.Float("epsilon", 1e-5f))),
            _ => dims.Length < 3 ? null : parts.Finish(Groups(parts, dims, call.Int("num_groups", 1), trace.Dims(node.Inputs[1])[0], call.Float("epsilon", 1e-5f))),
        };
    }

    // x - m - log Σ exp(x - m); before set 13 over all that is behind the axis.
    private static string Logarithm(NodeParts parts, OnnxCall call, int[] dims)
    {
        string x = parts.Node.Inputs[0];
        long axis = call.Int("axis", call.OperatorSet < 13 ? 1 : -1);
        if (call.OperatorSet >= 13) return Along(x, axis);
        int at = (int)(axis < 0 ? axis + dims.Length : axis);
        string flat = parts.Add("Reshape", [x, parts.Shape(OnnxShapes.Product(dims.AsSpan(0, at)), OnnxShapes.Product(dims.AsSpan(at)))]);
        return parts.Add("Reshape", [Along(flat, 1), parts.Shape([.. dims.Select(dim => (long)dim)])]);

        string Along(string from, long along)
        {
            string less = parts.Add("Sub", [from, Reduced(parts, call, "ReduceMax", from, [along], 1)]);
            return parts.Add("Sub", [less, parts.Add("Log", [Reduced(parts, call, "ReduceSum", parts.Add("Exp", [less]), [along], 1)])]);
        }
    }

    private static string Slope(NodeParts parts, int behind)
    {
        string x = parts.Node.Inputs[0], below = parts.Add("Relu", [parts.Add("Neg", [x])]), slope = parts.Node.Inputs[1];
        if (behind > 0) slope = parts.Add("Reshape", [slope, parts.Shape([-1, .. Enumerable.Repeat(1L, behind)])]);
        return parts.Add("Sub", [parts.Add("Relu", [x]), parts.Add("Mul", [below, slope])]);
    }

    private static string Squares(NodeParts parts, OnnxCall call, int[] dims)
    {
        long[] axes = call.IntsOrInput("axes", 1, 18) ?? [];
        if (axes.Length == 0 && call.Int("noop_with_empty_axes", 0) != 0) throw new OnnxRefusal($"{parts.Node}: a reduction over no axes is not offered");
        if (axes.Length == 0) axes = [.. Enumerable.Range(0, dims.Length)];
        string x = parts.Node.Inputs[0];
        return Reduced(parts, call, "ReduceSum", parts.Add("Mul", [x, x]), axes, call.Int("keepdims", 1));
    }

    // Axes are an input since set 13 of sums, and since set 18 of the others.
    private static string Reduced(NodeParts parts, OnnxCall call, string type, string x, long[] axes, long keep) => call.OperatorSet < (type == "ReduceSum" ? 13 : 18)
        ? parts.Add(type, [x], ("axes", axes), ("keepdims", [keep])) : parts.Add(type, [x, parts.Shape(axes)], ("keepdims", [keep]));

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
