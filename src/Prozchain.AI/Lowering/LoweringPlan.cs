using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// Decides before anything is built: the quantisation of each value of floats, and which nodes join the product before
/// them. A value takes the steps of the QuantizeLinear that reads it; a value whose one reader only moves or clamps
/// elements, or adds what the product can carry, takes those of that reader's output; else calibration decides, in 16 bits
/// what sums, normalisations and softmax read (docs/adr/0047-onnx-lowering.md).
/// </summary>
internal sealed class LoweringPlan
{
    private readonly Dictionary<string, List<OnnxNode>> _readers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> _makers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs;
    private readonly LoweringTrace _trace;
    private readonly LoweringFunctions _functions;
    private readonly Dictionary<string, Quantisation?> _steps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _wide = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _masks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _scores = new(StringComparer.Ordinal);

    public LoweringPlan(OnnxModel model, LoweringTrace trace, LoweringFunctions functions)
    {
        (_trace, _functions) = (trace, functions);
        _outputs = [.. model.Outputs.Select(output => output.Name)];
        foreach (OnnxNode node in model.Nodes)
        {
            foreach (string output in node.Named) _makers[output] = node;
            foreach (string input in node.Inputs.Distinct())
            {
                if (input.Length == 0) continue;
                if (!_readers.TryGetValue(input, out List<OnnxNode>? readers)) _readers[input] = readers = [];
                readers.Add(node);
            }
        }
        // What follows from makers goes forwards, what follows from readers backwards: a chain of any length is no recursion.
        foreach (OnnxNode node in model.Nodes)
            foreach (string output in node.Named) _ = IsMask(output);
        for (int i = model.Nodes.Count - 1; i >= 0; i--)
            foreach (string output in model.Nodes[i].Named) _ = (Wide(output), Scores(output), Find(output));
    }

    /// <summary>Whether a node makes of that input the same elements in another place or order.</summary>
    public static bool Moves(OnnxNode node, string input) => node.Domain.Length == 0 && node.Inputs[0] == input
        && node.Operator is "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Transpose" or "Identity" or "Dropout" or "Slice" or "Split" or "Expand" or "Tile" or "Gather" or "Cast";

    public IEnumerable<OnnxNode> Readers(string name) => _readers.GetValueOrDefault(name) ?? [];

    public OnnxNode? Maker(string name) => _makers.GetValueOrDefault(name);

    public bool IsUsed(string name) => _outputs.Contains(name) || Readers(name).Any();

    /// <summary>The quantisation of a value of floats.</summary>
    public Quantisation Of(string name) => Find(name) ?? throw new OnnxRefusal(
        $"value '{name}' has no quantisation: no QuantizeLinear with one step reads it, and there are no calibration inputs");

    /// <summary>The quantisation that a QuantizeLinear gives a value, or null.</summary>
    public Quantisation? Given(string name)
    {
        foreach (OnnxNode reader in Readers(name))
        {
            if (reader.Operator != "QuantizeLinear" || reader.Inputs[0] != name || !_trace.Constants.TryGetValue(reader.Inputs[1], out OnnxTensor? scale) || scale.Count != 1) continue;
            OnnxTensor? zero = reader.Inputs.Length > 2 && reader.Inputs[2].Length > 0 ? _trace.Constants.GetValueOrDefault(reader.Inputs[2]) : null;
            return Lowered.StepOf(zero?.Type ?? _trace.Type(reader.Outputs[0]), scale.Scalar(), zero?.Longs()[0] ?? 0);
        }
        return null;
    }

    /// <summary>The node that alone reads a product's result and can be carried by its bias or weights, or null.</summary>
    public OnnxNode? Joined(OnnxNode product)
    {
        if (OnlyReader(product.Outputs[0]) is not { Domain: "" } reader) return null;
        int[] dims = _trace.Dims(product.Outputs[0]);
        if (product.Operator == "Conv")
            return reader.Operator == "BatchNormalization" && reader.Inputs.Skip(1).All(_trace.Constants.ContainsKey) && product.Inputs.Skip(1).All(input => input.Length == 0 || _trace.Constants.ContainsKey(input)) ? reader : null;
        if (product.Operator != "MatMul" || reader.Operator != "Add" || dims.Length == 0 || !_trace.Constants.ContainsKey(product.Inputs[1])) return null;
        string other = reader.Inputs[0] == product.Outputs[0] ? reader.Inputs[1] : reader.Inputs[0];
        return _trace.Constants.TryGetValue(other, out OnnxTensor? bias) && bias.Count == dims[^1] && bias.Rank > 0 && bias.Dims[^1] == dims[^1] ? reader : null;
    }

    /// <summary>Whether a value holds elements that hide places of a softmax, or could for other inputs than those of the calibration.</summary>
    public bool IsMask(string name)
    {
        if (_masks.TryGetValue(name, out bool known)) return known;
        _masks[name] = false;
        if (_trace.HasMask(name)) return _masks[name] = true;
        if (_trace.Constants.ContainsKey(name) || !_makers.TryGetValue(name, out OnnxNode? maker) || maker.Domain.Length > 0 || !(maker.Operator is "Add" or "Sub" or "Mul" or "Where" || Moves(maker, maker.Inputs.FirstOrDefault() ?? ""))) return false;
        return _masks[name] = maker.Inputs.Any(input => input.Length > 0 && (_trace.Constants.TryGetValue(input, out OnnxTensor? constant)
            ? constant.Type.IsFloat() && Array.Exists(constant.Doubles(), v => Math.Abs(v) >= -LoweringTrace.Mask) : IsMask(input)));
    }

    private OnnxNode? OnlyReader(string name) => !_outputs.Contains(name) && _readers.GetValueOrDefault(name) is [var only] ? only : null;

    private Quantisation? Find(string name)
    {
        if (_steps.TryGetValue(name, out Quantisation? known)) return known;
        Quantisation? found = Given(name);
        if (found is null && OnlyReader(name) is { } only && (PassesOn(only, name) || (_makers.TryGetValue(name, out OnnxNode? maker) && Joined(maker) == only))) found = _steps.GetValueOrDefault(only.Outputs[0]);
        // What is turned keeps its steps, and may grow by the root of two.
        if (found is null && OnlyReader(name) is { Operator: "RotaryEmbedding" } turn && _trace.Greatest(turn.Outputs[0]) is { } turned && _trace.Greatest(name) is { } own)
            found = Quantisation.Symmetric(Math.Max(turned, own));
        found ??= Probabilities(name);
        // A place that is masked stands so far below all others that a softmax gives it nothing.
        if (found is null && IsMask(name) && Scores(name) is > 0 and var scores) found = Quantisation.Symmetric(_trace.Unmasked(name) + 24 + (2 * scores), wide: true);
        if (found is null && _trace.Greatest(name) is { } greatest) found = Quantisation.Symmetric(greatest, wide: (_outputs.Contains(name) && !Readers(name).Any()) || Wide(name));
        return _steps[name] = found;
    }

    // Probabilities that weigh a value: as many steps as the sums of the product allow.
    private Quantisation? Probabilities(string name)
    {
        if (!_makers.TryGetValue(name, out OnnxNode? maker) || maker is not { Operator: "Softmax", Domain: "" } || _trace.Greatest(name) is null) return null;
        string read = name;
        while (OnlyReader(read) is { Operator: "Identity" or "Dropout" or "Cast" } passes) read = passes.Outputs[0];
        if (OnlyReader(read) is not { Operator: "MatMul", Domain: "" } product || product.Inputs[0] != read || _trace.Constants.ContainsKey(product.Inputs[1])) return null;
        int one = Math.Min(short.MaxValue, GraphLimits.MaxAccumulator / (sbyte.MaxValue + 1) / _trace.Dims(read)[^1]);
        return one <= sbyte.MaxValue ? null : new Quantisation((float)(1.0 / one), 0, 0, one, ElementType.I16);
    }

    // Sums, normalisations and softmax take 16 bits at no cost: what only they make worse for being rounded stays that wide.
    private bool Wide(string name)
    {
        if (_wide.TryGetValue(name, out bool known)) return known;
        bool term = _makers.TryGetValue(name, out OnnxNode? maker) && maker is { Operator: "Mul" or "Div", Domain: "" } && !_functions.Has(name);
        return _wide[name] = Readers(name).Any(reader => reader.Domain.Length == 0 && reader.Operator switch
        {
            "LayerNormalization" or "RMSNormalization" or "Softmax" => reader.Inputs[0] == name,
            "Add" or "Sub" or "Sum" => (term && !_functions.Has(reader.Outputs[0])) || Leads(reader),
            "Where" or "Concat" => Leads(reader),
            "Split" => true,
            "Mul" or "Div" => LoweringFunctions.Scales(reader, _trace, out _, out _) ? Leads(reader) : IsTable(name),
            _ => Moves(reader, name) && Leads(reader),
        });

        bool Leads(OnnxNode reader) => !_functions.Has(reader.Outputs[0]) && !_trace.Constants.ContainsKey(reader.Outputs[0]) && _trace.Type(reader.Outputs[0]).IsFloat() && Wide(reader.Outputs[0]);
    }

    // Rows of a constant, as the angles of rotary positions are: a product of 8 and 16 bits is exact.
    private bool IsTable(string name)
    {
        for (int moves = 0; moves < 16 && _makers.TryGetValue(name, out OnnxNode? maker) && maker.Domain.Length == 0; moves++)
        {
            if (maker.Operator == "Gather") return _trace.Constants.ContainsKey(maker.Inputs[0]);
            if (maker.Operator is not ("Reshape" or "Squeeze" or "Unsqueeze" or "Cast" or "Identity")) return false;
            name = maker.Inputs[0];
        }
        return false;
    }

    // The greatest score of the softmaxes that a value reaches by sums and moves, 0 where it reaches none or something else.
    private double Scores(string name)
    {
        if (_scores.TryGetValue(name, out double known)) return known;
        _scores[name] = 0;
        double greatest = 0;
        foreach (OnnxNode reader in Readers(name))
        {
            if (reader is { Operator: "Softmax", Domain: "" }) greatest = Math.Max(greatest, Math.Max(_trace.Unmasked(name), 1e-6));
            else if (reader.Domain.Length == 0 && (reader.Operator is "Add" or "Sub" or "Sum" or "Where" or "Mul" or "Div" or "Concat" or "Equal" or "Max" or "Min" || Moves(reader, name)))
                greatest = Math.Max(greatest, Scores(reader.Outputs[0]));
        }
        return _scores[name] = greatest;
    }

    private static bool PassesOn(OnnxNode node, string name) => node.Domain.Length == 0 && node.Inputs[0] == name && node.Operator
        is "Relu" or "Clip" or "MaxPool" or "GlobalMaxPool" or "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Transpose" or "Identity" or "Dropout" or "Slice";
}
