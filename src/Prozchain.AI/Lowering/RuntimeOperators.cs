using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// Operators that ONNX Runtime adds to the standard ones when it quantises or fuses a model, put in standard operators: those of
/// quantised operands as DequantizeLinear, the operator, QuantizeLinear, which is what they are defined as.
/// </summary>
internal sealed class RuntimeOperators
{
    private const string Domain = "com.microsoft";
    private static readonly Dictionary<string, Func<RuntimeOperators, bool>> s_rules = new(StringComparer.Ordinal)
    {
        ["QLinearAdd"] = made => made.Quantised("Add", 6, [(0, 1, 2), (3, 4, 5)]),
        ["QLinearMul"] = made => made.Quantised("Mul", 6, [(0, 1, 2), (3, 4, 5)]),
        ["QLinearSigmoid"] = made => made.Quantised("Sigmoid", 3, [(0, 1, 2)]),
        ["QLinearLeakyRelu"] = made => made.Quantised("LeakyRelu", 3, [(0, 1, 2)]),
        ["QLinearSoftmax"] = made => made.Quantised("Softmax", 3, [(0, 1, 2)]),
        ["QLinearAveragePool"] = made => made.Quantised("AveragePool", 3, [(0, 1, 2)]),
        ["QLinearGlobalAveragePool"] = made => made.Quantised("GlobalAveragePool", 3, [(0, 1, 2)]),
        ["QLinearConcat"] = made => made.Quantised("Concat", 0, [.. Enumerable.Range(0, (made._node.Inputs.Length - 2) / 3).Select(i => (2 + (3 * i), 3 + (3 * i), 4 + (3 * i)))]),
        ["QuantizeLinear"] = made => made.Standard("QuantizeLinear"),
        ["DequantizeLinear"] = made => made.Standard("DequantizeLinear"),
        ["Gelu"] = made => made.Activation("none"),
        ["BiasGelu"] = made => made.Activation("none"),
        ["FastGelu"] = made => made.Activation("tanh"),
        ["QuickGelu"] = made => made.Set("Swish", made._node.Inputs, made.Own(("alpha", 1.702f))),
        ["SimplifiedLayerNormalization"] = made => made.Set("RMSNormalization", made._node.Inputs, made._node.Attributes),
        ["SkipLayerNormalization"] = made => made.Skip("LayerNormalization", 3, 4),
        ["SkipSimplifiedLayerNormalization"] = made => made.Skip("RMSNormalization", -1, 3),
        ["MatMulIntegerToFloat"] = made => made.Scaled(),
        ["DynamicQuantizeMatMul"] = made => made.Dynamic(),
        ["MatMulNBits"] = made => made.Blocks(),
        ["MultiHeadAttention"] = RuntimeAttention.MultiHead,
        ["GroupQueryAttention"] = RuntimeAttention.Grouped,
        ["Attention"] = RuntimeAttention.Packed,
        ["RotaryEmbedding"] = RuntimeAttention.Rotary,
        ["FusedMatMul"] = RuntimeAttention.Product,
    };

    private readonly List<OnnxNode> _nodes = [];
    private readonly Dictionary<string, OnnxTensor> _added = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> _makers = new(StringComparer.Ordinal);
    private readonly OnnxModel _model;
    private OnnxNode _node = null!;

    private RuntimeOperators(OnnxModel model) => _model = model;

    public OnnxNode Node => _node;

    /// <summary>The model without them, as far as they are known here; the others are refused by their names later.</summary>
    public static OnnxModel Expand(OnnxModel model)
    {
        if (!model.Nodes.Any(IsKnown)) return model;
        var made = new RuntimeOperators(model);
        foreach (OnnxNode node in model.Nodes)
            foreach (string output in node.Named) made._makers[output] = node;
        foreach (OnnxNode node in model.Nodes)
        {
            made._node = node;
            int before = made._nodes.Count;
            if (IsKnown(node) && s_rules[node.Operator](made)) continue;
            made._nodes.RemoveRange(before, made._nodes.Count - before);
            made._nodes.Add(node);
        }
        return model.With([.. made._nodes.Select((node, i) => node with { Index = i })], made._added);
    }

    // Exporters write the one of the mean square into the standard domain too.
    private static bool IsKnown(OnnxNode node) => s_rules.ContainsKey(node.Operator) && node.Outputs.Length > 0 && (node.Domain == Domain || (node.Domain.Length == 0 && node.Operator == "SimplifiedLayerNormalization"));

    private bool Quantised(string type, int steps, (int Value, int Scale, int Zero)[] operands)
    {
        if (_node.Attributes.TryGetValue("channels_last", out OnnxAttribute? last) && last.Int != 0) return false;
        string[] real = [.. operands.Select(operand => Add("DequantizeLinear", [Input(operand.Value), Input(operand.Scale), Input(operand.Zero)]))];
        Dictionary<string, OnnxAttribute> attributes = _node.Attributes.Where(pair => pair.Key is not ("channels_last" or "opset")).ToDictionary(StringComparer.Ordinal);
        return Set("QuantizeLinear", [Add(type, real, attributes), Input(steps), Input(steps + 1)], []);
    }

    private bool Standard(string type) => Set(type, _node.Inputs, _node.Attributes);

    private bool Activation(string approximate)
    {
        string x = Input(1).Length > 0 ? Add("Add", [Input(0), Input(1)]) : Input(0);
        var attribute = new OnnxAttribute { Name = "approximate", Text = approximate };
        return Set("Gelu", [x], new(StringComparer.Ordinal) { ["approximate"] = attribute });
    }

    private bool Skip(string type, int beta, int bias)
    {
        if (Enumerable.Range(1, 2).Any(i => Output(i).Length > 0)) return false;
        string sum = Add("Add", [Input(0), Input(1)]);
        if (Input(bias).Length > 0) sum = Add("Add", [sum, Input(bias)]);
        if (Output(3).Length > 0) _nodes.Add(new(_node.Index, _node.Name, "", "Identity", [sum], [Output(3)], []));
        string[] inputs = beta >= 0 && Input(beta).Length > 0 ? [sum, Input(2), Input(beta)] : [sum, Input(2)];
        return Set(type, inputs, Own(("epsilon", _node.Attributes.TryGetValue("epsilon", out OnnxAttribute? own) ? own.Float : 1e-12f)));
    }

    private bool Scaled()
    {
        string sum = Add("Cast", [Add("MatMulInteger", [Input(0), Input(1), Input(4), Input(5)])], new(StringComparer.Ordinal) { ["to"] = new OnnxAttribute { Name = "to", Int = (long)OnnxType.Float } });
        return Biased("Mul", [sum, Add("Mul", [Input(2), Input(3)])], Input(6));
    }

    private bool Dynamic()
    {
        var axis = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal) { ["axis"] = new OnnxAttribute { Name = "axis", Int = -1 } };
        return Biased("MatMul", [Input(0), Add("DequantizeLinear", Input(3).Length > 0 ? [Input(1), Input(2), Input(3)] : [Input(1), Input(2)], axis)], Input(4));
    }

    // Weights of 4 or 8 bits in blocks of a row, each block with a scale and a zero point.
    private bool Blocks()
    {
        long columns = Number("N", 0), rows = Number("K", 0), block = Number("block_size", 0), bits = Number("bits", 4);
        if (!_model.Constants.TryGetValue(Input(1), out OnnxTensor? packed) || !_model.Constants.TryGetValue(Input(2), out OnnxTensor? scales) || bits is not (4 or 8) || Input(4).Length > 0 || packed.Type != OnnxType.UInt8) return false;
        if (block is < 16 or > 1 << 20 || columns is < 1 or > OnnxLimits.MaxElements || rows is < 1 or > OnnxLimits.MaxElements || columns * rows > OnnxLimits.MaxElements) return false;
        long blocks = (rows + block - 1) / block, perByte = 8 / bits, blobs = block / perByte, zeroBytes = (blocks + perByte - 1) / perByte;
        double[] steps = scales.Doubles();
        if (packed.Count != columns * blocks * blobs || steps.Length != columns * blocks) return false;
        OnnxTensor? zeros = null;
        if (Input(3).Length > 0 && (!_model.Constants.TryGetValue(Input(3), out zeros) || zeros.Type != OnnxType.UInt8 || zeros.Count != columns * zeroBytes)) return false;
        var real = new float[rows * columns];
        for (long n = 0; n < columns; n++)
            for (long k = 0; k < rows; k++)
            {
                long at = (n * blocks) + (k / block), zero = zeros is null ? 1L << ((int)bits - 1) : Part(zeros.Data[(n * zeroBytes) + (k / block / perByte)], k / block % perByte);
                real[(k * columns) + n] = (float)((Part(packed.Data[(at * blobs) + (k % block / perByte)], k % block % perByte) - zero) * steps[at]);
            }
        string name = $"{_node.Outputs[0]}/weights";
        _added[name] = OnnxTensor.Of(real, (int)rows, (int)columns);
        return Biased("MatMul", [Input(0), name], Input(5));

        long Part(byte value, long index) => bits == 8 ? value : (value >> (4 * (int)index)) & 15;
    }

    private bool Biased(string type, string[] inputs, string bias) => bias.Length == 0 ? Set(type, inputs, []) : Set("Add", [Add(type, inputs), bias], []);

    public string Input(int index) => index < _node.Inputs.Length ? _node.Inputs[index] : "";

    public string Output(int index) => index < _node.Outputs.Length ? _node.Outputs[index] : "";

    /// <summary>An input that is a constant of the model, or null.</summary>
    public OnnxTensor? Known(int index) => _model.Constants.GetValueOrDefault(Input(index));

    /// <summary>Dimensions of a value that is an input of the model, or a cast or copy of one; -1 of others.</summary>
    public int Rank(string name)
    {
        for (int step = 0; step < 8 && _makers.TryGetValue(name, out OnnxNode? maker) && maker.Operator is "Cast" or "Identity"; step++) name = maker.Inputs[0];
        return _model.Inputs.FirstOrDefault(input => input.Name == name)?.Dims?.Count ?? -1;
    }

    public float Real(string name, float otherwise) => _node.Attributes.TryGetValue(name, out OnnxAttribute? attribute) ? attribute.Float : otherwise;

    public long[] Numbers(string name) => _node.Attributes.TryGetValue(name, out OnnxAttribute? attribute) ? [.. attribute.Ints] : [];

    /// <summary>Attributes of numbers.</summary>
    public static Dictionary<string, OnnxAttribute> Numbers(params ReadOnlySpan<(string Name, long Value)> numbers)
    {
        var made = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal);
        foreach ((string name, long value) in numbers) made[name] = new OnnxAttribute { Name = name, Int = value };
        return made;
    }

    public void RefuseInputs(params ReadOnlySpan<int> indices)
    {
        foreach (int index in indices)
            if (Input(index).Length > 0) throw new OnnxRefusal($"{_node}: input {index} is not offered");
    }

    public void RefuseOutputs(int from)
    {
        for (int i = from; i < _node.Outputs.Length; i++)
            if (Output(i).Length > 0) throw new OnnxRefusal($"{_node}: output {i} is not offered");
    }

    public void RefuseAttributes(params ReadOnlySpan<(string Name, long Usual)> attributes)
    {
        foreach ((string name, long usual) in attributes)
            if (Number(name, usual) != usual) throw new OnnxRefusal($"{_node}: attribute '{name}' of {Number(name, usual)} is not offered, expected {usual}");
    }

    public string Constant(OnnxTensor tensor)
    {
        string name = $"{_node.Outputs[0]}/runtime{_added.Count}c";
        _added[name] = tensor;
        return name;
    }

    /// <summary>The value with axes of 1 at these places.</summary>
    public string Unsqueezed(string name, params long[] axes)
    {
        var attribute = new OnnxAttribute { Name = "axes" };
        attribute.Ints.AddRange(axes);
        return _model.OperatorSet < 13 ? Add("Unsqueeze", [name], new(StringComparer.Ordinal) { ["axes"] = attribute }) : Add("Unsqueeze", [name, Constant(OnnxTensor.Indices(axes))]);
    }

    /// <summary>Parts of the last axis.</summary>
    public string[] Split(string name, long[] widths)
    {
        string[] parts = [.. widths.Select((_, i) => $"{_node.Outputs[0]}/runtime{_nodes.Count}s{i}")];
        Dictionary<string, OnnxAttribute> attributes = Numbers(("axis", -1));
        if (_model.OperatorSet < 13)
        {
            attributes["split"] = new OnnxAttribute { Name = "split" };
            attributes["split"].Ints.AddRange(widths);
        }
        _nodes.Add(new(_node.Index, _node.Name, "", "Split", _model.OperatorSet < 13 ? [name] : [name, Constant(OnnxTensor.Indices(widths))], parts, attributes));
        return parts;
    }

    public long Number(string name, long otherwise) => _node.Attributes.TryGetValue(name, out OnnxAttribute? attribute) ? attribute.Int : otherwise;

    private Dictionary<string, OnnxAttribute> Own((string Name, float Value) number) =>
        new(StringComparer.Ordinal) { [number.Name] = _node.Attributes.GetValueOrDefault(number.Name) ?? new OnnxAttribute { Name = number.Name, Float = number.Value } };

    public string Add(string type, string[] inputs, Dictionary<string, OnnxAttribute>? attributes = null)
    {
        string name = $"{_node.Outputs[0]}/runtime{_nodes.Count}";
        _nodes.Add(new(_node.Index, _node.Name, "", type, inputs, [name], attributes ?? []));
        return name;
    }

    /// <summary>The node that makes the result, and more of the node's outputs.</summary>
    public bool Set(string type, string[] inputs, Dictionary<string, OnnxAttribute> attributes, params string[] more)
    {
        _nodes.Add(new(_node.Index, _node.Name, "", type, inputs, [_node.Outputs[0], .. more], attributes));
        return true;
    }
}
