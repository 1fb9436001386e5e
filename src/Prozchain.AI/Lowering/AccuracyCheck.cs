using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Runs an integer graph and its source on the calibration inputs and compares the outputs of floats, and what is inside.</summary>
internal static class AccuracyCheck
{
    public static IReadOnlyList<OutputAccuracy> Compare(OnnxModel model, LoweringOptions options, IntegerGraph graph, IReadOnlySet<string> state, LayerTally layers, CancellationToken cancellationToken)
    {
        if (options.Calibration.Count == 0 || (graph.ContextStep > 0 && !AreSteps(options, state, graph.ContextStep))) return [];
        var tallies = graph.Outputs.Where(output => output.Host == HostType.Float32).ToDictionary(output => output.Name, _ => new Tally());
        using var engine = new InferenceEngine(graph);
        InferenceState? context = null;
        foreach (IReadOnlyDictionary<string, OnnxTensor> inputs in options.Calibration)
        {
            var all = new Dictionary<string, OnnxTensor>(inputs, StringComparer.Ordinal);
            foreach ((string name, OnnxTensor tensor) in options.Constants) all[name] = tensor;
            IReadOnlyDictionary<string, OnnxTensor> expected = OnnxEvaluator.Run(model, all, layers.Expect, cancellationToken).Outputs!;
            foreach ((string name, OnnxTensor tensor) in all) layers.Expect(name, tensor);
            for (int i = 0; i < graph.Inputs.Count; i++) Give(graph.Inputs[i], inputs[graph.Inputs[i].Name], engine.Input(i, 0));
            if (graph.ContextStep > 0 && Past(inputs, state) == 0)
            {
                context?.Dispose();
                context = engine.RentState();
            }
            engine.RunTraced(1, context is null ? default : [context], layers.Observe, cancellationToken);
            for (int i = 0; i < graph.Outputs.Count; i++)
            {
                if (!tallies.TryGetValue(graph.Outputs[i].Name, out Tally? tally)) continue;
                var got = new float[graph.Outputs[i].Value.Elements];
                graph.Outputs[i].Dequantise(engine.Output(i, 0), got);
                OnnxTensor reference = expected[graph.Outputs[i].Name];
                tally.Add(reference.Doubles(), got, reference.Rank == 0 ? 1 : reference.Dims[^1]);
            }
        }
        context?.Dispose();
        return [.. tallies.Select(pair => pair.Value.Result(pair.Key))];
    }

    // A context has no other way in than through the runs before it: inputs are compared where each is the next step of the one
    // before, or the first.
    private static bool AreSteps(LoweringOptions options, IReadOnlySet<string> state, int step)
    {
        int next = 0;
        foreach (IReadOnlyDictionary<string, OnnxTensor> inputs in options.Calibration)
        {
            int past = Past(inputs, state);
            if ((past != 0 && past != next) || past + step > options.ContextCapacity) return false;
            next = past + step;
        }
        return Past(options.Calibration[0], state) == 0;
    }

    private static int Past(IReadOnlyDictionary<string, OnnxTensor> inputs, IReadOnlySet<string> state) => state.Select(inputs.GetValueOrDefault).FirstOrDefault(tensor => tensor is not null)?.Dims is [_, _, var length, _] ? length : -1;

    private static void Give(Border border, OnnxTensor tensor, Span<byte> elements)
    {
        if (tensor.Type.IsFloat()) border.Quantise(tensor.Floats(), elements);
        else border.Quantise(tensor.Longs(), elements);
    }

    private sealed class Tally
    {
        private double _greatest, _errors, _product, _expected, _got;
        private long _count, _rows, _agreed;

        public void Add(ReadOnlySpan<double> expected, ReadOnlySpan<float> got, int row)
        {
            for (int i = 0; i < expected.Length; i++)
            {
                double error = Math.Abs(expected[i] - got[i]);
                _greatest = Math.Max(_greatest, error);
                _errors += error;
                _product += expected[i] * got[i];
                _expected += expected[i] * expected[i];
                _got += (double)got[i] * got[i];
            }
            _count += expected.Length;
            for (int start = 0; row > 0 && start + row <= expected.Length; start += row)
            {
                _rows++;
                if (First(expected.Slice(start, row)) == First(got.Slice(start, row))) _agreed++;
            }
        }

        public OutputAccuracy Result(string name)
        {
            double norms = Math.Sqrt(_expected) * Math.Sqrt(_got);
            return new(name, _greatest, _count == 0 ? 0 : _errors / _count, norms > 0 ? _product / norms : _expected == _got ? 1 : 0, _rows == 0 ? 1 : (double)_agreed / _rows);
        }

        private static int First<T>(ReadOnlySpan<T> row) where T : System.Numerics.INumber<T>
        {
            int best = 0;
            for (int i = 1; i < row.Length; i++)
                if (row[i] > row[best]) best = i;
            return best;
        }
    }
}
