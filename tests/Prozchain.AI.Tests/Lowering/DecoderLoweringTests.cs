using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>Decoders as exporters write them, past keys and values in and present ones out: a graph with a state that goes on token by token.</summary>
public class DecoderLoweringTests
{
    private const int Steps = 12, Width = TransformerModel.Width, Heads = TransformerModel.Heads, Size = TransformerModel.Size, Layers = 2, Capacity = 40;

    /// <summary>As Llama is exported: rotary positions that are given, or follow from the length of the past; or by tables cut at the length of the context; heads that share keys; a mask made of lengths and of an input.</summary>
    [Theory]
    [InlineData(true, 1, false)]
    [InlineData(false, 1, false)]
    [InlineData(false, 3, false)]
    [InlineData(true, 2, true)]
    public void Lower_RotaryDecoder_GoesOnTokenByToken(bool given, int tokens, bool tables)
    {
        OnnxModel model = Rotary(given, tokens, cap: false, tables);
        List<Dictionary<string, OnnxTensor>> steps = Run(model, tokens, given, 2, _ => 1, out List<float[]> expected);
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = steps, ContextCapacity = Capacity });
        Assert.True(result.Graph is not null, result.Error);
        Assert.Equal(given ? ["input_ids", "position_ids"] : ["input_ids"], result.Graph.Inputs.Select(input => input.Name));
        Assert.Equal(["logits"], result.Graph.Outputs.Select(output => output.Name));
        Assert.Equal(Layers, result.Graph.Nodes.Count(node => node.Kind == OperatorKind.Attention));
        Assert.Equal(given ? 0 : 1, result.Graph.Nodes.Count(node => node.Kind == OperatorKind.Positions));
        Assert.True(Assert.Single(result.Accuracy) is { Cosine: > 0.998, ArgMaxAgreement: > 0.85 }, result.Accuracy[0].ToString());
        AssertGoesOn(result.Graph, steps, expected, tokens);
    }

    /// <summary>As GPT-2 is exported: learned positions, a buffer of what is causal, cut by lengths.</summary>
    [Fact]
    public void Lower_DecoderWithBuffer_GoesOnTokenByToken()
    {
        OnnxModel model = Learned();
        List<Dictionary<string, OnnxTensor>> steps = Run(model, 1, true, Heads, _ => 1, out List<float[]> expected);
        LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Calibration = steps, ContextCapacity = Capacity });
        Assert.True(result.Graph is not null, result.Error);
        Assert.Equal(["input_ids", "position_ids"], result.Graph.Inputs.Select(input => input.Name));
        Assert.True(Assert.Single(result.Accuracy) is { Cosine: > 0.998 }, result.Accuracy[0].ToString());
        AssertGoesOn(result.Graph, steps, expected, 1);
    }

    [Fact]
    public void Lower_DecoderThatNoStateIs_IsRefusedByName()
    {
        OnnxModel model = Rotary(false, 1, cap: false);
        List<Dictionary<string, OnnxTensor>> steps = Run(model, 1, false, 2, t => t == 1 ? 0 : 1, out _);
        var options = new LoweringOptions { Calibration = steps, ContextCapacity = Capacity };
        Assert.Contains("a mask that hides more", OnnxLowering.Lower(model, options).Error, StringComparison.Ordinal);
        Assert.StartsWith("input 'attention_mask' has more than one shape", OnnxLowering.Lower(model, options with { ContextCapacity = 0 }).Error, StringComparison.Ordinal);
        model = Rotary(false, 1, cap: true);
        steps = Run(model, 1, false, 2, _ => 1, out _);
        Assert.Matches("^input '(attention_mask|past.0.key)', read by .*: its shape changes with the context", OnnxLowering.Lower(model, options with { Calibration = steps }).Error);
    }

    private static void AssertGoesOn(IntegerGraph graph, List<Dictionary<string, OnnxTensor>> steps, List<float[]> expected, int tokens)
    {
        using var engine = new InferenceEngine(graph);
        using InferenceState state = engine.RentState();
        double product = 0, a = 0, b = 0;
        var got = new float[tokens * TransformerModel.Words];
        for (int t = 0; t < steps.Count; t++)
        {
            for (int i = 0; i < graph.Inputs.Count; i++) graph.Inputs[i].Quantise(steps[t][graph.Inputs[i].Name].Longs(), engine.Input(i, 0));
            engine.Run(1, [state]);
            graph.Outputs[0].Dequantise(engine.Output(0, 0), got);
            for (int i = 0; i < got.Length; i++) (product, a, b) = (product + (expected[t][i] * got[i]), a + (expected[t][i] * expected[t][i]), b + (got[i] * got[i]));
        }
        Assert.Equal(steps.Count * tokens, state.Position);
        Assert.InRange(product / Math.Sqrt(a * b), 0.998, 1.0001);
    }

    // Steps that follow each other: the present of one is the past of the next.
    private static List<Dictionary<string, OnnxTensor>> Run(OnnxModel model, int tokens, bool positions, int groups, Func<int, long> seen, out List<float[]> expected)
    {
        var random = new Random(9);
        List<Dictionary<string, OnnxTensor>> steps = [];
        expected = [];
        Dictionary<string, OnnxTensor> past = Enumerable.Range(0, Layers).SelectMany(l => new[] { $"{l}.key", $"{l}.value" }).ToDictionary(name => name, _ => OnnxTensor.Zeros(OnnxType.Float, 1, groups, 0, Size));
        for (int t = 0; t < Steps; t++)
        {
            int before = t * tokens;
            var inputs = past.ToDictionary(pair => $"past.{pair.Key}", pair => pair.Value);
            inputs["input_ids"] = OnnxTensor.FromLongs(OnnxType.Int64, [1, tokens], [.. Enumerable.Range(0, tokens).Select(_ => (long)random.Next(TransformerModel.Words))]);
            inputs["attention_mask"] = OnnxTensor.FromLongs(OnnxType.Int64, [1, before + tokens], [.. Enumerable.Range(0, before + tokens).Select(seen)]);
            if (positions) inputs["position_ids"] = OnnxTensor.FromLongs(OnnxType.Int64, [1, tokens], [.. Enumerable.Range(before, tokens).Select(p => (long)p)]);
            OnnxRun run = OnnxEvaluator.Run(model, inputs);
            Assert.Null(run.Error);
            steps.Add(inputs);
            expected.Add(run.Outputs!["logits"].Floats());
            past = past.Keys.ToDictionary(name => name, name => run.Outputs[$"present.{name}"]);
        }
        return steps;
    }

    private static TransformerModel Inputs(int tokens, int groups, bool positions)
    {
        var m = new TransformerModel(3);
        m.Bytes.Input("input_ids", OnnxType.Int64, 1, tokens).Input("attention_mask", OnnxType.Int64, 1, -1);
        if (positions) m.Bytes.Input("position_ids", OnnxType.Int64, 1, tokens);
        for (int layer = 0; layer < Layers; layer++) m.Bytes.Input($"past.{layer}.key", OnnxType.Float, 1, groups, -1, Size).Input($"past.{layer}.value", OnnxType.Float, 1, groups, -1, Size);
        return m;
    }

    private static string Joined(TransformerModel m, string name, string fresh)
    {
        m.Bytes.Node("Concat", [$"past.{name}", fresh], [$"present.{name}"], ("axis", -2)).Output($"present.{name}");
        return $"present.{name}";
    }

    private static string Length(TransformerModel m, string value, int axis) => m.Op("Gather", [m.Op("Shape", [value]), m.Number(axis)], ("axis", 0));

    private static OnnxModel Rotary(bool given, int tokens, bool cap, bool tables = false)
    {
        TransformerModel m = Inputs(tokens, 2, given);
        string past = Length(m, "past.0.key", 2), total = m.Op("Add", [past, Length(m, "input_ids", 1)]), range = m.Op("Range", [past, total, m.Number(1)]);
        string angles = m.Op("MatMul", [m.Floats([.. Enumerable.Range(0, Size / 2).Select(i => MathF.Pow(10_000, -2f * i / Size))], 1, Size / 2, 1), m.Op("Cast", [m.Op("Unsqueeze", [given ? "position_ids" : m.Op("Unsqueeze", [range, m.Numbers(0)]), m.Numbers(1)])], ("to", 1))]);
        string turned = m.Op("Transpose", [angles], ("perm", new[] { 0, 2, 1 })), both = m.Op("Concat", [turned, turned], ("axis", -1));
        string cos = m.Op("Unsqueeze", [m.Op("Cos", [both]), m.Numbers(1)]), sin = m.Op("Unsqueeze", [m.Op("Sin", [both]), m.Numbers(1)]);
        if (tables) (cos, sin) = (Table(MathF.Cos), Table(MathF.Sin));
        string later = m.Op("Greater", [m.Op("Unsqueeze", [m.Op("Range", [m.Number(0), total, m.Number(1)]), m.Numbers(0)]), m.Op("Unsqueeze", [range, m.Numbers(1)])]);
        string hidden = m.Op("Or", [later, m.Op("Not", [m.Op("Cast", [m.Op("Unsqueeze", ["attention_mask", m.Numbers(1, 2)])], ("to", 9))])]);
        string mask = m.Op("Where", [hidden, m.Op("Constant", [], ("value", OnnxTensor.FromDoubles(OnnxType.Float, [], [float.MinValue]))), m.Op("Constant", [], ("value", OnnxTensor.FromDoubles(OnnxType.Float, [], [0])))]);
        string h = m.Op("Gather", [m.Weights(1, TransformerModel.Words, Width), "input_ids"]);
        for (int layer = 0; layer < Layers; layer++)
        {
            string n = m.RmsNorm(h), q = Turned(m.Split(Plain(n, Width, Width))), k = Joined(m, $"{layer}.key", Turned(m.Split(Plain(n, Width, Width / 2), 2))), v = Joined(m, $"{layer}.value", m.Split(Plain(n, Width, Width / 2), 2));
            string scores = m.Op("Mul", [m.Op("MatMul", [q, m.Op("Transpose", [Shared(k)], ("perm", new[] { 0, 1, 3, 2 }))]), m.Scalar(1 / MathF.Sqrt(Size))]);
            if (cap) scores = m.Op("Mul", [m.Op("Tanh", [m.Op("Div", [scores, m.Scalar(5)])]), m.Scalar(5)]);
            h = m.Op("Add", [h, Plain(m.Join(m.Op("MatMul", [m.Op("Softmax", [m.Op("Add", [scores, mask])], ("axis", -1)), Shared(v)])), Width, Width)]);
            n = m.RmsNorm(h);
            string gate = Plain(n, Width, 64);
            h = m.Op("Add", [h, Plain(m.Op("Mul", [m.Op("Mul", [gate, m.Op("Sigmoid", [gate])]), Plain(n, Width, 64)]), 64, Width)]);
        }
        m.Bytes.Node("MatMul", [m.RmsNorm(h), m.Weights(0.2, Width, TransformerModel.Words)], ["logits"]).Output("logits");
        return m.Bytes.Model(18);

        // As many rows of the table as there are tokens, then those of the positions.
        string Table(Func<float, float> function)
        {
            string rows = m.Floats([.. Enumerable.Range(0, 64 * Size).Select(i => function(i / Size * MathF.Pow(10_000, -2f * (i % (Size / 2)) / Size)))], 1, 1, 64, Size);
            string cut = m.Op("Slice", [rows, m.Numbers(0), m.Op("Unsqueeze", [total, m.Numbers(0)]), m.Numbers(2)]);
            return m.Op("Unsqueeze", [m.Op("Gather", [m.Op("Squeeze", [cut, m.Numbers(0, 1)]), "position_ids"]), m.Numbers(1)]);
        }

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

    private static OnnxModel Learned()
    {
        TransformerModel m = Inputs(1, Heads, positions: true);
        string past = m.Dim("past.0.key", 2), total = m.Op("Add", [past, m.Dim("input_ids", 1)]), mask = m.Hidden("attention_mask");
        string h = m.Op("Add", [m.Op("Gather", [m.Weights(1, TransformerModel.Words, Width), "input_ids"]), m.Op("Gather", [m.Weights(0.3, 40, Width), "position_ids"])]);
        m.Bytes.Constant("causal", OnnxTensor.FromLongs(OnnxType.Bool, [1, 1, 40, 40], [.. Enumerable.Range(0, 1600).Select(i => i % 40 <= i / 40 ? 1L : 0)]));
        for (int layer = 0; layer < Layers; layer++)
        {
            string joined = m.Rows(m.LayerNorm(h), Width, 3 * Width);
            string[] parts = [$"{joined}q", $"{joined}k", $"{joined}v"];
            m.Bytes.Node("Split", [joined, m.Numbers(Width, Width, Width)], parts, ("axis", 2));
            string k = Joined(m, $"{layer}.key", m.Split(parts[1])), v = Joined(m, $"{layer}.value", m.Split(parts[2]));
            string scores = m.Op("Div", [m.Op("MatMul", [m.Split(parts[0]), m.Op("Transpose", [k], ("perm", new[] { 0, 1, 3, 2 }))]), m.Scalar(MathF.Sqrt(Size))]);
            string cut = m.Op("Slice", [m.Op("Slice", ["causal", past, total, m.Numbers(2)]), m.Numbers(0), total, m.Numbers(3)]);
            string shown = m.Op("Add", [m.Op("Where", [cut, scores, m.Op("Constant", [], ("value", OnnxTensor.FromDoubles(OnnxType.Float, [], [float.MinValue])))]), mask]);
            h = m.Op("Add", [h, m.Rows(m.Join(m.Op("MatMul", [m.Op("Softmax", [shown], ("axis", -1)), v])), Width, Width)]);
            h = m.Op("Add", [h, m.Rows(m.GeluTanh(m.Rows(m.LayerNorm(h), Width, 4 * Width)), 4 * Width, Width)]);
        }
        m.Bytes.Node("MatMul", [m.LayerNorm(h), m.Weights(0.2, Width, TransformerModel.Words)], ["logits"]).Output("logits");
        return m.Bytes.Model(18);
    }
}
