using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// A decoder as exporters write it, whose past keys and values are inputs and whose present ones are outputs, with Attention in
/// the place of its parts: the Concat of past and new keys, scores, masks, softmax, sums. What then follows from the length of
/// the past alone is the positions of the step's tokens, an input that the engine makes. Nothing of it is taken on trust:
/// the model must give what it gave before, on all calibration inputs.
/// </summary>
internal sealed class ContextRewrite
{
    private const double Tolerance = 0.001;
    private const int MaxSteps = 32;

    private readonly Dictionary<string, OnnxNode> _makers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inputs;
    private readonly OnnxModel _model;
    private readonly LoweringTrace _trace;
    private readonly LoweringOptions _options;
    private readonly HashSet<OnnxNode> _gone = [];
    private readonly Dictionary<OnnxNode, OnnxNode> _made = [];
    private readonly List<string> _pasts = [];

    private ContextRewrite(OnnxModel model, LoweringTrace trace, LoweringOptions options)
    {
        (_model, _trace, _options) = (model, trace, options);
        _inputs = [.. model.Inputs.Select(input => input.Name)];
        foreach (OnnxNode node in model.Nodes)
            foreach (string output in node.Named) _makers[output] = node;
    }

    /// <summary>The model and options to lower, and the inputs that are the positions of a step; the model itself where it has no past.</summary>
    public static (OnnxModel Model, LoweringOptions Options) Of(OnnxModel model, LoweringTrace trace, LoweringOptions options, HashSet<string> positions, CancellationToken cancellationToken)
    {
        var rewrite = new ContextRewrite(model, trace, options);
        foreach (OnnxNode node in model.Nodes)
        {
            if (node is { Operator: "Attention", Domain: "" } && node.Inputs.Length > 5 && node.Inputs[4].Length > 0) rewrite.Known(node);
            else if (node is { Operator: "MatMul", Domain: "" }) rewrite.Match(node);
        }
        if (rewrite._pasts.Count == 0)
        {
            rewrite.Refuse(model);
            return (model, options);
        }
        OnnxNode[] nodes = [.. model.Nodes.Where(node => !rewrite._gone.Contains(node)).Select(node => rewrite._made.GetValueOrDefault(node, node))];
        OnnxModel made = model.With(LoweringRewrite.Live(nodes, model), new Dictionary<string, OnnxTensor>());
        (made, options) = rewrite.Positions(made, positions, cancellationToken);
        rewrite.Check(made, options, cancellationToken);
        rewrite.Refuse(made);
        return (made, options);
    }

    // softmax(scores) · values, where keys and values have a past before them.
    private void Match(OnnxNode product)
    {
        string weights = Plain(product.Inputs[0]);
        if (Maker(weights, "Where") is { } guard && guard.Inputs.Length == 3) weights = Plain(guard.Inputs[2]);
        if (Maker(weights, "Softmax") is not { } softmax || Joined(product.Inputs[1], out _) is not { } values) return;
        if (Scores(softmax.Inputs[0], 1, []) is not { } scores) return;
        var attributes = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal)
        {
            ["is_causal"] = new() { Name = "is_causal", Int = 1 },
            ["scale"] = new() { Name = "scale", Float = (float)scores.Scale },
        };
        (OnnxNode keys, string query) = (scores.Keys, scores.Query);
        _made[product] = new(product.Index, product.Name, "", "Attention", [query, keys.Inputs[1], values.Inputs[1], "", keys.Inputs[0], values.Inputs[0]], [product.Outputs[0], keys.Outputs[0], values.Outputs[0]], attributes);
        _gone.UnionWith([keys, values]);
        _pasts.AddRange([keys.Inputs[0], values.Inputs[0]]);
    }

    // One token sees all that is before it, whether the node says that it is causal or not.
    private void Known(OnnxNode node)
    {
        _pasts.AddRange(node.Inputs[4..6]);
        if (_trace.Dims(node.Inputs[1]) is not ([_, 1, _] or [_, _, 1, _])) return;
        var attributes = new Dictionary<string, OnnxAttribute>(node.Attributes, StringComparer.Ordinal) { ["is_causal"] = new() { Name = "is_causal", Int = 1 } };
        _made[node] = node with { Attributes = attributes };
    }

    // What grows with the context is its past and nothing else.
    private void Refuse(OnnxModel model)
    {
        foreach (OnnxValue input in model.Inputs.Where(input => _trace.IsKnown(input.Name) && _trace.Varies(input.Name) && !_pasts.Contains(input.Name)))
            if (model.Nodes.FirstOrDefault(node => node.Inputs.Contains(input.Name)) is { } reader)
                throw new OnnxRefusal($"input '{input.Name}', read by {reader}: its shape changes with the context, and it is not the past of an attention that is known");
    }

    // By scalings, masks and choices back to the product of queries with keys.
    private (OnnxNode Keys, string Query, double Scale)? Scores(string name, double scale, HashSet<string> seen)
    {
        if (seen.Count > MaxSteps || !seen.Add(name) || !_makers.TryGetValue(Plain(name), out OnnxNode? node) || node.Domain.Length > 0) return null;
        switch (node.Operator)
        {
            case "MatMul":
                return Joined(node.Inputs[1], out double factor) is { } keys ? (keys, node.Inputs[0], scale * factor) : null;
            case "Mul" or "Div":
                return Scaled(node) is { } scaled ? Scores(scaled.Name, scale * scaled.Factor, seen) : null;
            case "Add" or "Max" when node.Inputs.Length == 2:
                return Scores(node.Inputs[0], scale, seen) ?? Scores(node.Inputs[1], scale, seen);
            case "Where":
                return Scores(node.Inputs[1], scale, seen) ?? Scores(node.Inputs[2], scale, seen);
            default:
                return null;
        }
    }

    // By moves, repeats and scalings back to the Concat of an input with what is new.
    private OnnxNode? Joined(string name, out double factor)
    {
        factor = 1;
        for (int step = 0; step < MaxSteps && _makers.TryGetValue(name, out OnnxNode? node) && node.Domain.Length == 0; step++)
        {
            if (node.Operator == "Concat") return node.Inputs.Length == 2 && _inputs.Contains(node.Inputs[0]) && !_gone.Contains(node) && _model.Outputs.Any(output => output.Name == node.Outputs[0]) ? node : null;
            if (Scaled(node) is { } scaled) (name, factor) = (scaled.Name, factor * scaled.Factor);
            else if (node.Operator is "Transpose" or "Reshape" or "Expand" or "Unsqueeze" or "Squeeze" or "Tile" or "Identity" or "Cast" or "Dropout") name = node.Inputs[0];
            else return null;
        }
        return null;
    }

    private (string Name, double Factor)? Scaled(OnnxNode node)
    {
        if (node.Operator is not ("Mul" or "Div") || node.Inputs.Length != 2) return null;
        if (Constant(node.Inputs[1]) is { } behind) return (node.Inputs[0], node.Operator == "Mul" ? behind : 1 / behind);
        return node.Operator == "Mul" && Constant(node.Inputs[0]) is { } before ? (node.Inputs[1], before) : null;
    }

    private double? Constant(string name) => _trace.Constants.TryGetValue(name, out OnnxTensor? constant) && constant.Count == 1 ? constant.Scalar() : null;

    private OnnxNode? Maker(string name, string type) => _makers.TryGetValue(name, out OnnxNode? node) && node.Domain.Length == 0 && node.Operator == type ? node : null;

    private string Plain(string name)
    {
        for (int step = 0; step < MaxSteps && _makers.TryGetValue(name, out OnnxNode? node) && node is { Operator: "Cast" or "Identity" or "Dropout", Domain: "" }; step++) name = node.Inputs[0];
        return name;
    }

    // Integers that shapes alone make, other ones at each length of the past, are to be the positions of the step's tokens.
    private (OnnxModel Model, LoweringOptions Options) Positions(OnnxModel model, HashSet<string> positions, CancellationToken cancellationToken)
    {
        HashSet<string> shaped = Shaped(model);
        // As many rows of a table as the context is long are looked up by positions: so is the whole table.
        OnnxNode[] whole = [.. model.Nodes.Select(node => node is { Operator: "Slice", Domain: "", Inputs.Length: > 2 } && _trace.Constants.ContainsKey(node.Inputs[0]) && shaped.Contains(node.Inputs[2])
            && _trace.Constants.TryGetValue(node.Inputs[1], out OnnxTensor? starts) && starts.Longs().All(start => start == 0) ? node with { Operator = "Identity", Inputs = [node.Inputs[0]] } : node)];
        model = model.With(LoweringRewrite.Live(whole, model), new Dictionary<string, OnnxTensor>());
        shaped = Shaped(model);
        // Those that are read by what depends on more than shapes.
        HashSet<string> wanted = [.. model.Nodes.Where(node => !node.Outputs.Any(shaped.Contains)).SelectMany(node => node.Inputs).Where(shaped.Contains)];
        // The first on each way that is all of the positions already: what follows from positions may follow from an input.
        List<Dictionary<string, OnnxTensor>> runs = [];
        foreach (IReadOnlyDictionary<string, OnnxTensor> set in _options.Calibration)
        {
            var seen = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
            if (wanted.Count == 0 || OnnxEvaluator.Run(_model, With(set), (name, tensor) => { if (shaped.Contains(name)) seen[name] = tensor; }, cancellationToken).Error is not null) break;
            runs.Add(seen);
        }
        if (wanted.Count == 0 || runs.Count == 0) return (model, _options);
        positions.UnionWith(shaped.Where(name => IsPositions(name, runs)));
        if (positions.Count == 0) return (model, _options);
        OnnxModel made = model.With([.. model.Nodes.Where(node => !positions.Contains(node.Outputs[0]))], new Dictionary<string, OnnxTensor>());
        List<OnnxNode> live = LoweringRewrite.Live([.. made.Nodes], made);
        positions.IntersectWith(live.SelectMany(node => node.Inputs));
        List<OnnxValue> added = [.. positions.Order(StringComparer.Ordinal).Select(name => new OnnxValue(name, OnnxType.Int64, null))];
        var sets = _options.Calibration.Select((set, i) => (IReadOnlyDictionary<string, OnnxTensor>)set.Concat(positions.Select(name => KeyValuePair.Create(name, runs[i][name]))).ToDictionary(StringComparer.Ordinal));
        return (made.With(live, new Dictionary<string, OnnxTensor>(), added), _options with { Calibration = [.. sets] });
    }

    private HashSet<string> Shaped(OnnxModel model)
    {
        HashSet<string> shaped = new(StringComparer.Ordinal);
        foreach (OnnxNode node in model.Nodes)
        {
            bool shape = node is { Operator: "Shape" or "Size", Domain: "" } && _trace.Varies(node.Inputs[0]);
            bool follows = node.Inputs.Any(shaped.Contains) && node.Inputs.All(input => input.Length == 0 || shaped.Contains(input) || _trace.Constants.ContainsKey(input));
            if (shape || follows) shaped.UnionWith(node.Named);
        }
        return shaped;
    }

    private bool IsPositions(string name, List<Dictionary<string, OnnxTensor>> runs)
    {
        for (int i = 0; i < runs.Count; i++)
        {
            if (!runs[i].TryGetValue(name, out OnnxTensor? value) || value.Type != OnnxType.Int64 || value.Count == 0 || value.Dims.Length is < 1 or > 2) return false;
            int past = _options.Calibration[i][_pasts[0]].Dims is [_, _, var length, _] ? length : -1;
            long[] numbers = value.Longs();
            if (value.Count != runs[0][name].Count || Enumerable.Range(0, numbers.Length).Any(t => numbers[t] != past + t)) return false;
        }
        return true;
    }

    private void Check(OnnxModel made, LoweringOptions options, CancellationToken cancellationToken)
    {
        for (int i = 0; i < _options.Calibration.Count; i++)
        {
            OnnxRun expected = OnnxEvaluator.Run(_model, With(_options.Calibration[i]), cancellationToken), got = OnnxEvaluator.Run(made, With(options.Calibration[i]), cancellationToken);
            if (expected.Outputs is null || got.Outputs is null) throw new OnnxRefusal($"as a graph with a context: {got.Error ?? expected.Error}");
            foreach ((string name, OnnxTensor tensor) in expected.Outputs)
            {
                double[] a = tensor.Doubles(), b = got.Outputs[name].Doubles();
                double square = a.Sum(v => v * v), error = a.Length == b.Length ? a.Zip(b).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)) : double.PositiveInfinity;
                if (!(error <= Tolerance * Tolerance * square)) throw new OnnxRefusal($"output '{name}' changes where Attention over the whole context, causal, stands for its parts, as a mask that hides more, or a cap, makes it");
            }
        }
    }

    private Dictionary<string, OnnxTensor> With(IReadOnlyDictionary<string, OnnxTensor> inputs) => inputs.Concat(_options.Constants).ToDictionary(StringComparer.Ordinal);
}
