namespace Prozchain.AI.Onnx;

/// <summary>
/// Runs a model in plain C#, node by node, with floats: the reference that calibrates and checks a lowering. It is
/// written to be read, not to be fast, and gives no promise of equal bits between machines.
/// </summary>
public static class OnnxEvaluator
{
    // A few bytes of a model can ask for tensor after tensor; each is bounded, and so is what is held of them at once.
    private const long MaxHeldBytes = 4L << 30;

    /// <summary>Names of the operators that are offered, of the standard domain.</summary>
    public static IReadOnlyCollection<string> Operators => [.. OnnxOperators.All.Names];

    /// <summary>Runs a model. A model or an input that does not fit gives an error, not an exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">A tensor for each of the model's inputs, by name; optional ones may be absent.</param>
    /// <param name="cancellationToken">Ends the run between two nodes.</param>
    /// <exception cref="OperationCanceledException">The run was ended.</exception>
    public static OnnxRun Run(OnnxModel model, IReadOnlyDictionary<string, OnnxTensor> inputs, CancellationToken cancellationToken = default) =>
        Run(model, inputs, null, cancellationToken);

    /// <summary>The observer sees every value that a node makes, once.</summary>
    internal static OnnxRun Run(
        OnnxModel model, IReadOnlyDictionary<string, OnnxTensor> inputs, Action<string, OnnxTensor>? observe, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputs);
        var values = new Dictionary<string, OnnxTensor>(model.Constants, StringComparer.Ordinal);
        foreach ((string name, OnnxTensor tensor) in inputs) values[name] = tensor;
        Dictionary<string, int> lastUse = LastUses(model);
        var made = new Dictionary<string, long>(StringComparer.Ordinal);
        var budget = new OnnxBudget(cancellationToken);
        long held = 0;
        foreach (OnnxNode node in model.Nodes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = new OnnxTensor?[node.Inputs.Length];
            for (int i = 0; i < read.Length; i++)
            {
                if (node.Inputs[i].Length > 0 && !values.TryGetValue(node.Inputs[i], out read[i])) return new(null, $"{node}: input '{node.Inputs[i]}' was not given");
            }
            OnnxTensor?[]? results = OnnxOperators.All.TryRun(new OnnxCall(node, read, model.OperatorSet, budget), out string? reason);
            if (results is null) return new(null, $"{node}: {reason}");
            for (int i = 0; i < node.Outputs.Length && i < results.Length; i++)
            {
                if (node.Outputs[i].Length == 0) continue;
                values[node.Outputs[i]] = results[i]!;
                held += made[node.Outputs[i]] = results[i]!.Data.Length;
                observe?.Invoke(node.Outputs[i], results[i]!);
            }
            foreach (string input in node.Inputs)
                if (lastUse.GetValueOrDefault(input, -1) == node.Index && values.Remove(input)) held -= made.GetValueOrDefault(input);
            if (held > MaxHeldBytes) return new(null, $"{node}: the values of the run are above {MaxHeldBytes} bytes");
        }
        var outputs = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
        foreach (OnnxValue output in model.Outputs)
        {
            if (!values.TryGetValue(output.Name, out OnnxTensor? tensor)) return new(null, $"output '{output.Name}' was not made");
            outputs[output.Name] = tensor;
        }
        return new(outputs, null);
    }

    private static Dictionary<string, int> LastUses(OnnxModel model)
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (OnnxNode node in model.Nodes)
            foreach (string input in node.Inputs) last[input] = node.Index;
        foreach (OnnxValue output in model.Outputs) last.Remove(output.Name);
        return last;
    }
}
