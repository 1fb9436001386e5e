using System.Runtime.InteropServices;
using Prozchain.AI.Engine;
using Prozchain.AI.Kernels;
using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.AI;

/// <summary>Integer kernels on one thread, held against a loop of the same instruction that touches no memory; and graphs by the engine.</summary>
internal static class KernelRows
{
    private const string Area = "AI";

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Share("int8 GEMM, 768 x 768 x 768", () => Product(768, 768, 768)),
        Share("int8 GEMM, 128 x 4096 x 1024", () => Product(128, 4096, 1024)),
        Share("int8 convolution 3x3, 128 channels of 28 x 28", () => Convolve(128, 28, 3, 1)),
        QuickRow.Rate(Area, "int8 convolution of each channel 3x3, 512 channels of 14 x 14", "GMAC/s", () => Convolve(512, 14, 3, 512)),
        QuickRow.Rate(Area, "int8 matrix by one row, 4096 x 4096", "GB/s", () => Product(1, 4096, 4096)) with { Against = Yardstick.Memcpy },
        QuickRow.Time(Area, "ResNet-50-shaped int8 graph, 2 threads", "ms", 1000, ResNet) with
        {
            Floor = new Goal(GoalOf.Value, 20),
            Aim = new Goal(GoalOf.Value, 11),
        },
        QuickRow.Time(Area, "1,000 requests in flight, dense of 4.2 M weights, outputs as alone, receipts signed, all", "s", 1, () => InferenceLoad.Of(ModelShapes.Dense4M())) with { Floor = new Goal(GoalOf.Value, 5) },
        QuickRow.Time(Area, "1,000 requests in flight, MobileNetV2-shaped (0.3 GMAC), outputs as alone, receipts signed, all", "s", 1, () => InferenceLoad.Of(ModelShapes.MobileNetV2())) with { Floor = new Goal(GoalOf.Value, 5) },
        QuickRow.Time(Area, "1,000 requests in flight, ResNet-50-shaped at 136 x 136 (1.5 GMAC), outputs as alone, receipts signed, all", "s", 1, () => InferenceLoad.Of(ModelShapes.ResNet50(136))) with
        {
            Aim = new Goal(GoalOf.Value, 5),
            IsLong = true,
        },
    ];

    private static QuickRow Share(string name, Func<QuickBody> body) => QuickRow.Rate(Area, name, "GMAC/s", body) with
    {
        Peer = new Peer("multiply-add loop in registers") { Prepare = DotPeak.Of },
        Floor = new Goal(GoalOf.Peer, 0.5),
        Aim = new Goal(GoalOf.Peer, 0.8),
    };

    private static QuickBody Product(int rows, int depth, int columns)
    {
        sbyte[] x = Bytes(rows * depth, 1), y = new sbyte[rows * columns];
        var weights = new GemmWeights(Bytes(depth * columns, 2), depth, columns);
        var scratch = new byte[Gemm.ScratchBytes(rows, weights)];
        return new QuickBody(
            () => Gemm.Run<sbyte, sbyte>(x, rows, weights, default, new Requantisation([int.MaxValue], [44], 0, -127, 127), y, 0, Gemm.Units(rows, weights), scratch),
            (double)rows * depth * columns * 1e-9);
    }

    private static QuickBody Convolve(int channels, int size, int taps, int groups)
    {
        var shape = new ConvolutionShape
        {
            InChannels = channels,
            OutChannels = channels,
            Groups = groups,
            Window = new WindowShape
            {
                Height = size,
                Width = size,
                KernelHeight = taps,
                KernelWidth = taps,
                PadTop = taps / 2,
                PadLeft = taps / 2,
                PadBottom = taps / 2,
                PadRight = taps / 2,
            },
        };
        sbyte[] x = Bytes(shape.InElements, 1), y = new sbyte[shape.OutElements];
        var weights = new ConvolutionWeights(Bytes(channels * shape.Depth, 2), shape);
        var scratch = new byte[Convolution.ScratchBytes(weights, 1)];
        return new QuickBody(
            () => Convolution.Run<sbyte, sbyte>(x, 1, weights, default, new Requantisation([int.MaxValue], [44], 0, -127, 127), y, 0, Convolution.Units(weights, 1), scratch),
            (double)shape.OutElements * shape.Depth * 1e-9);
    }

    private static QuickBody ResNet()
    {
        var engine = new InferenceEngine(ModelShapes.ResNet50(), new InferenceEngineOptions { Workers = 2 });
        // The first code of so many loops is ten times slower, and is replaced only after a second or two.
        for (int i = 0; i < 120; i++) engine.Run();
        return new QuickBody(() => engine.Run(), Owner: engine);
    }

    /// <summary>Seeded weights or activations within ±127.</summary>
    private static sbyte[] Bytes(int count, int seed)
    {
        sbyte[] values = MemoryMarshal.Cast<byte, sbyte>(Seeded.Bytes(count, seed)).ToArray();
        for (int i = 0; i < count; i++) values[i] = Math.Max(values[i], (sbyte)-127);
        return values;
    }
}
