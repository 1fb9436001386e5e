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
    private readonly HashSet<string> _varying = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _greatest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _least = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _unmasked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Min, long Max)> _numbers = new(StringComparer.Ordinal);

    /// <summary>What is at or below this before a softmax hides its place: models write -10,000, the least of a type, or -∞.</summary>
    public const double Mask = -10_000;

    private LoweringTrace()
    {
    }

    /// <summary>Constants of the model, inputs made constant, and all that follows from them and from shapes.</summary>
    public Dictionary<string, OnnxTensor> Constants { get; } = new(StringComparer.Ordinal);

    public int[] Dims(string name) => Constants.TryGetValue(name, out OnnxTensor? constant) ? constant.Dims : _shapes[name].Dims;

    public bool IsKnown(string name) => _shapes.ContainsKey(name);

    public int Count(string name) => OnnxShapes.Product(Dims(name));

    public OnnxType Type(string name) => Constants.TryGetValue(name, out OnnxTensor? constant) ? constant.Type : _shapes[name].Type;

    /// <summary>Whether calibration inputs gave a value more than one shape.</summary>
    public bool Varies(string name) => _varying.Contains(name);

    /// <summary>The range that calibration found, or null.</summary>
    public double? Greatest(string name) => _greatest.TryGetValue(name, out double value) ? value : null;

    /// <summary>Whether calibration found an element at or below <see cref="Mask"/>.</summary>
    public bool HasMask(string name) => _unmasked.ContainsKey(name) || (Constants.TryGetValue(name, out OnnxTensor? constant) && constant.Type.IsFloat() && Array.Exists(constant.Doubles(), v => v <= Mask));

    /// <summary>As <see cref="Greatest"/>, without elements that mask.</summary>
    public double Unmasked(string name) => _unmasked.TryGetValue(name, out double value) || _greatest.TryGetValue(name, out value) ? value : 0;

    /// <summary>The least absolute value that calibration found, or null.</summary>
    public double? Least(string name) => _least.TryGetValue(name, out double value) ? value : null;

    /// <summary>Least and greatest of the integers that calibration found, or null.</summary>
    public (long Min, long Max)? Numbers(string name) => _numbers.TryGetValue(name, out (long, long) value) ? value : null;

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
        if (options.ContextCapacity == 0 && model.Inputs.FirstOrDefault(input => trace.Varies(input.Name)) is { } varying)
        {
            error = $"input '{varying.Name}' has more than one shape in the calibration inputs: a graph has one, and a past of growing length becomes its state with a ContextCapacity";
            return null;
        }
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
        else if (!_shapes.TryGetValue(name, out var seen) || !seen.Dims.AsSpan().SequenceEqual(tensor.Dims)) _varying.Add(name);
        if (!calibrates || tensor.Count == 0) return;
        if (!tensor.Type.IsFloat())
        {
            long[] numbers = tensor.Longs();
            (long min, long max) = _numbers.TryGetValue(name, out (long Min, long Max) range) ? range : (numbers[0], numbers[0]);
            _numbers[name] = (Math.Min(min, numbers.Min()), Math.Max(max, numbers.Max()));
            return;
        }
        double[] values = tensor.Doubles(), absolute = Array.ConvertAll(values, Math.Abs);
        if (_unmasked.ContainsKey(name) || Array.Exists(values, v => v <= Mask))
            _unmasked[name] = values.Aggregate(_unmasked.TryGetValue(name, out double before) ? before : _greatest.GetValueOrDefault(name), (most, v) => v > Mask && double.IsFinite(v) ? Math.Max(most, Math.Abs(v)) : most);
        double greatest = absolute.Max();
        _least[name] = Math.Min(_least.GetValueOrDefault(name, double.PositiveInfinity), absolute.Min());
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
            bool shapes = node.Operator is "Shape" or "Size" && node.Domain.Length == 0 && !Varies(node.Inputs[0]);
            if (node.Operator == "DequantizeLinear" || (!shapes && !node.Inputs.All(input => input.Length == 0 || Constants.ContainsKey(input)))) continue;
            OnnxTensor?[] inputs = [.. node.Inputs.Select(input => input.Length == 0 ? null
                : Constants.TryGetValue(input, out OnnxTensor? known) ? known : new OnnxTensor(OnnxType.Bool, Dims(input), new byte[OnnxShapes.Product(Dims(input))]))];
            if (OnnxOperators.All.TryRun(new OnnxCall(node, inputs, model.OperatorSet), out _) is not { } made) continue;
            for (int i = 0; i < node.Outputs.Length && i < made.Length; i++)
                if (node.Outputs[i].Length > 0) Constants[node.Outputs[i]] = made[i]!;
        }
    }
}
