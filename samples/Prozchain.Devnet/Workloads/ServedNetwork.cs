using System.Buffers.Binary;
using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;

namespace Prozchain.Devnet.Workloads;

/// <summary>The networks that a run serves, and what is asked of them: all drawn from one seed.</summary>
internal static class ServedNetwork
{
    private const int Calibrations = 4;

    /// <summary>A classifier of images of 16 x 16 pixels: two convolutions and two products of 8-bit weights, 1.5 million multiplications.</summary>
    public static IntegerGraph Small(ulong seed)
    {
        var random = new SplitMix64(seed);
        var graph = new IntegerGraphBuilder();
        IntegerValue image = graph.Input("image", ElementType.I8, [3, 16, 16], -128, 127, HostType.Float32, 1 / 128f);
        IntegerValue edges = graph.Requantise(graph.Conv(image, Weights(graph, random, 32, 3, 3, 3), pads: [1, 1, 1, 1]), 1 << 20, 29, low: 0);
        IntegerValue shapes = graph.Requantise(graph.Conv(edges, Weights(graph, random, 64, 32, 3, 3), strides: [2, 2], pads: [1, 1, 1, 1]), 1 << 20, 30, low: 0);
        IntegerValue pooled = graph.Reshape(graph.MaxPool(shapes, [2, 2], strides: [2, 2]), 1, 1024);
        IntegerValue hidden = graph.Requantise(graph.MatMul(pooled, Weights(graph, random, 1024, 64)), 1 << 20, 31);
        IntegerValue scores = graph.Requantise(graph.MatMul(hidden, Weights(graph, random, 64, 10)), 1 << 20, 29);
        graph.Output("scores", scores, HostType.Float32, 1 / 16f);
        graph.Output("class", graph.ArgMax(scores, 1), HostType.Int64);
        return graph.Build();
    }

    /// <summary>Lowers an ONNX model, calibrated on inputs drawn from the seed: normal numbers, bytes, and indices 0 and 1.</summary>
    /// <returns>The graph, or why there is none in a few words.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<(IntegerGraph? Graph, string? Reason)> LowerAsync(string path, ulong seed, CancellationToken cancellationToken)
    {
        FileStream file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            OnnxModelReading reading = await OnnxModel.ReadAsync(file, cancellationToken).ConfigureAwait(false);
            if (reading.Model is null) return (null, reading.Status.ToString());
            var random = new SplitMix64(seed);
            var calibration = new List<IReadOnlyDictionary<string, OnnxTensor>>();
            for (int i = 0; i < Calibrations; i++)
            {
                var inputs = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
                foreach (OnnxValue input in reading.Model.Inputs)
                {
                    if (Draw(input, random) is not { } tensor) return (null, $"input '{input.Name}' is of {input.Type}");
                    inputs.Add(input.Name, tensor);
                }
                calibration.Add(inputs);
            }
            LoweringResult lowered = OnnxLowering.Lower(reading.Model, new LoweringOptions { Calibration = calibration }, cancellationToken);
            return lowered.Graph is { ContextStep: > 0 } ? (null, "it keeps a context") : (lowered.Graph, lowered.Error);
        }
    }

    /// <summary>The inputs of one request: elements drawn alike from all that the graph takes.</summary>
    public static ReadOnlyMemory<byte>[] Inputs(IntegerGraph graph, ulong seed, int request)
    {
        var random = new SplitMix64(BinaryPrimitives.ReadUInt64LittleEndian(DevnetSeeds.Bytes(seed, "inference", (ulong)request)));
        return [.. graph.Inputs.Select(input => (ReadOnlyMemory<byte>)Elements(input.Value, random))];
    }

    private static byte[] Elements(IntegerValue value, SplitMix64 random)
    {
        var bytes = new byte[value.Bytes];
        int size = bytes.Length / value.Elements;
        for (int i = 0; i < value.Elements; i++)
        {
            int element = (int)(value.Min + random.Below((long)value.Max - value.Min + 1));
            for (int b = 0; b < size; b++) bytes[i * size + b] = (byte)(element >> (8 * b));
        }
        return bytes;
    }

    private static IntegerValue Weights(IntegerGraphBuilder graph, SplitMix64 random, params int[] shape) =>
        graph.Constant([.. Enumerable.Range(0, shape.Aggregate(1, (product, length) => product * length)).Select(_ => (sbyte)(random.Below(255) - 127))], shape);

    private static OnnxTensor? Draw(OnnxValue input, SplitMix64 random)
    {
        int[] shape = [.. (input.Dims ?? []).Select(dim => (int)Math.Clamp(dim ?? 1, 1, 1 << 20))];
        long count = shape.Aggregate(1L, (product, length) => Math.Min(product * length, int.MaxValue));
        if (count > 1 << 26) return null;
        switch (input.Type)
        {
            case OnnxType.Float:
                return OnnxTensor.Of([.. Enumerable.Range(0, (int)count).Select(_ => Normal(random))], shape);
            case OnnxType.UInt8 or OnnxType.Int8:
                return OnnxTensor.Of(input.Type, [.. Enumerable.Range(0, (int)count).Select(_ => (byte)random.Next())], shape);
            case OnnxType.Bool or OnnxType.Int32 or OnnxType.Int64:
                int size = input.Type switch { OnnxType.Bool => 1, OnnxType.Int32 => sizeof(int), _ => sizeof(long) };
                var bytes = new byte[count * size];
                for (int i = 0; i < bytes.Length; i += size) bytes[i] = (byte)(random.Next() & 1);
                return OnnxTensor.Of(input.Type, bytes, shape);
            default:
                return null;
        }
    }

    // Box and Muller (1958).
    private static float Normal(SplitMix64 random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextUnit())) * Math.Cos(2 * Math.PI * random.NextUnit()));
}
