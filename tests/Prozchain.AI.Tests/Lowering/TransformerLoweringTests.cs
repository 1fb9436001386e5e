using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>Transformers in the shapes in which exporters write them: lowered whole, near to the source, masked places without effect.</summary>
public class TransformerLoweringTests
{
    private const int Tokens = TransformerModel.Tokens, Width = TransformerModel.Width, Heads = TransformerModel.Heads, Size = TransformerModel.Size;

    /// <summary>As GPT-2 is exported: Gemm over rows, one Split, a causal buffer chosen by Where, a mask added, GELU by Tanh.</summary>
    [Fact]
    public void Lower_Decoder_IsNearAndMasked()
    {
        var m = new TransformerModel(1);
        m.Bytes.Input("input_ids", OnnxType.Int64, 1, Tokens).Input("position_ids", OnnxType.Int64, 1, Tokens).Input("attention_mask", OnnxType.Int64, 1, Tokens);
        string ids = m.Reshape("input_ids", m.Numbers(-1), m.Dim("input_ids", 1)), mask = m.Hidden("attention_mask");
        string h = m.Op("Add", [m.Op("Gather", [m.Weights(1, TransformerModel.Words, Width), ids]), m.Op("Gather", [m.Weights(0.3, 40, Width), "position_ids"])]);
        m.Bytes.Constant("causal", OnnxTensor.FromLongs(OnnxType.Bool, [1, 1, 40, 40], [.. Enumerable.Range(0, 1600).Select(i => i % 40 <= i / 40 ? 1L : 0)]));
        for (int layer = 0; layer < 3; layer++)
        {
            string[] parts = Split(m, m.Rows(m.LayerNorm(h), Width, 3 * Width));
            string scores = m.Op("Div", [m.Op("MatMul", [m.Split(parts[0]), m.Split(parts[1], turned: true)]), m.Scalar(MathF.Sqrt(Size))]);
            string end = m.Dim("input_ids", 1), cut = m.Op("Slice", [m.Op("Slice", ["causal", m.Numbers(0), end, m.Numbers(2)]), m.Numbers(0), end, m.Numbers(3)]);
            string shown = m.Op("Add", [m.Op("Where", [cut, scores, m.Op("Constant", [], ("value", OnnxTensor.FromDoubles(OnnxType.Float, [], [float.MinValue])))]), mask]);
            h = m.Op("Add", [h, m.Rows(m.Join(m.Op("MatMul", [m.Op("Softmax", [shown], ("axis", -1)), m.Split(parts[2])])), Width, Width)]);
            h = m.Op("Add", [h, m.Rows(m.GeluTanh(m.Rows(m.LayerNorm(h), Width, 4 * Width)), 4 * Width, Width)]);
        }
        m.Bytes.Node("MatMul", [m.LayerNorm(h), m.Weights(0.2, Width, TransformerModel.Words)], ["logits"]).Output("logits");
        OnnxModel model = m.Bytes.Model(18);
        LoweringResult result = Near(model, Inputs(new Random(1), "position_ids"), 0.998);
        Assert.Equal((0, 39), (result.Graph!.Inputs[1].Value.Min, result.Graph.Inputs[1].Value.Max));
        Assert.Equal(7, result.Graph.Nodes.Count(n => n.Kind == OperatorKind.LayerNorm));

        // What comes later changes no bit.
        AssertUnseen(result.Graph, Inputs(new Random(2), "position_ids")[0], "logits", 5 * TransformerModel.Words, t => t >= 5);
    }

    /// <summary>As BERT is exported: three embeddings, norms behind the sums, GELU by Erf, a pooler.</summary>
    [Fact]
    public void Lower_Encoder_IsNear()
    {
        var m = new TransformerModel(2);
        m.Bytes.Input("input_ids", OnnxType.Int64, 1, Tokens).Input("attention_mask", OnnxType.Int64, 1, Tokens).Input("token_type_ids", OnnxType.Int64, 1, Tokens);
        string places = m.Op("Slice", [m.Op("Constant", [], ("value", OnnxTensor.FromLongs(OnnxType.Int64, [1, 40], [.. Enumerable.Range(0, 40).Select(i => (long)i)]))), m.Numbers(0), m.Dim("input_ids", 1), m.Numbers(1)]);
        string h = m.Op("Add", [m.Op("Gather", [m.Weights(1, TransformerModel.Words, Width), "input_ids"]), m.Op("Gather", [m.Weights(1, 2, Width), "token_type_ids"])]);
        h = m.LayerNorm(m.Op("Add", [h, m.Op("Gather", [m.Weights(1, 40, Width), places])]));
        string mask = m.Hidden("attention_mask");
        for (int layer = 0; layer < 2; layer++)
        {
            string q = m.Split(m.Dense(h, Width, Width)), k = m.Split(m.Dense(h, Width, Width), turned: true), v = m.Split(m.Dense(h, Width, Width));
            string shown = m.Op("Add", [m.Op("Div", [m.Op("MatMul", [q, k]), m.Scalar(MathF.Sqrt(Size))]), mask]);
            h = m.LayerNorm(m.Op("Add", [m.Dense(m.Join(m.Op("MatMul", [m.Op("Softmax", [shown], ("axis", 3)), v])), Width, Width), h]));
            h = m.LayerNorm(m.Op("Add", [m.Dense(m.GeluErf(m.Dense(h, Width, 4 * Width)), 4 * Width, Width), h]));
        }
        m.Bytes.Node("Identity", [h], ["last_hidden_state"]).Output("last_hidden_state");
        m.Bytes.Node("Tanh", [m.Op("Gemm", [m.Op("Gather", [h, m.Number(0)], ("axis", 1)), m.Weights(0.2, Width, Width), m.Weights(0.1, Width)], ("transB", 1))], ["pooler_output"]).Output("pooler_output");
        LoweringResult result = Near(m.Bytes.Model(18), Inputs(new Random(3), "token_type_ids"), 0.999);
        Assert.Equal(5, result.Graph!.Nodes.Count(n => n.Kind == OperatorKind.LayerNorm));
        // What the mask hides changes no bit of the others.
        AssertUnseen(result.Graph, Inputs(new Random(2), "token_type_ids")[1], "last_hidden_state", (Tokens - 3) * Width, t => t >= Tokens - 3);
    }

    /// <summary>As Llama is exported: RMSNorm by its parts, rotary positions by halves, heads that share keys, a mask of truth values, SiLU; with the cap of Gemma.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Lower_RotaryDecoder_IsNear(bool capped, bool given)
    {
        var m = new TransformerModel(3);
        m.Bytes.Input("input_ids", OnnxType.Int64, 1, Tokens).Input("attention_mask", OnnxType.Int64, 1, Tokens);
        string end = m.Op("Gather", [m.Op("Shape", ["input_ids"]), m.Number(1)]), range = m.Op("Range", [m.Number(0), end, m.Number(1)]);
        if (given) m.Bytes.Input("position_ids", OnnxType.Int64, 1, Tokens);
        string angles = m.Op("MatMul", [m.Floats([.. Enumerable.Range(0, Size / 2).Select(i => MathF.Pow(10_000, -2f * i / Size))], 1, Size / 2, 1), m.Op("Cast", [given ? m.Op("Unsqueeze", ["position_ids", m.Numbers(1)]) : m.Op("Reshape", [range, m.Numbers(1, 1, -1)])], ("to", 1))]);
        string turned = m.Op("Transpose", [angles], ("perm", new[] { 0, 2, 1 })), both = m.Op("Concat", [turned, turned], ("axis", -1));
        string cos = m.Op("Unsqueeze", [m.Op("Cos", [both]), m.Numbers(1)]), sin = m.Op("Unsqueeze", [m.Op("Sin", [both]), m.Numbers(1)]);
        string later = m.Op("Greater", [m.Op("Unsqueeze", [range, m.Numbers(0)]), m.Op("Unsqueeze", [range, m.Numbers(1)])]);
        string padded = m.Op("Not", [m.Op("Cast", [m.Op("Unsqueeze", ["attention_mask", m.Numbers(1, 2)])], ("to", 9))]);
        string hidden = m.Op("Or", [later, padded]);
        string mask = m.Op("Where", [hidden, m.Op("Constant", [], ("value", OnnxTensor.FromDoubles(OnnxType.Float, [], [float.MinValue]))), m.Op("Constant", [], ("value", OnnxTensor.FromDoubles(OnnxType.Float, [], [0])))]);
        string h = m.Op("Gather", [m.Weights(1, TransformerModel.Words, Width), "input_ids"]);
        for (int layer = 0; layer < 3; layer++)
        {
            string n = m.RmsNorm(h), q = Turned(m.Split(Plain(n, Width, Width))), k = Shared(Turned(m.Split(Plain(n, Width, Width / 2), 2))), v = Shared(m.Split(Plain(n, Width, Width / 2), 2));
            string scores = m.Op("Mul", [m.Op("MatMul", [q, m.Op("Transpose", [k], ("perm", new[] { 0, 1, 3, 2 }))]), m.Scalar(1 / MathF.Sqrt(Size))]);
            if (capped) scores = m.Op("Mul", [m.Op("Tanh", [m.Op("Div", [scores, m.Scalar(5)])]), m.Scalar(5)]);
            string p = m.Op("Cast", [m.Op("Softmax", [m.Op("Add", [scores, mask])], ("axis", -1))], ("to", 1));
            h = m.Op("Add", [h, Plain(m.Join(m.Op("MatMul", [p, v])), Width, Width)]);
            n = m.RmsNorm(h);
            string gate = Plain(n, Width, 64);
            h = m.Op("Add", [h, Plain(m.Op("Mul", [m.Op("Mul", [gate, m.Op("Sigmoid", [gate])]), Plain(n, Width, 64)]), 64, Width)]);
        }
        m.Bytes.Node("MatMul", [m.RmsNorm(h), m.Weights(0.2, Width, TransformerModel.Words)], ["logits"]).Output("logits");
        LoweringResult result = Near(m.Bytes.Model(18), Inputs(new Random(4), given ? "position_ids" : null), 0.998);
        Assert.Equal(7, result.Graph!.Nodes.Count(n => n.Kind == OperatorKind.RmsNorm));

        string Plain(string x, int inputs, int outputs) => m.Op("MatMul", [x, m.Weights(1 / Math.Sqrt(inputs), inputs, outputs)]);

        string Turned(string x)
        {
            string first = m.Op("Slice", [x, m.Numbers(0), m.Numbers(Size / 2), m.Numbers(3)]), second = m.Op("Slice", [x, m.Numbers(Size / 2), m.Numbers(long.MaxValue), m.Numbers(3)]);
            return m.Op("Add", [m.Op("Mul", [x, cos]), m.Op("Mul", [m.Op("Concat", [m.Op("Neg", [second]), first], ("axis", -1)), sin])]);
        }

        string Shared(string x)
        {
            string wide = m.Op("Expand", [m.Op("Unsqueeze", [x, m.Numbers(2)]), m.Op("Concat", [m.Dim(x, 0), m.Dim(x, 1), m.Numbers(2), m.Dim(x, 2), m.Dim(x, 3)], ("axis", 0))]);
            return m.Reshape(wide, m.Dim(x, 0), m.Numbers(Heads), m.Dim(x, 2), m.Numbers(Size));
        }
    }

    /// <summary>An embedding too large for 16 bits has 8 with a scale for each row: rows a hundredth as large are as exact.</summary>
    [Fact]
    public void Lower_LargeEmbedding_HasAScaleForEachRow()
    {
        const int rows = 33_000;
        var random = new Random(5);
        float[] table = [.. Enumerable.Range(0, rows * Width).Select(i => (random.NextSingle() - 0.5f) * (i / Width % 2 == 0 ? 1 : 0.01f))];
        OnnxModel model = new Onnx.OnnxBytes().Input("ids", OnnxType.Int64, 1, Tokens).Constant("table", table, rows, Width).Constant("g", [.. Enumerable.Repeat(1f, Width)], Width)
            .Node("Gather", ["table", "ids"], ["e"]).Node("LayerNormalization", ["e", "g"], ["y"], ("epsilon", 1e-9f)).Output("y").Model();
        LoweringResult result = Near(model, [new() { ["ids"] = Row(_ => random.Next(rows)) }], 0.9999);
        Assert.Contains(result.Graph!.Constants, c => c.Value.Type == ElementType.I8 && c.Value.Elements == rows * Width);
    }

    private static string[] Split(TransformerModel m, string x)
    {
        string[] parts = [$"{x}q", $"{x}k", $"{x}v"];
        m.Bytes.Node("Split", [x, m.Numbers(Width, Width, Width)], parts, ("axis", 2));
        return parts;
    }

    private static void AssertUnseen(IntegerGraph graph, Dictionary<string, OnnxTensor> inputs, string output, int count, Func<int, bool> where)
    {
        var other = new Dictionary<string, OnnxTensor>(inputs) { ["input_ids"] = Row(t => where(t) ? (inputs["input_ids"].Longs()[t] + 7) % TransformerModel.Words : inputs["input_ids"].Longs()[t]) };
        float[] first = LoweringTesting.Run(graph, inputs)[output].Floats(), second = LoweringTesting.Run(graph, other)[output].Floats();
        Assert.Equal(first[..count], second[..count]);
        Assert.NotEqual(first[count..], second[count..]);
    }

    // Every second one is padded behind.
    private static Dictionary<string, OnnxTensor>[] Inputs(Random random, string? third = null) => [.. Enumerable.Range(0, 6).Select(i =>
    {
        Dictionary<string, OnnxTensor> inputs = new()
        {
            ["input_ids"] = Row(_ => random.Next(TransformerModel.Words)),
            ["attention_mask"] = Row(t => i % 2 == 1 && t >= Tokens - 3 ? 0 : 1),
        };
        if (third is not null) inputs[third] = third == "position_ids" ? Row(t => t) : Row(t => t / 7);
        return inputs;
    })];

    private static OnnxTensor Row(Func<int, long> value) => OnnxTensor.FromLongs(OnnxType.Int64, [1, Tokens], [.. Enumerable.Range(0, Tokens).Select(value)]);

    private static LoweringResult Near(OnnxModel model, Dictionary<string, OnnxTensor>[] inputs, double cosine)
    {
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = inputs });
        Assert.True(result.Graph is not null, result.Error);
        Assert.All(result.Accuracy, a => Assert.True(a.Cosine > cosine && a.ArgMaxAgreement > 0.9, a.ToString()));
        return result;
    }
}
