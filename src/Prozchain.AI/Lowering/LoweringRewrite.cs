using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// Puts one operator where exporters write several: normalisations of rows, products of dynamically quantised factors, rows of
/// angles, Attention with a mask or a cap by its parts. Values keep their names; what nothing needs any more is left out.
/// </summary>
internal sealed class LoweringRewrite
{
    private readonly Dictionary<string, OnnxNode> _makers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _plain = new(StringComparer.Ordinal);
    private readonly LoweringTrace _trace;
    private readonly OnnxModel _model;
    private readonly Dictionary<string, OnnxTensor> _added = new(StringComparer.Ordinal);

    private LoweringRewrite(OnnxModel model, LoweringTrace trace)
    {
        (_model, _trace) = (model, trace);
        foreach (OnnxNode node in model.Nodes)
        {
            foreach (string output in node.Named) _makers[output] = node;
            // A cast to integers cuts: it is no copy.
            if (node.Outputs is not [{ Length: > 0 }, ..]) continue;
            bool copies = node is { Operator: "Identity", Domain: "" } || (node is { Operator: "Cast", Domain: "" } && trace.Type(node.Outputs[0]).IsFloat());
            if (copies && !trace.Constants.ContainsKey(node.Outputs[0])) _plain[node.Outputs[0]] = Plain(node.Inputs[0]);
        }
    }

    /// <summary>The model to lower, and whether it has values that the trace has not seen.</summary>
    public static (OnnxModel Model, bool IsNew) Of(OnnxModel model, LoweringTrace trace, LoweringOptions options)
    {
        var rewrite = new LoweringRewrite(model, trace);
        List<OnnxNode> nodes = [];
        bool isNew = false;
        foreach (OnnxNode node in model.Nodes)
        {
            OnnxNode[]? parts = node is { Operator: "Attention", Domain: "" } && options.ContextCapacity == 0 ? AttentionParts.Of(node, model, trace, rewrite._added) : StandardParts.Of(node, model, trace, rewrite._added);
            isNew |= parts is not null;
            nodes.AddRange(parts ?? [rewrite.Norm(node) ?? rewrite.Dynamic(node) ?? rewrite.Guard(node) ?? rewrite.Like(node) ?? IndexRows.Of(node, model, trace, rewrite._makers, rewrite._added, options.ContextCapacity) ?? node]);
        }
        foreach ((string name, OnnxTensor tensor) in rewrite._added) trace.Constants[name] = tensor;
        List<OnnxNode> live = Live(nodes, model);
        // Parts of one node are nodes of their own to who runs them.
        if (isNew) live = [.. live.Select((node, i) => node with { Index = i })];
        return (model.With(live, rewrite._added), isNew);
    }

    /// <summary>The nodes that an output needs.</summary>
    public static List<OnnxNode> Live(IReadOnlyList<OnnxNode> nodes, OnnxModel model)
    {
        HashSet<string> needed = [.. model.Outputs.Select(output => output.Name)];
        List<OnnxNode> live = [];
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            if (!Array.Exists(nodes[i].Outputs, needed.Contains)) continue;
            needed.UnionWith(nodes[i].Inputs.Where(input => input.Length > 0));
            live.Add(nodes[i]);
        }
        live.Reverse();
        return live;
    }

    // (x - mean) / √(variance + ε) or x / √(mean square + ε), then γ and β where they are constant rows.
    private OnnxNode? Norm(OnnxNode node)
    {
        (string name, OnnxTensor? beta) = Row(node.Outputs[0], "Add");
        (name, OnnxTensor? gamma) = Row(name, "Mul");
        if (Quotient(name) is not { } quotient) return null;
        int[] dims = _trace.Dims(quotient.X);
        int length = OnnxShapes.Product(dims.AsSpan(quotient.Axis));
        // A normalisation by the mean square has no β of its own.
        if ((gamma is not null && gamma.Count != length && gamma.Count != 1) || (beta is not null && (!quotient.Centred || (beta.Count != length && beta.Count != 1)))) return null;
        double factor = quotient.Factor;
        double[] factors = gamma is null ? [factor] : Array.ConvertAll(gamma.Doubles(), g => g * factor);
        string gammaName = $"{node.Outputs[0]}/gamma", betaName = $"{node.Outputs[0]}/beta";
        _added[gammaName] = OnnxTensor.FromDoubles(OnnxType.Float, [length], factors.Length == 1 ? [.. Enumerable.Repeat(factors[0], length)] : factors);
        if (beta is not null) _added[betaName] = OnnxTensor.FromDoubles(OnnxType.Float, [length], beta.Count == 1 ? [.. Enumerable.Repeat(beta.Scalar(), length)] : beta.Doubles());
        string[] inputs = beta is null ? [quotient.X, gammaName] : [quotient.X, gammaName, betaName];
        return Made(node, quotient.Centred ? "LayerNormalization" : "RMSNormalization", inputs, ("axis", quotient.Axis, 0), ("epsilon", 0, (float)quotient.Epsilon));
    }

    // The value that a constant row, the same for all that is before the normalised axes, is multiplied with or added to.
    private (string Name, OnnxTensor? Row) Row(string name, string type)
    {
        if (!_makers.TryGetValue(name, out OnnxNode? node) || node.Operator != type || node.Domain.Length > 0) return (name, null);
        for (int i = 0; i < 2; i++)
        {
            if (!_trace.Constants.TryGetValue(node.Inputs[i], out OnnxTensor? row) || _trace.Constants.ContainsKey(node.Inputs[1 - i]) || !row.Type.IsFloat()) continue;
            int[] dims = _trace.Dims(node.Inputs[1 - i]);
            int at = row.Rank;
            while (at > 0 && row.Rank - at < dims.Length && row.Dims[at - 1] == dims[^(row.Rank - at + 1)]) at--;
            return row.Dims.Take(at).All(dim => dim == 1) && row.Rank <= dims.Length ? (Plain(node.Inputs[1 - i]), row) : (name, null);
        }
        return (name, null);
    }

    private (string X, int Axis, double Epsilon, double Factor, bool Centred)? Quotient(string name)
    {
        if (!_makers.TryGetValue(name, out OnnxNode? node) || node.Domain.Length > 0 || node.Operator is not ("Div" or "Mul")) return null;
        for (int i = node.Operator == "Div" ? 1 : 0; i < 2; i++)
        {
            string x = Plain(node.Inputs[1 - i]);
            string? root = node.Operator == "Div" ? Plain(node.Inputs[i]) : Inverse(Plain(node.Inputs[i]));
            if (root is null || _trace.Constants.ContainsKey(x)) continue;
            if (node.Operator == "Div" && Length(x, root) is { } length) return length;
            if (Root(root, node.Operator == "Div" ? 0.5 : -0.5) is not { } square) continue;
            if (Mean(square.Name) is not { } mean || Square(mean.Name) is not { } squared) continue;
            string? centre = Centre(squared, mean.Axis);
            if (centre is not null && centre == Centre(x, mean.Axis)) return (centre, mean.Axis, square.Epsilon, 1, true);
            if (squared == x) return (x, mean.Axis, square.Epsilon, 1, false);
        }
        return null;
    }

    // x / ‖x‖ is x by its mean square with 1/√n for γ.
    private (string X, int Axis, double Epsilon, double Factor, bool Centred)? Length(string x, string root)
    {
        for (int guards = 0; guards < 4 && _makers.TryGetValue(root, out OnnxNode? passes) && passes.Operator is "Clip" or "Expand" or "Max"; guards++) root = Plain(passes.Inputs[0]);
        if (!_makers.TryGetValue(root, out OnnxNode? node) || node is not { Operator: "ReduceL2", Domain: "" } || Plain(node.Inputs[0]) != x || Axis(node, 18) is not { } axis) return null;
        int[] dims = _trace.Dims(x);
        return (x, axis, 1e-12, 1 / Math.Sqrt(OnnxShapes.Product(dims.AsSpan(axis))), false);
    }

    private string? Inverse(string name)
    {
        if (!_makers.TryGetValue(name, out OnnxNode? node) || node.Domain.Length > 0) return null;
        return node.Operator == "Reciprocal" ? Plain(node.Inputs[0])
            : node.Operator == "Div" && Scalar(node.Inputs[0]) == 1 ? Plain(node.Inputs[1])
            : node.Operator == "Pow" && Scalar(node.Inputs[1]) == -0.5 ? name : null;
    }

    // A square root; a power of -1/2 is its inverse already.
    private (string Name, double Epsilon)? Root(string name, double power)
    {
        if (!_makers.TryGetValue(name, out OnnxNode? node) || node.Domain.Length > 0) return null;
        bool root = node.Operator == "Sqrt" || (node.Operator == "Pow" && Scalar(node.Inputs[1]) is { } exponent && (exponent == 0.5 || exponent == power));
        if (!root) return null;
        string inside = Plain(node.Inputs[0]);
        if (!_makers.TryGetValue(inside, out OnnxNode? sum) || sum is not { Operator: "Add", Domain: "" }) return (inside, 1e-12);
        return Scalar(sum.Inputs[1]) is { } behind ? (Plain(sum.Inputs[0]), behind) : Scalar(sum.Inputs[0]) is { } before ? (Plain(sum.Inputs[1]), before) : null;
    }

    private (string Name, int Axis)? Mean(string name) =>
        _makers.TryGetValue(name, out OnnxNode? node) && node is { Operator: "ReduceMean", Domain: "" } && Axis(node, 18) is { } axis ? (Plain(node.Inputs[0]), axis) : null;

    private string? Square(string name)
    {
        if (!_makers.TryGetValue(name, out OnnxNode? node) || node.Domain.Length > 0) return null;
        bool square = node.Operator == "Pow" ? Scalar(node.Inputs[1]) == 2 : node.Operator == "Mul" && Plain(node.Inputs[0]) == Plain(node.Inputs[1]);
        return square ? Plain(node.Inputs[0]) : null;
    }

    // What a value is less its own mean, or null.
    private string? Centre(string name, int axis)
    {
        if (!_makers.TryGetValue(name, out OnnxNode? node) || node is not { Operator: "Sub", Domain: "" }) return null;
        string x = Plain(node.Inputs[0]);
        return Mean(Plain(node.Inputs[1])) is { } mean && mean.Name == x && mean.Axis == axis ? x : null;
    }

    // The first of the axes, which are the last ones and stay as 1.
    private int? Axis(OnnxNode node, int asInput)
    {
        var call = new OnnxCall(node, [.. node.Inputs.Select(input => _trace.Constants.GetValueOrDefault(input))], _model.OperatorSet);
        int rank = _trace.Dims(node.Inputs[0]).Length;
        int[] axes = [.. (call.IntsOrInput("axes", 1, asInput) ?? []).Select(axis => (int)(axis < 0 ? axis + rank : axis)).Order()];
        bool last = axes.Length > 0 && call.Int("keepdims", 1) != 0 && axes.Select((axis, i) => axis == rank - axes.Length + i).All(fits => fits);
        return last ? axes[0] : null;
    }

    // DynamicQuantizeLinear, MatMulInteger, Cast and the product with both scales are a product of what was quantised.
    private OnnxNode? Dynamic(OnnxNode node)
    {
        if (node is not { Operator: "Mul", Domain: "" }) return null;
        List<string> factors = [.. node.Inputs];
        // The scales may be multiplied with each other first, or one after the other.
        for (int i = 0; i < factors.Count && factors.Count < 4; i++)
            while (factors.Count < 4 && _makers.TryGetValue(factors[i], out OnnxNode? inner) && inner is { Operator: "Mul", Domain: "" })
            {
                factors[i] = inner.Inputs[0];
                factors.Add(inner.Inputs[1]);
            }
        int at = factors.FindIndex(factor => _makers.TryGetValue(Plain(factor), out OnnxNode? maker) && maker is { Operator: "MatMulInteger" or "ConvInteger", Domain: "" });
        if (at < 0 || factors.Count != 3) return null;
        OnnxNode product = _makers[Plain(factors[at])];
        factors.RemoveAt(at);
        if (Source(product, 0, factors) is not { } first || Source(product, 1, factors) is not { } second) return null;
        bool matrix = product.Operator == "MatMulInteger";
        OnnxNode made = Made(node, matrix ? "MatMul" : "Conv", [first, second]);
        return matrix ? made : made with { Attributes = product.Attributes };
    }

    // A factor of a product of integers as floats: what was quantised on the way, or constant weights with their scale.
    private string? Source(OnnxNode product, int index, List<string> scales)
    {
        string zero = product.Inputs.Length > 2 + index ? product.Inputs[2 + index] : "", name = product.Inputs[index];
        if (_makers.TryGetValue(name, out OnnxNode? maker) && maker is { Operator: "DynamicQuantizeLinear", Domain: "" })
            return maker.Outputs[0] == name && maker.Outputs[2] == zero && scales.Contains(maker.Outputs[1]) ? maker.Inputs[0] : null;
        if (!_trace.Constants.TryGetValue(name, out OnnxTensor? weights) || scales.Find(_trace.Constants.ContainsKey) is not { } scale) return null;
        long[] zeros = zero.Length == 0 ? [0] : _trace.Constants.TryGetValue(zero, out OnnxTensor? given) ? given.Longs() : [];
        double[] steps = _trace.Constants[scale].Doubles();
        int axis = product.Operator == "ConvInteger" ? 0 : weights.Rank - 1, channels = weights.Dims[axis], inner = OnnxShapes.Product(weights.Dims.AsSpan(axis + 1));
        if ((zeros.Length != 1 && zeros.Length != channels) || (steps.Length != 1 && steps.Length != channels)) return null;
        string made = $"{product.Outputs[0]}/weights";
        _added[made] = OnnxTensor.FromDoubles(OnnxType.Float, weights.Dims,
            [.. weights.Longs().Select((n, i) => (n - zeros[i / inner % channels % zeros.Length]) * steps[i / inner % channels % steps.Length])]);
        return made;
    }

    // A softmax that is guarded against NaN never has one here.
    private OnnxNode? Guard(OnnxNode node) => node is { Operator: "Where", Domain: "" } && _makers.TryGetValue(node.Inputs[0], out OnnxNode? test)
        && test is { Operator: "IsNaN", Domain: "" } && test.Inputs[0] == node.Inputs[2] ? Made(node, "Identity", [node.Inputs[2]]) : null;

    // The type that another value has is known.
    private OnnxNode? Like(OnnxNode node) => node is { Operator: "CastLike", Domain: "" } && !_trace.Constants.ContainsKey(node.Outputs[0])
        ? Made(node, "Cast", [node.Inputs[0]], ("to", (long)_trace.Type(node.Outputs[0]), 0)) : null;

    // The name of a value without the casts to floats and the copies before it.
    private string Plain(string name) => _plain.GetValueOrDefault(name, name);

    private double? Scalar(string name) => _trace.Constants.TryGetValue(name, out OnnxTensor? constant) && constant.Count == 1 ? constant.Scalar() : null;

    private static OnnxNode Made(OnnxNode node, string type, string[] inputs, params ReadOnlySpan<(string Name, long Int, float Float)> attributes)
    {
        var own = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal);
        foreach ((string name, long number, float real) in attributes) own[name] = new OnnxAttribute { Name = name, Int = number, Float = real };
        return new(node.Index, node.Name, "", type, inputs, [node.Outputs[0]], own);
    }
}
