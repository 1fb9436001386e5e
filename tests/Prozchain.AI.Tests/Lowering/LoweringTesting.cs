using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>Runs lowered graphs with the tensors of their source.</summary>
internal static class LoweringTesting
{
    public static IntegerGraph Lower(OnnxModel model, LoweringOptions? options = null)
    {
        LoweringResult result = OnnxLowering.Lower(model, options);
        Assert.True(result.Graph is not null, result.Error);
        return result.Graph;
    }

    /// <summary>The outputs in the types of the source.</summary>
    public static Dictionary<string, OnnxTensor> Run(IntegerGraph graph, IReadOnlyDictionary<string, OnnxTensor> inputs)
    {
        using var engine = new InferenceEngine(graph);
        for (int i = 0; i < graph.Inputs.Count; i++)
        {
            OnnxTensor tensor = inputs[graph.Inputs[i].Name];
            if (tensor.Type.IsFloat()) graph.Inputs[i].Quantise(tensor.Floats(), engine.Input(i, 0));
            else graph.Inputs[i].Quantise(tensor.Longs(), engine.Input(i, 0));
        }
        engine.Run();
        var outputs = new Dictionary<string, OnnxTensor>();
        for (int i = 0; i < graph.Outputs.Count; i++)
        {
            Border border = graph.Outputs[i];
            int[] shape = border.Value.Shape.ToArray();
            if (border.Host == HostType.Float32)
            {
                var real = new float[border.Value.Elements];
                border.Dequantise(engine.Output(i, 0), real);
                outputs[border.Name] = OnnxTensor.Of(real, shape);
                continue;
            }
            var numbers = new long[border.Value.Elements];
            border.Dequantise(engine.Output(i, 0), numbers);
            OnnxType type = border.Host switch
            {
                HostType.UInt8 => OnnxType.UInt8,
                HostType.Int8 => OnnxType.Int8,
                HostType.UInt16 => OnnxType.UInt16,
                HostType.Int16 => OnnxType.Int16,
                HostType.Int32 => OnnxType.Int32,
                _ => OnnxType.Int64,
            };
            outputs[border.Name] = OnnxTensor.FromLongs(type, shape, numbers);
        }
        return outputs;
    }

    public static OnnxTensor Random(Random random, OnnxType type, params int[] shape)
    {
        (long min, long max) = type.Range();
        int count = shape.Aggregate(1, (a, b) => a * b);
        return type.IsFloat() ? OnnxTensor.FromDoubles(type, shape, [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)])
            : OnnxTensor.FromLongs(type, shape, [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(min, Math.Min(max, long.MaxValue - 1) + 1))]);
    }
}
