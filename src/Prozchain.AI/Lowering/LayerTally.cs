using System.Runtime.InteropServices;
using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Compares the values of floats inside a graph with those of its source, run by run.</summary>
internal sealed class LayerTally
{
    private readonly Dictionary<IntegerValue, List<string>> _names = [];
    private readonly Dictionary<string, (double Errors, double Squares)> _sums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxTensor> _expected = new(StringComparer.Ordinal);
    private readonly LoweringRun _run;

    public LayerTally(LoweringRun run)
    {
        _run = run;
        foreach ((string name, Lowered lowered) in run.Values)
        {
            // What joins the product before it stands for the sum of both.
            if (lowered.Real is null || lowered.Value is null || (run.Plan.Maker(name) is { } maker && run.Plan.Joined(maker) is not null)) continue;
            IntegerValue value = run.Unshaped(lowered.Value);
            if (!_names.TryGetValue(value, out List<string>? names)) _names[value] = names = [];
            names.Add(name);
        }
    }

    /// <summary>Notes a value of the source.</summary>
    public void Expect(string name, OnnxTensor tensor)
    {
        if (tensor.Type.IsFloat() && _run.Values.ContainsKey(name)) _expected[name] = tensor;
    }

    /// <summary>Compares a value of the graph with those noted.</summary>
    public void Observe(IntegerValue value, int request, ReadOnlySpan<byte> elements)
    {
        if (!_names.TryGetValue(value, out List<string>? names)) return;
        foreach (string name in names)
        {
            if (!_expected.TryGetValue(name, out OnnxTensor? tensor) || tensor.Count != value.Elements) continue;
            Quantisation steps = _run.Values[name].Real!.Value;
            double[] expected = tensor.Doubles();
            (double errors, double squares) = _sums.GetValueOrDefault(name);
            for (int i = 0; i < expected.Length; i++)
            {
                if (!(expected[i] > LoweringTrace.Mask) || !double.IsFinite(expected[i])) continue;
                double error = steps.Real(Element(value.Type, elements, i)) - expected[i];
                (errors, squares) = (errors + (error * error), squares + (expected[i] * expected[i]));
            }
            _sums[name] = (errors, squares);
        }
    }

    /// <summary>Every layer, the one that loses most first.</summary>
    public IReadOnlyList<LayerAccuracy> Result()
    {
        Dictionary<string, double> errors = _sums.ToDictionary(pair => pair.Key, pair => pair.Value.Squares > 0 ? Math.Sqrt(pair.Value.Errors / pair.Value.Squares) : 0, StringComparer.Ordinal), before = new(StringComparer.Ordinal);
        foreach (OnnxNode node in _run.Nodes)
            foreach (string output in node.Named) _ = Before(output);
        return [.. errors.Where(pair => _run.Plan.Maker(pair.Key) is not null)
            .Select(pair => new LayerAccuracy(_run.Plan.Maker(pair.Key)!.ToString(), pair.Key, pair.Value, pair.Value - Inputs(pair.Key))).OrderByDescending(layer => layer.Added)];

        double Inputs(string name) => _run.Plan.Maker(name) is { } maker ? maker.Inputs.Select(Before).DefaultIfEmpty(0).Max() : 0;

        // A value that the graph does not have is as far off as what it is made of.
        double Before(string name)
        {
            if (errors.TryGetValue(name, out double error) || before.TryGetValue(name, out error)) return error;
            return before[name] = Inputs(name);
        }
    }

    private static int Element(ElementType type, ReadOnlySpan<byte> elements, int index) => type switch
    {
        ElementType.I8 => (sbyte)elements[index],
        ElementType.I16 => MemoryMarshal.Cast<byte, short>(elements)[index],
        _ => MemoryMarshal.Cast<byte, int>(elements)[index],
    };
}
