using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// Decides before anything is built: the quantisation of each value of floats, and which nodes join the product before
/// them. A value takes the steps of the QuantizeLinear that reads it; a value whose one reader only moves or clamps
/// elements, or adds what the product can carry, takes those of that reader's output; else calibration decides.
/// </summary>
internal sealed class LoweringPlan
{
    private readonly Dictionary<string, List<OnnxNode>> _readers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> _makers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs;
    private readonly LoweringTrace _trace;
    private readonly Dictionary<string, Quantisation?> _steps = new(StringComparer.Ordinal);

    public LoweringPlan(OnnxModel model, LoweringTrace trace)
    {
        _trace = trace;
        _outputs = [.. model.Outputs.Select(output => output.Name)];
        foreach (OnnxNode node in model.Nodes)
        {
            foreach (string output in node.Outputs) _makers[output] = node;
            foreach (string input in node.Inputs.Distinct())
            {
                if (!_readers.TryGetValue(input, out List<OnnxNode>? readers)) _readers[input] = readers = [];
                readers.Add(node);
            }
        }
        for (int i = model.Nodes.Count - 1; i >= 0; i--)
            foreach (string output in model.Nodes[i].Outputs) _ = Find(output);
    }

    public IEnumerable<OnnxNode> Readers(string name) => _readers.GetValueOrDefault(name) ?? [];

    public bool IsUsed(string name) => _outputs.Contains(name) || Readers(name).Any();

    /// <summary>The quantisation of a value of floats.</summary>
    public Quantisation Of(string name) => Find(name) ?? throw new OnnxRefusal(
        $"value '{name}' has no quantisation: no QuantizeLinear with one step reads it, and there are no calibration inputs");

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

    private OnnxNode? OnlyReader(string name) => !_outputs.Contains(name) && _readers.GetValueOrDefault(name) is [var only] ? only : null;

    private Quantisation? Find(string name)
    {
        if (_steps.TryGetValue(name, out Quantisation? known)) return known;
        Quantisation? found = null;
        foreach (OnnxNode reader in Readers(name))
        {
            if (reader.Operator != "QuantizeLinear" || reader.Inputs[0] != name || !_trace.Constants.TryGetValue(reader.Inputs[1], out OnnxTensor? scale) || scale.Count != 1) continue;
            OnnxTensor? zero = reader.Inputs.Length > 2 && reader.Inputs[2].Length > 0 ? _trace.Constants.GetValueOrDefault(reader.Inputs[2]) : null;
            OnnxType type = zero?.Type ?? _trace.Type(reader.Outputs[0]);
            found = Lowered.StepOf(type, scale.Scalar(), zero?.Longs()[0] ?? 0);
            break;
        }
        if (found is null && OnlyReader(name) is { } only && (PassesOn(only, name) || (_makers.TryGetValue(name, out OnnxNode? maker) && Joined(maker) == only))) found = _steps.GetValueOrDefault(only.Outputs[0]);
        // What is turned keeps its steps, and may grow by the root of two.
        if (found is null && OnlyReader(name) is { Operator: "RotaryEmbedding" } turn && _trace.Greatest(turn.Outputs[0]) is { } turned && _trace.Greatest(name) is { } own)
            found = Quantisation.Symmetric(Math.Max(turned, own));
        if (found is null && _trace.Greatest(name) is { } greatest) found = Quantisation.Symmetric(greatest, wide: _outputs.Contains(name) && !Readers(name).Any());
        return _steps[name] = found;
    }

    private static bool PassesOn(OnnxNode node, string name) => node.Domain.Length == 0 && node.Inputs[0] == name && node.Operator
        is "Relu" or "Clip" or "MaxPool" or "GlobalMaxPool" or "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Transpose" or "Identity" or "Dropout" or "Slice";
}
