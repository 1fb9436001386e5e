using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// Attention with a mask, a soft cap, a past, a batch or more than one output, by its parts as its definition has them: heads,
/// scores, cap, mask, softmax, sums. What the engine's own operator does (one request, causal or not) is left to it.
/// </summary>
internal static class AttentionParts
{
    /// <summary>The parts, or null where the node is to stay what it is.</summary>
    public static OnnxNode[]? Of(OnnxNode node, OnnxModel model, LoweringTrace trace, Dictionary<string, OnnxTensor> constants)
    {
        var call = new OnnxCall(node, [.. node.Inputs.Select(input => trace.Constants.GetValueOrDefault(input))], model.OperatorSet);
        bool Has(int index) => index < node.Inputs.Length && node.Inputs[index].Length > 0;
        double cap = call.Float("softcap", 0);
        int[] dims = trace.Dims(node.Inputs[0]), keys = trace.Dims(node.Inputs[1]), values = trace.Dims(node.Inputs[2]);
        if (!Enumerable.Range(3, 4).Any(Has) && cap == 0 && !Enumerable.Range(1, 3).Any(call.Wants) && dims[0] == 1) return null;
        bool flat = dims.Length == 3;
        int heads = flat ? (int)call.Int("q_num_heads", 0) : dims[1], groups = flat ? (int)call.Int("kv_num_heads", 0) : keys[1];
        if (heads < 1 || groups < 1 || heads % groups != 0 || Has(4) != Has(5) || (Has(6) && call.Optional(6) is null)) return null;
        var parts = new NodeParts(node, constants);
        OnnxType type = trace.Type(node.Inputs[0]);
        int size = flat ? dims[2] / heads : dims[3], rows = flat ? dims[1] : dims[2], width = flat ? values[2] / groups : values[3], past = Has(4) ? trace.Dims(node.Inputs[4])[2] : 0;
        int length = past + (flat ? keys[1] : keys[2]);
        string q = Heads(parts, node.Inputs[0], dims, heads), k = Heads(parts, node.Inputs[1], keys, groups), v = Heads(parts, node.Inputs[2], values, groups);
        if (past > 0) (k, v) = (parts.Add("Concat", [node.Inputs[4], k], ("axis", [2])), parts.Add("Concat", [node.Inputs[5], v], ("axis", [2])));
        if (call.Wants(1)) parts.Name(k, node.Outputs[1]);
        if (call.Wants(2)) parts.Name(v, node.Outputs[2]);
        (k, v) = (Shared(parts, k, dims[0], groups, heads, length, size), Shared(parts, v, dims[0], groups, heads, length, width));
        double scale = call.Float("scale", 0) is var s && s != 0 ? s : 1 / Math.Sqrt(size);
        string scores = parts.Add("Mul", [parts.Add("MatMul", [q, parts.Add("Transpose", [k], ("perm", [0, 1, 3, 2]))]), parts.Scalar(scale, type)]);
        Show(0, scores);
        if (cap != 0) scores = parts.Add("Mul", [parts.Add("Tanh", [parts.Add("Div", [scores, parts.Scalar(cap, type)])]), parts.Scalar(cap, type)]);
        Show(1, scores);
        if (Has(3))
        {
            int[] mask = trace.Dims(node.Inputs[3]);
            if (mask.Length == 0 || (mask[^1] != length && mask[^1] != 1)) return null;
            scores = trace.Type(node.Inputs[3]) == OnnxType.Bool ? parts.Add("Where", [node.Inputs[3], scores, parts.Scalar(double.NegativeInfinity, type)]) : parts.Add("Add", [scores, node.Inputs[3]]);
        }
        long[]? filled = call.Optional(6)?.Longs();
        if (call.Int("is_causal", 0) != 0 || filled is not null)
        {
            // A query stands behind the keys of the past, or at the end of the keys that are filled.
            int members = filled?.Length ?? 1;
            bool causal = call.Int("is_causal", 0) != 0;
            double[] hidden = [.. Enumerable.Range(0, OnnxShapes.Product([members, rows, length])).Select(i => Hides(i / length / rows, i / length % rows, i % length) ? double.NegativeInfinity : 0)];
            scores = parts.Add("Add", [scores, parts.Constant(OnnxTensor.FromDoubles(type, [members, 1, rows, length], hidden))]);

            bool Hides(int member, int row, int key) => (causal && key > row + (filled is not null && !Has(4) ? filled[member] - rows : past)) || (filled is not null && key >= filled[member]);
        }
        Show(2, scores);
        string weights = parts.Add("Softmax", [scores], ("axis", [-1])), sums = parts.Add("MatMul", [weights, v]);
        Show(3, weights);
        if (flat) sums = parts.Add("Reshape", [parts.Add("Transpose", [sums], ("perm", [0, 2, 1, 3])), parts.Shape(dims[0], rows, heads * width)]);
        return parts.Finish(sums);

        void Show(long mode, string value)
        {
            if (call.Wants(3) && call.Int("qk_matmul_output_mode", 0) == mode) parts.Name(value, node.Outputs[3]);
        }
    }

    private static string Heads(NodeParts parts, string name, int[] dims, int heads) => dims.Length == 4 ? name
        : parts.Add("Transpose", [parts.Add("Reshape", [name, parts.Shape(dims[0], dims[1], heads, dims[2] / heads)])], ("perm", [0, 2, 1, 3]));

    // Each head of keys and values stands behind as many heads of queries.
    private static string Shared(NodeParts parts, string name, int batch, int groups, int heads, int length, int size) => groups == heads ? name
        : parts.Add("Reshape", [parts.Add("Expand", [parts.Add("Reshape", [name, parts.Shape(batch, groups, 1, length, size)]), parts.Shape(batch, groups, heads / groups, length, size)]), parts.Shape(batch, heads, length, size)]);
}
