using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// A model whose first dimension is a batch, as the model of one member of it: each member is a request, and the engine runs
/// as many together as it is made for. That it is a batch is not taken on trust: the members one by one must give what
/// the batch gives.
/// </summary>
internal static class RequestSplit
{
    // A check of what the dimension means, not of accuracy: models that choose steps by the batch differ a little.
    private const double Tolerance = 0.01;

    private const int MaxMembers = 1 << 12;

    /// <summary>Whether a model is to be taken so: it was asked for, or all inputs leave their first dimension open and calibration has more than one there.</summary>
    public static bool Applies(OnnxModel model, LoweringOptions options) => options.Batched
        || (options.Calibration.Count > 0 && Given(model, options).Any() && Given(model, options).All(input => input.Dims is [null, ..] && !options.Shapes.ContainsKey(input.Name))
            && options.Calibration.Any(set => Members(Given(model, options).Select(input => set.GetValueOrDefault(input.Name)?.Dims ?? [])) > 1));

    /// <summary>The model and the options for one member; null with an error when the first dimension is no batch.</summary>
    public static (OnnxModel Model, LoweringOptions Options)? Of(OnnxModel model, LoweringOptions options, CancellationToken cancellationToken, out string? error)
    {
        OnnxValue[] inputs = [.. Given(model, options)];
        error = null;
        List<IReadOnlyDictionary<string, OnnxTensor>> sets = [.. options.Calibration], members = [];
        if (sets.Count == 0) sets.Add(Pattern(inputs, options));
        int[] counts = [.. sets.Select(set => Members(inputs.Select(input => set.GetValueOrDefault(input.Name)?.Dims ?? [])))];
        if (Array.Exists(counts, count => count < 1))
        {
            error = "the inputs have no first dimension in common that could be a batch";
            return null;
        }
        if (counts.Max() > MaxMembers)
        {
            error = $"a batch of {counts.Max()} members is above {MaxMembers}";
            return null;
        }
        OnnxModel one = Single(model, counts);
        for (int i = 0; i < sets.Count; i++)
        {
            Dictionary<string, OnnxTensor>[] parts = [.. Enumerable.Range(0, counts[i]).Select(member => inputs.ToDictionary(input => input.Name, input => Member(sets[i][input.Name], member, counts[i])))];
            members.AddRange(parts);
            if (counts[i] > 1 && error is null) error = Differs(model, sets[i], one, parts, options, cancellationToken);
        }
        if (error is not null) return null;
        var shapes = inputs.Where(input => input.Dims is { Count: > 0 } || options.Shapes.ContainsKey(input.Name)).ToDictionary(input => input.Name, input => (IReadOnlyList<int>)Shape(input, options, 1), StringComparer.Ordinal);
        return (one, options with { Calibration = options.Calibration.Count == 0 ? [] : members, Shapes = shapes, Batched = false });
    }

    private static IEnumerable<OnnxValue> Given(OnnxModel model, LoweringOptions options) => model.Inputs.Where(input => !options.Constants.ContainsKey(input.Name));

    private static int Members(IEnumerable<int[]> shapes)
    {
        int[] first = [.. shapes.Select(shape => shape.Length == 0 ? 0 : shape[0]).Distinct()];
        return first is [var only] ? only : 0;
    }

    private static OnnxTensor Member(OnnxTensor tensor, int member, int count)
    {
        int bytes = tensor.Data.Length / count;
        return OnnxTensor.Of(tensor.Type, tensor.Data.AsSpan(member * bytes, bytes), [1, .. tensor.Dims[1..]]);
    }

    // Exporters of a fixed batch write it into shapes: there it becomes 1.
    private static OnnxModel Single(OnnxModel model, int[] counts)
    {
        var added = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
        Dictionary<string, OnnxTensor> known = new(model.Constants, StringComparer.Ordinal);
        List<OnnxNode> nodes = [];
        foreach (OnnxNode node in model.Nodes)
        {
            if (node is { Operator: "Constant", Domain: "" } && node.Attributes.TryGetValue("value", out OnnxAttribute? value) && value.Tensor is { } tensor) known[node.Outputs[0]] = tensor;
            bool shaped = node.Domain.Length == 0 && node.Operator is "Reshape" or "Expand" && node.Inputs.Length > 1;
            if (!shaped || !known.TryGetValue(node.Inputs[1], out OnnxTensor? shape) || shape.Type != OnnxType.Int64 || shape.Longs() is not [var first, ..] || first < 2 || !counts.Contains((int)first)) nodes.Add(node);
            else
            {
                string name = $"{node.Inputs[1]}/one";
                added[name] = OnnxTensor.Indices([1, .. shape.Longs().Skip(1)]);
                nodes.Add(node with { Inputs = [node.Inputs[0], name] });
            }
        }
        return added.Count == 0 ? model : model.With(nodes, added);
    }

    private static string? Differs(OnnxModel model, IReadOnlyDictionary<string, OnnxTensor> batch, OnnxModel one, Dictionary<string, OnnxTensor>[] members, LoweringOptions options, CancellationToken cancellationToken)
    {
        OnnxRun all = OnnxEvaluator.Run(model, With(batch), cancellationToken);
        if (all.Outputs is null) return all.Error;
        OnnxRun[] each = [.. members.Select(member => OnnxEvaluator.Run(one, With(member), cancellationToken))];
        if (Array.Find(each, run => run.Outputs is null) is { } failed) return $"the first dimension is no batch: for one member {failed.Error}";
        foreach ((string name, OnnxTensor together) in all.Outputs)
        {
            double[] expected = together.Doubles(), got = [.. each.SelectMany(run => run.Outputs![name].Doubles())];
            bool shaped = together.Rank > 0 && together.Dims[0] == members.Length && got.Length == expected.Length;
            double square = expected.Sum(v => v * v), error = shaped ? expected.Zip(got).Sum(pair => pair.First == pair.Second ? 0 : (pair.First - pair.Second) * (pair.First - pair.Second)) : double.PositiveInfinity;
            if (!(error <= Tolerance * Tolerance * square)) return $"the first dimension is no batch: output '{name}' of {members.Length} members together is not what they give one by one";
        }
        return null;

        Dictionary<string, OnnxTensor> With(IReadOnlyDictionary<string, OnnxTensor> inputs) => inputs.Concat(options.Constants).ToDictionary(StringComparer.Ordinal);
    }

    private static Dictionary<string, OnnxTensor> Pattern(OnnxValue[] inputs, LoweringOptions options) => inputs.ToDictionary(input => input.Name, input =>
    {
        int[] shape = Shape(input, options, null);
        OnnxTensor zeros = OnnxTensor.Zeros(input.Type, shape);
        return input.Type.IsFloat() ? OnnxTensor.FromDoubles(input.Type, shape, [.. Enumerable.Range(0, zeros.Count).Select(i => ((i * 7919L % 251) - 125) / 50.0)])
            : OnnxTensor.FromLongs(input.Type, shape, [.. Enumerable.Range(0, zeros.Count).Select(i => i * 7919L % 2)]);
    });

    private static int[] Shape(OnnxValue input, LoweringOptions options, int? members)
    {
        int[] shape = options.Shapes.TryGetValue(input.Name, out IReadOnlyList<int>? given) ? [.. given] : [.. (input.Dims ?? []).Select(dim => (int)Math.Min(dim ?? 1, int.MaxValue))];
        if (shape.Length > 0 && members is { } count) shape[0] = count;
        return shape;
    }
}
