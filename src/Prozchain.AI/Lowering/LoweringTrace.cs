using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// What the evaluator saw of a model: shapes of all values, ranges of the floats, and the values that no input's content
/// changes. Shapes come from one run, so a model whose shapes depend on contents is lowered for that run's.
/// </summary>
internal sealed class LoweringTrace
{
    private readonly Dictionary<string, (OnnxType Type, int[] Dims)> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _greatest = new(StringComparer.Ordinal);

    private LoweringTrace()
    {
    }

    /// <summary>Constants of the model, inputs made constant, and all that follows from them and from shapes.</summary>
    public Dictionary<string, OnnxTensor> Constants { get; } = new(StringComparer.Ordinal);

    public int[] Dims(string name) => Constants.TryGetValue(name, out OnnxTensor? constant) ? constant.Dims : _shapes[name].Dims;

    public OnnxType Type(string name) => Constants.TryGetValue(name, out OnnxTensor? constant) ? constant.Type : _shapes[name].Type;

    /// <summary>The range that calibration found, or null.</summary>
    public double? Greatest(string name) => _greatest.TryGetValue(name, out double value) ? value : null;

    public static LoweringTrace? TryMake(OnnxModel model, LoweringOptions options, CancellationToken cancellationToken, out string? error)
    {
        var trace = new LoweringTrace();
        foreach ((string name, OnnxTensor tensor) in model.Constants) trace.Constants[name] = tensor;
        foreach ((string name, OnnxTensor tensor) in options.Constants) trace.Constants[name] = tensor;
        IReadOnlyDictionary<string, OnnxTensor>[] runs = options.Calibration.Count > 0 ? [.. options.Calibration] : [Zeros(model, options)];
        error = null;
        for (int i = 0; i < runs.Length && error is null; i++)
        {
            var inputs = new Dictionary<string, OnnxTensor>(runs[i], StringComparer.Ordinal);
            foreach ((string name, OnnxTensor tensor) in options.Constants) inputs[name] = tensor;
            bool first = i == 0, calibrates = options.Calibration.Count > 0;
            foreach ((string name, OnnxTensor tensor) in inputs) trace.Observe(name, tensor, first, calibrates, options.Percentile);
            error = OnnxEvaluator.Run(model, inputs, (name, tensor) => trace.Observe(name, tensor, first, calibrates, options.Percentile), cancellationToken).Error;
        }
        if (error is not null) return null;
        trace.Fold(model);
        return trace;
    }

    private static Dictionary<string, OnnxTensor> Zeros(OnnxModel model, LoweringOptions options)
    {
        var inputs = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
        foreach (OnnxValue input in model.Inputs)
        {
            if (options.Constants.ContainsKey(input.Name)) continue;
            int[] shape = options.Shapes.TryGetValue(input.Name, out IReadOnlyList<int>? given) ? [.. given] : [.. (input.Dims ?? []).Select(dim => (int)Math.Min(dim ?? 1, int.MaxValue))];
            inputs[input.Name] = OnnxTensor.Zeros(input.Type, shape);
        }
        return inputs;
    }

    private void Observe(string name, OnnxTensor tensor, bool first, bool calibrates, double percentile)
    {
        if (first) _shapes[name] = (tensor.Type, tensor.Dims);
        if (!calibrates || !tensor.Type.IsFloat() || tensor.Count == 0) return;
        double[] absolute = Array.ConvertAll(tensor.Doubles(), Math.Abs);
        double greatest = absolute.Max();
        if (percentile < 1)
        {
            Array.Sort(absolute);
            greatest = absolute[Math.Clamp((int)Math.Ceiling(percentile * absolute.Length) - 1, 0, absolute.Length - 1)];
        }
        _greatest[name] = Math.Max(_greatest.GetValueOrDefault(name), greatest);
    }

    // A dequantised constant stays two: its integers are what the graph wants.
    private void Fold(OnnxModel model)
    {
        foreach (OnnxNode node in model.Nodes)
        {
            bool shapes = node.Operator is "Shape" or "Size" && node.Domain.Length == 0;
            if (node.Operator == "DequantizeLinear" || (!shapes && !node.Inputs.All(input => input.Length == 0 || Constants.ContainsKey(input)))) continue;
            OnnxTensor?[] inputs = [.. node.Inputs.Select(input => input.Length == 0 ? null
                : Constants.TryGetValue(input, out OnnxTensor? known) ? known : new OnnxTensor(OnnxType.Bool, Dims(input), new byte[OnnxShapes.Product(Dims(input))]))];
            if (OnnxOperators.All.TryRun(new OnnxCall(node, inputs, model.OperatorSet), out _) is not { } made) continue;
            for (int i = 0; i < node.Outputs.Length && i < made.Length; i++)
                if (node.Outputs[i].Length > 0) Constants[node.Outputs[i]] = made[i]!;
        }
    }
}
