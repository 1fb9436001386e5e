using Prozchain.AI.Engine;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// Lowers an ONNX model to the integer graph that the engine runs: quantised models exactly up to the engine's one rounding,
/// models of floats by calibration. The rule: docs/adr/0047-onnx-lowering.md.
/// </summary>
public static class OnnxLowering
{
    /// <summary>Names of the operators that are lowered, of the standard domain; others only where all their inputs are constant.</summary>
    public static IReadOnlyCollection<string> Operators => [.. LoweringOperators.Names];

    /// <summary>Lowers a model for one request. A model that cannot be lowered gives an error that names the node, not an exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Calibration inputs, constants, shapes; none if null.</param>
    /// <param name="cancellationToken">Ends the work between two nodes.</param>
    /// <exception cref="ArgumentException">The percentile is not above 0 and at most 1.</exception>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public static LoweringResult Lower(OnnxModel model, LoweringOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new LoweringOptions();
        if (!(options.Percentile is > 0 and <= 1)) throw new ArgumentException($"Expected a percentile above 0 and at most 1, got {options.Percentile}.", nameof(options));
        LoweringRun? run = null;
        try
        {
            string? error = null;
            model = RuntimeOperators.Expand(model);
            if (RequestSplit.Applies(model, options))
            {
                if (RequestSplit.Of(model, options, cancellationToken, out error) is { } one) (model, options) = one;
                else if (options.Batched) return new(null, error, []);
            }
            LoweringTrace? trace = LoweringTrace.TryMake(model, options, cancellationToken, out error);
            if (trace is null) return new(null, error, []);
            HashSet<string> positions = new(StringComparer.Ordinal);
            if (options.ContextCapacity > 0 && options.Calibration.Count > 0)
            {
                (OnnxModel decoder, LoweringOptions own) = ContextRewrite.Of(model, trace, options, positions, cancellationToken);
                if (decoder != model) trace = LoweringTrace.TryMake(decoder, own, cancellationToken, out error);
                (model, options) = (decoder, own);
            }
            if (trace is null) return new(null, error, []);
            (OnnxModel source, bool isNew) = LoweringRewrite.Of(model, trace, options);
            if (isNew) trace = LoweringTrace.TryMake(source, options, cancellationToken, out error);
            if (trace is null) return new(null, error, []);
            if (source.Nodes.FirstOrDefault(node => !LoweringOperators.Has(node) && !node.Outputs.All(output => output.Length == 0 || trace.Constants.ContainsKey(output))) is { } unknown)
                return new(null, $"{unknown}: {LoweringOperators.Refusal(unknown)}", []);
            run = new LoweringRun(source, options, trace, positions);
            IntegerGraph graph = run.Finish(cancellationToken);
            var layers = new LayerTally(run);
            IReadOnlyList<OutputAccuracy> accuracy = AccuracyCheck.Compare(model, options, graph, run.State, layers, cancellationToken);
            return new(graph, null, accuracy) { Layers = layers.Result() };
        }
        catch (OnnxRefusal refusal)
        {
            return new(null, Name(run) + refusal.Message, []);
        }
        // The builder's refusals and shapes of the model that its nodes do not keep to: both are the model's fault.
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException or OverflowException or KeyNotFoundException or DivideByZeroException)
        {
            return new(null, Name(run) + e.Message, []);
        }
    }

    private static string Name(LoweringRun? run) => run?.Node is { } node ? $"{node}: " : "";
}
