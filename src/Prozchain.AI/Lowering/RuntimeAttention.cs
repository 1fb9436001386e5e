using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// The attentions of ONNX Runtime in standard operators: Attention with its heads and its past, RotaryEmbedding before it, sums of
/// what is packed. What they have beyond that is refused by the name of the attribute or the number of the input.
/// </summary>
internal static class RuntimeAttention
{
    /// <summary>Queries, keys and values apart, each with a bias or none.</summary>
    public static bool MultiHead(RuntimeOperators made)
    {
        made.RefuseInputs(4, 8, 9);
        made.RefuseOutputs(3);
        if (made.Input(1).Length == 0 || made.Input(2).Length == 0) throw new OnnxRefusal($"{made.Node}: keys and values packed with the queries are not offered");
        string[] qkv = [made.Input(0), made.Input(1), made.Input(2)];
        if (made.Input(3).Length > 0)
        {
            if (made.Known(3) is not { Count: > 0 } bias || bias.Count % 3 != 0) throw new OnnxRefusal($"{made.Node}: input 3, a bias, is offered as a constant of three equal parts");
            float[] values = bias.Floats();
            int width = values.Length / 3;
            for (int i = 0; i < 3; i++) qkv[i] = made.Add("Add", [qkv[i], made.Constant(OnnxTensor.Of(values.AsSpan(i * width, width), width))]);
        }
        long heads = made.Number("num_heads", 0);
        return Attend(made, [.. qkv, made.Input(5), made.Input(6), made.Input(7)], heads, heads, made.Number("unidirectional", 0));
    }

    /// <summary>Heads that share keys, causal, with positions turned on the way where the node says so.</summary>
    public static bool Grouped(RuntimeOperators made)
    {
        made.RefuseInputs(11, 12, 13);
        made.RefuseOutputs(3);
        made.RefuseAttributes(("local_window_size", -1), ("smooth_softmax", 0), ("qk_output", 0));
        if (made.Input(1).Length == 0 || made.Input(2).Length == 0) throw new OnnxRefusal($"{made.Node}: keys and values packed with the queries are not offered");
        long heads = made.Number("num_heads", 0), groups = made.Number("kv_num_heads", 0);
        (string query, string key) = (made.Input(0), made.Input(1));
        if (made.Number("do_rotary", 0) != 0)
        {
            if (made.Known(7) is not { Rank: 2 } cosine) throw new OnnxRefusal($"{made.Node}: input 7, the cosines, is offered as a constant table");
            string places = made.Input(9).Length > 0 ? made.Input(9) : Places(made);
            (query, key) = (Turned(query, heads), Turned(key, groups));

            string Turned(string x, long count) => made.Add("RotaryEmbedding", [x, made.Input(7), made.Input(8), places], RuntimeOperators.Numbers(
                ("num_heads", count), ("interleaved", made.Number("rotary_interleaved", 0)), ("rotary_embedding_dim", 2 * cosine.Dims[1])));
        }
        return Attend(made, [query, key, made.Input(2), made.Input(10), made.Input(3), made.Input(4)], heads, groups, 1);
    }

    /// <summary>As an encoder is fused: one product makes queries, keys and values.</summary>
    public static bool Packed(RuntimeOperators made)
    {
        made.RefuseInputs(4, 6);
        made.RefuseOutputs(1);
        made.RefuseAttributes(("do_rotary", 0), ("past_present_share_buffer", 0));
        if (made.Known(1) is not { Rank: 2 } weights || made.Numbers("qkv_hidden_sizes") is not [] and not [_, _, _]) throw new OnnxRefusal($"{made.Node}: input 1, the weights, is offered as a constant matrix");
        long[] widths = made.Numbers("qkv_hidden_sizes") is [var a, var b, var c] ? [a, b, c] : [.. Enumerable.Repeat(weights.Dims[1] / 3L, 3)];
        string product = made.Add("MatMul", [made.Input(0), made.Input(1)]);
        if (made.Input(2).Length > 0) product = made.Add("Add", [product, made.Input(2)]);
        string[] parts = made.Split(product, widths);
        string mask = made.Input(3);
        if (mask.Length > 0)
        {
            if (made.Rank(mask) != 2) throw new OnnxRefusal($"{made.Node}: input 3, a mask, is offered as an input of the model with two dimensions");
            if (made.Input(5).Length > 0) throw new OnnxRefusal($"{made.Node}: inputs 3 and 5 together are not offered");
            mask = made.Unsqueezed(made.Add("Cast", [mask], RuntimeOperators.Numbers(("to", (long)OnnxType.Bool))), 1, 2);
        }
        long heads = made.Number("num_heads", 0);
        return Attend(made, [.. parts, mask.Length > 0 ? mask : made.Input(5)], heads, heads, made.Number("unidirectional", 0));
    }

    /// <summary>The same inputs in the standard's order.</summary>
    public static bool Rotary(RuntimeOperators made)
    {
        made.RefuseAttributes(("is_packed_batching", 0));
        if (made.Real("scale", 1) != 1) throw new OnnxRefusal($"{made.Node}: attribute 'scale' other than 1 is not offered");
        return made.Set("RotaryEmbedding", [made.Input(0), made.Input(2), made.Input(3), made.Input(1)], made.Node.Attributes);
    }

    /// <summary>A product of matrices that are turned on the way, times a number: an equation, as the ranks are not known yet.</summary>
    public static bool Product(RuntimeOperators made)
    {
        made.RefuseAttributes(("transBatchA", 0), ("transBatchB", 0));
        string a = made.Number("transA", 0) != 0 ? "...ji" : "...ij", b = made.Number("transB", 0) != 0 ? "...kj" : "...jk";
        var equation = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal) { ["equation"] = new() { Name = "equation", Text = $"{a},{b}->...ik" } };
        double alpha = made.Real("alpha", 1);
        return alpha == 1 ? made.Set("Einsum", [made.Input(0), made.Input(1)], equation)
            : made.Set("Mul", [made.Add("Einsum", [made.Input(0), made.Input(1)], equation), made.Constant(OnnxTensor.FromDoubles(OnnxType.Float, [], [alpha]))], []);
    }

    private static bool Attend(RuntimeOperators made, string[] inputs, long heads, long groups, long causal)
    {
        var attributes = RuntimeOperators.Numbers(("q_num_heads", heads), ("kv_num_heads", groups), ("is_causal", causal));
        foreach (string name in (string[])["scale", "softcap"])
            if (made.Real(name, 0) is not 0 and var value) attributes[name] = new OnnxAttribute { Name = name, Float = value };
        return made.Set("Attention", inputs, attributes, made.Output(1), made.Output(2));
    }

    // Behind the past, one for each token.
    private static string Places(RuntimeOperators made)
    {
        string past = made.Input(3).Length > 0 ? Length(made.Input(3), 2) : made.Constant(OnnxTensor.FromLongs(OnnxType.Int64, [], [0]));
        string end = made.Add("Add", [past, Length(made.Input(0), 1)]);
        return made.Unsqueezed(made.Add("Range", [past, end, made.Constant(OnnxTensor.FromLongs(OnnxType.Int64, [], [1]))]), 0);

        string Length(string value, long axis) => made.Add("Gather", [made.Add("Shape", [value]), made.Constant(OnnxTensor.FromLongs(OnnxType.Int64, [], [axis]))]);
    }
}
