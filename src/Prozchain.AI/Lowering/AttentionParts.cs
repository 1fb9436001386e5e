using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// Attention that has a mask or a soft cap, by its parts as its definition has them: heads, scores, cap, mask, softmax, sums.
/// What the engine's own operator does (causal or not, with or without a cache) is left to it.
/// </summary>
internal static class AttentionParts
{
    /// <summary>The parts, or null where the node is to stay what it is.</summary>
    public static OnnxNode[]? Of(OnnxNode node, OnnxModel model, LoweringTrace trace, Dictionary<string, OnnxTensor> constants)
    {
        var call = new OnnxCall(node, [.. node.Inputs.Select(input => trace.Constants.GetValueOrDefault(input))], model.OperatorSet);
        bool Has(int index) => index < node.Inputs.Length && node.Inputs[index].Length > 0;
        double cap = call.Float("softcap", 0);
        if ((!Has(3) && cap == 0) || Has(4) || Has(5) || Has(6) || Enumerable.Range(1, 3).Any(call.Wants)) return null;
        var parts = new NodeParts(node, constants);
        int[] dims = trace.Dims(node.Inputs[0]), keys = trace.Dims(node.Inputs[1]);
        bool flat = dims.Length == 3;
        int heads = flat ? (int)call.Int("q_num_heads", 0) : dims[1], groups = flat ? (int)call.Int("kv_num_heads", 0) : keys[1];
        if (heads < 1 || groups < 1 || heads % groups != 0) return null;
        int size = flat ? dims[2] / heads : dims[3], rows = flat ? dims[1] : dims[2], length = flat ? keys[1] : keys[2];
        string q = Heads(parts, node.Inputs[0], dims, heads), k = Shared(parts, Heads(parts, node.Inputs[1], keys, groups), groups, heads, length, size);
        int[] values = trace.Dims(node.Inputs[2]);
        int width = flat ? values[2] / groups : values[3];
        string v = Shared(parts, Heads(parts, node.Inputs[2], values, groups), groups, heads, length, width);
        double scale = call.Float("scale", 0) is var s && s != 0 ? s : 1 / Math.Sqrt(size);
        string scores = parts.Add("Mul", [parts.Add("MatMul", [q, parts.Add("Transpose", [k], ("perm", [0, 1, 3, 2]))]), parts.Scalar(scale)]);
        if (cap != 0) scores = parts.Add("Mul", [parts.Add("Tanh", [parts.Add("Div", [scores, parts.Scalar(cap)])]), parts.Scalar(cap)]);
        if (Has(3))
        {
            int[] mask = trace.Dims(node.Inputs[3]);
            if (mask.Length == 0 || (mask[^1] != length && mask[^1] != 1)) return null;
            scores = trace.Type(node.Inputs[3]) == OnnxType.Bool ? parts.Add("Where", [node.Inputs[3], scores, parts.Scalar(double.NegativeInfinity)]) : parts.Add("Add", [scores, node.Inputs[3]]);
        }
        if (call.Int("is_causal", 0) != 0)
            scores = parts.Add("Add", [scores, parts.Constant(OnnxTensor.FromDoubles(OnnxType.Float, [rows, length], [.. Enumerable.Range(0, rows * length).Select(i => i % length > i / length ? double.NegativeInfinity : 0)]))]);
        string sums = parts.Add("MatMul", [parts.Add("Softmax", [scores], ("axis", [-1])), v]);
        if (flat) sums = parts.Add("Reshape", [parts.Add("Transpose", [sums], ("perm", [0, 2, 1, 3])), parts.Shape(dims[0], rows, heads * width)]);
        return parts.Finish(sums);
    }

    private static string Heads(NodeParts parts, string name, int[] dims, int heads) => dims.Length == 4 ? name
        : parts.Add("Transpose", [parts.Add("Reshape", [name, parts.Shape(dims[0], dims[1], heads, dims[2] / heads)])], ("perm", [0, 2, 1, 3]));

    // Each head of keys and values stands behind as many heads of queries.
    private static string Shared(NodeParts parts, string name, int groups, int heads, int length, int size) => groups == heads ? name
        : parts.Add("Reshape", [parts.Add("Expand", [parts.Add("Reshape", [name, parts.Shape(-1, groups, 1, length, size)]), parts.Shape(1, groups, heads / groups, length, size)]), parts.Shape(-1, heads, length, size)]);
}
