using Prozchain.AI.Engine;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Engine;

/// <summary>Small graphs around one operator each, with random shapes, attributes and constants.</summary>
internal sealed class RandomGraphs(ulong seed)
{
    public SeededRandom Random { get; } = new(seed);

    public IntegerGraph Of(OperatorKind kind)
    {
        var graph = new IntegerGraphBuilder(kind is OperatorKind.Positions or OperatorKind.Attention ? 12 : 0);
        graph.Output("y", Make(graph, kind), HostType.Int32);
        return graph.Build();
    }

    private IntegerValue Make(IntegerGraphBuilder graph, OperatorKind kind)
    {
        (int low, int high) = (Random.Next(-128, -20), Random.Next(20, 128));
        switch (kind)
        {
            case OperatorKind.MatMul:
            {
                int inner = Random.Next(1, 70), columns = Random.Next(1, 40);
                return graph.MatMul(Input(graph, [.. Shape(0, 2), inner], Small), Weights(graph, inner, columns), Random.Next(2) == 0 ? Bias(graph, columns) : null);
            }
            case OperatorKind.BatchMatMul:
            {
                int inner = Random.Next(1, 40), rows = Random.Next(1, 9), columns = Random.Next(1, 20);
                int[] lead = Shape(0, 2);
                bool transposed = Random.Next(2) == 0;
                int[] right = transposed ? [columns, inner] : [inner, columns];
                IntegerValue x = Random.Next(6) == 0 ? Constant(graph, [.. lead, rows, inner]) : Input(graph, [.. lead, rows, inner], Small);
                IntegerValue y = Random.Next(4) switch { 0 => Constant(graph, right), 1 => Input(graph, right, ElementType.I8), _ => Input(graph, [.. lead, .. right], ElementType.I8) };
                return graph.BatchMatMul(x, y, transposed);
            }
            case OperatorKind.Conv:
            {
                int groups = Random.Next(1, 4), inGroup = Random.Next(1, 4), outGroup = Random.Next(1, 4);
                if (Random.Next(3) == 0) (groups, inGroup, outGroup) = (Random.Next(1, 20), 1, 1);
                IntegerValue x = Input(graph, [groups * inGroup, Random.Next(5, 12), Random.Next(5, 12)], Small);
                IntegerValue w = Weights(graph, groups * outGroup, inGroup, Random.Next(1, 4), Random.Next(1, 4));
                return graph.Conv(x, w, Random.Next(2) == 0 ? Bias(graph, groups * outGroup) : null, Pair(1, 4), Pads(3), Pair(1, 3), groups, Random.Next(-100, 100));
            }
            case OperatorKind.Requantise:
                return graph.Requantise(Input(graph, Shape(0, 3), Any), Random.Next(1, int.MaxValue), Random.Next(1, 63), Random.Next(-10, 10), low, high, low < -128 ? ElementType.I16 : Any);
            case OperatorKind.RequantiseChannels:
            {
                int[] shape = Shape(1, 4);
                int axis = Random.Next(shape.Length);
                int[] multipliers = [.. Enumerable.Range(0, shape[axis]).Select(_ => Random.Next(1, int.MaxValue))];
                sbyte[] shifts = [.. Enumerable.Range(0, shape[axis]).Select(_ => (sbyte)Random.Next(20, 50))];
                return graph.RequantiseChannels(Input(graph, shape, Any), graph.Constant(multipliers, shape[axis]), graph.Constant(shifts, shape[axis]), axis, Random.Next(-9, 9), low, high, Any);
            }
            case OperatorKind.AddScaled or OperatorKind.Multiply:
            {
                (IntegerValue x, IntegerValue y) = BroadcastPair(graph, kind == OperatorKind.Multiply ? Small : Any);
                return kind == OperatorKind.Multiply ? graph.Multiply(x, y) : graph.AddScaled(x, Scale(), y, Scale(), Random.Next(1, 40), Random.Next(-9, 9), low, high, Any);
            }
            case OperatorKind.MaxPool or OperatorKind.SumPool:
            {
                int[] kernel = [Random.Next(2, 4), Random.Next(2, 4)], strides = Pair(1, 3), pads = Pads(2), dilations = Pair(1, 2);
                IntegerValue x = Input(graph, [Random.Next(1, 5), Random.Next(7, 12), Random.Next(7, 12)], kind == OperatorKind.SumPool ? Small : Any);
                return kind == OperatorKind.MaxPool ? graph.MaxPool(x, kernel, strides, pads, dilations) : graph.SumPool(x, kernel, strides, pads, dilations);
            }
            case OperatorKind.Lookup:
            {
                ElementType type = Small;
                int entries = type == ElementType.I8 ? 256 : 65536;
                IntegerValue table = Random.Next(2) == 0
                    ? graph.Constant([.. Enumerable.Range(0, entries).Select(_ => (sbyte)Random.Next(-128, 128))], entries)
                    : graph.Constant([.. Enumerable.Range(0, entries).Select(_ => (short)Random.Next(-32768, 32768))], entries);
                return graph.Lookup(Input(graph, Shape(0, 3), type), table);
            }
            case OperatorKind.Softmax:
                return Random.Next(2) == 0
                    ? graph.Softmax(Input(graph, Shape(1, 3), Small), Random.Next(1, 1 << 20), Random.Next(1, 30))
                    : graph.Softmax(Input(graph, Shape(1, 3), ElementType.I32), Random.Next(1, 1 << 20), Random.Next(10, 40), Random.Next(1, 65536), -128, -128, 127, Any);
            case OperatorKind.LayerNorm or OperatorKind.RmsNorm:
            {
                int[] shape = Shape(1, 3);
                IntegerValue x = Input(graph, shape, Small), beta = graph.Constant([.. Enumerable.Range(0, shape[^1]).Select(_ => Random.Next(-100000, 100000))], shape[^1]);
                IntegerValue gamma = graph.Constant([.. Enumerable.Range(0, shape[^1]).Select(_ => (short)Random.Next(-3000, 3000))], shape[^1]);
                long epsilon = Random.Next(1, 100);
                int bits = Random.Next(3) == 0 ? Random.Next(3) : -1, fraction = Random.Next(0, 11);
                IntegerValue? shift = Random.Next(2) == 0 ? beta : null;
                return kind == OperatorKind.LayerNorm
                    ? graph.LayerNorm(x, gamma, shift, epsilon, fraction, bits, Random.Next(-9, 9), low, high, Any)
                    : graph.RmsNorm(x, gamma, shift, epsilon, fraction, bits, Random.Next(-9, 9), low, high, Any);
            }
            case OperatorKind.Rotary:
            {
                int tokens = Random.Next(1, 5), angles = Random.Next(1, 9), positions = Random.Next(1, 20);
                int[] shape = Random.Next(2) == 0 ? [tokens, Random.Next(1, 4), 2 * angles + Random.Next(3)] : [Random.Next(1, 4), tokens, 2 * angles + Random.Next(3)];
                IntegerValue Table() => graph.Constant([.. Enumerable.Range(0, positions * angles).Select(_ => (short)Random.Next(-16384, 16385))], positions, angles);
                IntegerValue place = graph.Input($"p{Random.Next()}", ElementType.I32, [tokens], 0, positions - 1, HostType.Int64);
                return graph.Rotary(Input(graph, shape, Small), Table(), Table(), place, shape[0] == tokens && Random.Next(2) == 0 ? 0 : shape[1] == tokens ? 1 : 0, Random.Next(2) == 0, 14, low, high);
            }
            case OperatorKind.Positions:
                return graph.Positions(Random.Next(1, 5));
            case OperatorKind.Attention:
            {
                int groups = Random.Next(1, 4), heads = groups * Random.Next(1, 4), depth = Random.Next(1, 20), width = Random.Next(1, 20), tokens = Random.Next(1, 4);
                bool cached = Random.Next(2) == 0, causal = cached || Random.Next(2) == 0;
                int keys = causal ? tokens : Random.Next(1, 12);
                IntegerValue q = Input(graph, [tokens, heads, depth], ElementType.I8), k = Input(graph, [keys, groups, depth], ElementType.I8), v = Input(graph, [keys, groups, width], ElementType.I8);
                return graph.Attention(q, k, v, causal, cached, Random.Next(1, 1 << 16), Random.Next(10, 24), Random.Next(1 << 20, 1 << 24), 30 + Random.Next(10), Random.Next(1, 32768), 0, low, high, Small);
            }
            case OperatorKind.Gather:
            {
                int[] shape = Shape(1, 4);
                int axis = Random.Next(shape.Length);
                IntegerValue data = Random.Next(2) == 0 ? Constant(graph, shape) : Input(graph, shape, Any);
                ElementType index = Any;
                return graph.Gather(data, graph.Input("i", index, Shape(0, 2), 0, shape[axis] - 1, HostType.Int64), axis);
            }
            case OperatorKind.Concat:
            {
                int[] shape = Shape(1, 4);
                int axis = Random.Next(shape.Length);
                IntegerValue[] inputs = [.. Enumerable.Range(0, Random.Next(1, 4)).Select(i => { int[] own = [.. shape]; own[axis] = Random.Next(1, 6); return i == 1 ? Constant(graph, own) : Input(graph, own, ElementType.I8); })];
                return graph.Concat(axis, inputs);
            }
            case OperatorKind.Slice:
            {
                int[] shape = Shape(1, 4);
                var (starts, sizes, steps) = (new int[shape.Length], new int[shape.Length], new int[shape.Length]);
                for (int i = 0; i < shape.Length; i++)
                {
                    steps[i] = Random.Next(1, Math.Min(3, shape[i]) + 1) * (Random.Next(2) == 0 ? 1 : -1);
                    starts[i] = Random.Next(shape[i]);
                    sizes[i] = 1 + Random.Next(1 + (steps[i] > 0 ? (shape[i] - 1 - starts[i]) / steps[i] : starts[i] / -steps[i]));
                }
                return graph.Slice(Input(graph, shape, Any), starts, sizes, steps);
            }
            case OperatorKind.Reshape:
            {
                int[] shape = Shape(1, 4);
                return graph.Clip(graph.Reshape(Input(graph, shape, Small), [1, shape.Aggregate(1, (p, n) => p * n), 1]), low, high);
            }
            case OperatorKind.Transpose:
            {
                int[] shape = Shape(0, 5), permutation = [.. Enumerable.Range(0, shape.Length).OrderBy(_ => Random.Next())];
                return graph.Transpose(Input(graph, shape, Any), permutation);
            }
            case OperatorKind.Pad:
            {
                int[] shape = Shape(1, 4);
                return graph.Pad(Input(graph, shape, Any), [.. shape.Select(_ => Random.Next(3))], [.. shape.Select(_ => Random.Next(3))], Random.Next(-128, 128));
            }
            case OperatorKind.Expand:
            {
                int[] shape = Shape(1, 4);
                return graph.Expand(Input(graph, [.. shape.Select(n => Random.Next(2) == 0 ? 1 : n)], Any), shape);
            }
            case OperatorKind.Clip:
                return graph.Clip(Input(graph, Shape(0, 3), Any), low, high, Any);
            case OperatorKind.ReduceSum or OperatorKind.ReduceMax:
            {
                int[] shape = Shape(1, 5);
                int[] axes = [.. Enumerable.Range(0, shape.Length).Where(_ => Random.Next(2) == 0)];
                if (axes.Length == 0) axes = [shape.Length - 1];
                IntegerValue x = Input(graph, shape, kind == OperatorKind.ReduceSum ? Small : Any);
                return kind == OperatorKind.ReduceSum ? graph.ReduceSum(x, axes, Random.Next(2) == 0) : graph.ReduceMax(x, axes, Random.Next(2) == 0);
            }
            case OperatorKind.ArgMax:
            {
                int[] shape = Shape(1, 4);
                return graph.ArgMax(graph.Input("x", ElementType.I8, shape, -2, 2, HostType.Int8), Random.Next(shape.Length), Random.Next(2) == 0);
            }
            default:
                throw new NotSupportedException($"{kind}");
        }
    }

    private ElementType Any => (ElementType)Random.Next(3);

    private ElementType Small => (ElementType)Random.Next(2);

    private int[] Shape(int least, int most) => [.. Enumerable.Range(0, Random.Next(least, most + 1)).Select(_ => Random.Next(1, 8))];

    private int[] Pair(int least, int most) => [Random.Next(least, most), Random.Next(least, most)];

    private int[] Pads(int most) => [Random.Next(most), Random.Next(most), Random.Next(most), Random.Next(most)];

    private int Scale() => Random.Next(1, int.MaxValue) >> Random.Next(10) | 1 * (Random.Next(2) == 0 ? 1 : 3);

    private IntegerValue Input(IntegerGraphBuilder graph, int[] shape, ElementType type) => type switch
    {
        ElementType.I8 => graph.Input($"x{Random.Next()}", type, shape, -128, 127, HostType.Int8),
        // A full short takes 256 products at most; half of one leaves room for the tests' shapes.
        ElementType.I16 => graph.Input($"x{Random.Next()}", type, shape, -16000, 16000, HostType.Int16),
        _ => graph.Input($"x{Random.Next()}", type, shape, -1_000_000_000, 1_000_000_000, HostType.Int32),
    };

    private IntegerValue Constant(IntegerGraphBuilder graph, int[] shape) =>
        graph.Constant([.. Enumerable.Range(0, shape.Aggregate(1, (p, n) => p * n)).Select(_ => (sbyte)Random.Next(-127, 128))], shape);

    private IntegerValue Weights(IntegerGraphBuilder graph, params int[] shape) => Constant(graph, shape);

    private IntegerValue Bias(IntegerGraphBuilder graph, int length) =>
        graph.Constant([.. Enumerable.Range(0, length).Select(_ => Random.Next(-1_000_000, 1_000_000))], length);

    private (IntegerValue X, IntegerValue Y) BroadcastPair(IntegerGraphBuilder graph, ElementType type)
    {
        int[] shape = Shape(1, 4);
        int[] other = Random.Next(4) switch
        {
            0 => shape,
            1 => shape[Random.Next(shape.Length)..],
            2 => [.. shape.Select((n, i) => i == 0 ? n : 1)],
            _ => [.. shape.Select(n => Random.Next(2) == 0 ? 1 : n)],
        };
        IntegerValue x = Input(graph, shape, type), y = Random.Next(2) == 0 ? Constant(graph, other) : Input(graph, other, type == ElementType.I32 ? Any : Small);
        return Random.Next(2) == 0 ? (x, y) : (y, x);
    }
}
