using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// The angles of rotary positions where the graph works them out from an input of positions: each position's cosines are a row
/// of a table that the evaluator fills, one row for each position up to the greatest that calibration saw, or that a context has, and
/// the input its index.
/// </summary>
internal static class IndexRows
{
    private const int MaxRows = 1 << 16, MaxElements = 1 << 26, MaxNodes = 256, MaxRuns = 1 << 20;

    /// <summary>The lookup that makes what a Cos or Sin makes, or null where that is not rows by one integer input.</summary>
    public static OnnxNode? Of(OnnxNode node, OnnxModel model, LoweringTrace trace, IReadOnlyDictionary<string, OnnxNode> makers, Dictionary<string, OnnxTensor> constants, int capacity)
    {
        if (node is not { Operator: "Cos" or "Sin", Domain: "" } || trace.Constants.ContainsKey(node.Outputs[0])) return null;
        HashSet<OnnxNode> needed = [];
        HashSet<string> sources = new(StringComparer.Ordinal);
        if (!Collected() || sources.Count != 1 || sources.Single() is var source && (trace.Type(source).IsFloat() || trace.Type(source) == OnnxType.Bool)) return null;
        int[] shape = trace.Dims(source), dims = trace.Dims(node.Outputs[0]);
        int tokens = OnnxShapes.Product(shape), axis = Array.FindIndex(dims, dim => dim != 1);
        axis = tokens == 1 ? Math.Max(0, dims.Length - 2) : axis;
        if (axis < 0 || dims[axis] != tokens || trace.Numbers(source) is not { Min: >= 0, Max: < MaxRows } range) return null;
        int width = OnnxShapes.Product(dims.AsSpan(axis + 1)), rows = Math.Max((int)range.Max + 1, capacity);
        if ((long)rows * width > MaxElements || (long)rows / tokens * needed.Count > MaxRuns) return null;
        OnnxNode[] order = [.. needed.OrderBy(step => step.Index)];
        var table = new float[rows * width];
        for (int first = 0; first < rows; first += tokens)
        {
            if (Run(t => Math.Min(first + t, rows - 1)) is not { } values || values.Length != tokens * width) return null;
            // Each row is to follow from its own position alone.
            if (first == 0 && (Run(_ => 0) is not { } same || !Enumerable.Range(0, tokens).All(t => same.AsSpan(t * width, width).SequenceEqual(values.AsSpan(0, width))))) return null;
            values.AsSpan(0, Math.Min(tokens, rows - first) * width).CopyTo(table.AsSpan(first * width));
        }
        string name = $"{node.Outputs[0]}/rows";
        constants[name] = OnnxTensor.Of(table, rows, width);
        return new(node.Index, node.Name, "", "Gather", [name, source], [node.Outputs[0]], []);

        bool Collected()
        {
            var open = new Stack<OnnxNode>([node]);
            while (needed.Count <= MaxNodes && open.TryPop(out OnnxNode? from))
            {
                if (!needed.Add(from)) continue;
                foreach (string input in from.Inputs)
                {
                    if (input.Length == 0 || trace.Constants.ContainsKey(input)) continue;
                    if (makers.TryGetValue(input, out OnnxNode? maker)) open.Push(maker);
                    else sources.Add(input);
                }
            }
            return needed.Count <= MaxNodes;
        }

        float[]? Run(Func<int, long> position)
        {
            var values = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { [source] = OnnxTensor.FromLongs(trace.Type(source), shape, [.. Enumerable.Range(0, tokens).Select(position)]) };
            foreach (OnnxNode step in order)
            {
                OnnxTensor?[] inputs = [.. step.Inputs.Select(input => input.Length == 0 ? null : trace.Constants.TryGetValue(input, out OnnxTensor? constant) ? constant : values[input])];
                if (OnnxOperators.All.TryRun(new OnnxCall(step, inputs, model.OperatorSet), out _) is not { } made) return null;
                for (int i = 0; i < step.Outputs.Length; i++)
                    if (step.Outputs[i].Length > 0) values[step.Outputs[i]] = made[i]!;
            }
            return values[node.Outputs[0]].Floats();
        }
    }
}
