using System.Numerics;
using System.Runtime.InteropServices;
using Prozchain.AI.Engine;

namespace Prozchain.AI.Tests.Engine;

/// <summary>
/// The operators once more, from their formulas, with indices spelled out and integers without bounds: what the engine must
/// equal. Knows nothing of the engine but the graph.
/// </summary>
internal sealed class NaiveGraph(IntegerGraph graph)
{
    private readonly Dictionary<int, List<(long[] Keys, long[] Values)>> _cache = [];
    private int _position;

    /// <summary>The elements of all values for one request.</summary>
    public long[][] Run(params long[][] inputs)
    {
        var values = new long[graph.Values.Count][];
        for (int i = 0; i < inputs.Length; i++) values[i] = inputs[i];
        foreach (GraphConstant constant in graph.Constants) values[constant.Value.Index] = Read(constant.Value.Type, constant.Bytes.Span);
        foreach (IntegerNode node in graph.Nodes)
            values[node.Output.Index] = Evaluate(node, [.. node.Inputs.ToArray().Select(v => values[v.Index])], [.. node.Attributes]);
        _position += graph.ContextStep;
        return values;
    }

    public static long[] Read(ElementType type, ReadOnlySpan<byte> bytes) => type switch
    {
        ElementType.I8 => [.. MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray().Select(e => (long)e)],
        ElementType.I16 => [.. MemoryMarshal.Cast<byte, short>(bytes).ToArray().Select(e => (long)e)],
        _ => [.. MemoryMarshal.Cast<byte, int>(bytes).ToArray().Select(e => (long)e)],
    };

    public static byte[] Write(ElementType type, long[] elements) => [.. elements.SelectMany(e => BitConverter.GetBytes(e)[..(1 << (int)type)])];

    private long[] Evaluate(IntegerNode node, long[][] x, long[] a)
    {
        int[][] shapes = [.. node.Inputs.ToArray().Select(v => v.Shape.ToArray())];
        int[] shape = node.Output.Shape.ToArray();
        return node.Kind switch
        {
            OperatorKind.MatMul => MatMul(x, shapes),
            OperatorKind.BatchMatMul => BatchMatMul(x, shapes, shape, a[0] == 1),
            OperatorKind.Conv => Each(shape, o => Conv(x, shapes, o, a)),
            OperatorKind.Requantise => [.. x[0].Select(v => Clamp(Rounded(v * a[1], a[2]) + a[3], a[4], a[5]))],
            OperatorKind.RequantiseChannels => Each(shape, o => Clamp(Rounded(x[0][Flat(shape, o)] * x[1][o[a[1]]], x[2][o[a[1]]]) + a[2], a[3], a[4])),
            OperatorKind.AddScaled => Each(shape, o => Clamp(Rounded((BigInteger)Spread(x[0], shapes[0], o) * a[1] + (BigInteger)Spread(x[1], shapes[1], o) * a[2], a[3]) + a[4], a[5], a[6])),
            OperatorKind.Multiply => Each(shape, o => Spread(x[0], shapes[0], o) * Spread(x[1], shapes[1], o)),
            OperatorKind.MaxPool => Each(shape, o => Window(shapes[0], o, a).Where(at => at >= 0).Max(at => x[0][at])),
            OperatorKind.SumPool => Each(shape, o => Window(shapes[0], o, a).Where(at => at >= 0).Sum(at => x[0][at])),
            OperatorKind.Lookup => [.. x[0].Select(v => x[1][v + (node.Inputs[0].Type == ElementType.I8 ? 128 : 32768)])],
            OperatorKind.Softmax => Rows(x[0], shape[^1], row => [.. Softmax(row, a[1], a[2], a[3]).Select(p => Clamp(p + a[4], a[5], a[6]))]),
            OperatorKind.LayerNorm or OperatorKind.RmsNorm => Rows(x[0], shape[^1], row => Norm(row, x, a, node.Kind == OperatorKind.LayerNorm)),
            OperatorKind.Rotary => Each(shape, o => Rotary(x, shapes, shape, o, a)),
            OperatorKind.Positions => [.. Enumerable.Range(_position, (int)a[0]).Select(p => (long)p)],
            OperatorKind.Attention => Attention(node, x, shapes, shape, a),
            OperatorKind.Gather => Gather(x, shapes, shape, (int)a[0]),
            OperatorKind.Concat => Concat(x, shapes, shape, (int)a[0]),
            OperatorKind.Slice => Each(shape, o => x[0][Flat(shapes[0], [.. o.Select((i, axis) => (int)(a[3 * axis] + i * a[3 * axis + 2]))])]),
            OperatorKind.Reshape => x[0],
            OperatorKind.Transpose => Each(shape, o => x[0][Flat(shapes[0], Permuted(o, a))]),
            OperatorKind.Pad => Each(shape, o => Pad(x[0], shapes[0], o, a)),
            OperatorKind.Expand => Each(shape, o => Spread(x[0], shapes[0], o)),
            OperatorKind.Clip => [.. x[0].Select(v => Clamp(v, a[1], a[2]))],
            OperatorKind.ReduceSum => Reduce(x[0], shapes[0], a[0], group => group.Sum()),
            OperatorKind.ReduceMax => Reduce(x[0], shapes[0], a[0], group => group.Max()),
            OperatorKind.ArgMax => Reduce(x[0], shapes[0], 1L << (int)a[0], group => group.ToList().IndexOf(group.Max())),
            _ => throw new NotSupportedException($"{node.Kind}"),
        };
    }

    /// <summary>floor(v / 2^s + 1/2).</summary>
    private static long Rounded(BigInteger v, long s) => (long)Floor(2 * v + BigInteger.Pow(2, (int)s), BigInteger.Pow(2, (int)s + 1));

    private static BigInteger Floor(BigInteger a, BigInteger b)
    {
        BigInteger quotient = BigInteger.DivRem(a, b, out BigInteger rest);
        return rest.Sign * b.Sign < 0 ? quotient - 1 : quotient;
    }

    private static long Clamp(long v, long low, long high) => v < low ? low : v > high ? high : v;

    private static long Clamp(BigInteger v, long low, long high) => v < low ? low : v > high ? high : (long)v;

    private static long[] Each(int[] shape, Func<int[], long> element)
    {
        var result = new long[shape.Aggregate(1, (p, n) => p * n)];
        for (int at = 0; at < result.Length; at++)
        {
            var index = new int[shape.Length];
            for (int axis = shape.Length - 1, rest = at; axis >= 0; axis--) (rest, index[axis]) = (rest / shape[axis], rest % shape[axis]);
            result[at] = element(index);
        }
        return result;
    }

    private static int Flat(int[] shape, int[] index) => index.Select((i, axis) => (i, axis)).Aggregate(0, (at, p) => at * shape[p.axis] + p.i);

    private static long Spread(long[] x, int[] shape, int[] index)
    {
        int[] own = index[(index.Length - shape.Length)..];
        return x[Flat(shape, [.. own.Select((i, axis) => shape[axis] == 1 ? 0 : i)])];
    }

    private static long[] Rows(long[] x, int length, Func<long[], long[]> row) => [.. x.Chunk(length).SelectMany(row)];

    private static long[] MatMul(long[][] x, int[][] shapes)
    {
        int inner = shapes[1][0], columns = shapes[1][1];
        return Rows(x[0], inner, row => [.. Enumerable.Range(0, columns).Select(n => row.Select((v, k) => v * x[1][k * columns + n]).Sum() + (x.Length > 2 ? x[2][n] : 0))]);
    }

    private static long[] BatchMatMul(long[][] x, int[][] shapes, int[] shape, bool transposed) => Each(shape, o =>
    {
        int[] lead = shapes[1].Length == 2 ? [] : o[..^2];
        return Enumerable.Range(0, shapes[0][^1]).Sum(k => x[0][Flat(shapes[0], [.. o[..^1], k])] * x[1][Flat(shapes[1], transposed ? [.. lead, o[^1], k] : [.. lead, k, o[^1]])]);
    });

    private static long Conv(long[][] x, int[][] shapes, int[] o, long[] a)
    {
        int inGroup = shapes[1][1], height = shapes[0][1], width = shapes[0][2];
        long group = o[0] / (shapes[1][0] / a[8]), sum = x.Length > 2 ? x[2][o[0]] : 0;
        for (int c = 0; c < inGroup; c++)
            for (int i = 0; i < shapes[1][2]; i++)
                for (int j = 0; j < shapes[1][3]; j++)
                {
                    long row = o[1] * a[0] - a[2] + i * a[6], column = o[2] * a[1] - a[3] + j * a[7];
                    bool inside = row >= 0 && row < height && column >= 0 && column < width;
                    long v = inside ? x[0][((group * inGroup + c) * height + row) * width + column] : a[9];
                    sum += v * x[1][((o[0] * inGroup + c) * shapes[1][2] + i) * shapes[1][3] + j];
                }
        return sum;
    }

    private static IEnumerable<int> Window(int[] shape, int[] o, long[] a)
    {
        for (int i = 0; i < a[0]; i++)
            for (int j = 0; j < a[1]; j++)
            {
                long row = o[1] * a[2] - a[4] + i * a[8], column = o[2] * a[3] - a[5] + j * a[9];
                yield return row >= 0 && row < shape[1] && column >= 0 && column < shape[2] ? (int)((o[0] * shape[1] + row) * shape[2] + column) : -1;
            }
    }

    private static long[] Softmax(long[] row, long multiplier, long shift, long one)
    {
        BigInteger[] e = [.. row.Select(v => Exp(Math.Min(Rounded((BigInteger)(row.Max() - v) * multiplier, shift), 65535)))];
        BigInteger sum = e.Aggregate(BigInteger.Add);
        return [.. e.Select(v => (long)Floor(2 * v * one + sum, 2 * sum))];
    }

    private static BigInteger Exp(long t) =>
        new BigInteger(Math.Floor(32768 * Math.Exp(-(t / 256) / 8.0) + 0.5)) * new BigInteger(Math.Floor(32768 * Math.Exp(-(t % 256) / 2048.0) + 0.5));

    private static long[] Norm(long[] row, long[][] x, long[] a, bool centred)
    {
        BigInteger n = row.Length, sum = centred ? row.Sum() : 0;
        BigInteger v = n * row.Aggregate(BigInteger.Zero, (s, e) => s + e * e) - sum * sum + a[1];
        BigInteger scaled = v * BigInteger.Pow(4, (int)a[2]), root = (BigInteger)Math.Sqrt((double)scaled);
        while (root * root > scaled) root--;
        while ((root + 1) * (root + 1) <= scaled) root++;
        return [.. row.Select((e, i) =>
        {
            BigInteger beta = x.Length > 2 ? x[2][i] : 0, power = BigInteger.Pow(2, (int)a[3]);
            BigInteger real = (n * e - sum) * x[1][i] * BigInteger.Pow(2, (int)a[2]) + beta * root;
            return Clamp(Floor(2 * real + power * root, 2 * power * root) + a[4], a[5], a[6]);
        })];
    }

    private static long Rotary(long[][] x, int[][] shapes, int[] shape, int[] o, long[] a)
    {
        int angles = shapes[1][1], d = o[^1];
        long position = x[3][o[a[0]]], own = x[0][Flat(shape, o)];
        if (d >= 2 * angles) return Clamp(own, a[3], a[4]);
        bool interleaved = a[1] == 1, isRight = interleaved ? d % 2 == 1 : d >= angles;
        int j = interleaved ? d / 2 : d % angles, partner = interleaved ? (isRight ? d - 1 : d + 1) : isRight ? d - angles : d + angles;
        long other = x[0][Flat(shape, [.. o[..^1], partner])], cosine = x[1][position * angles + j], sine = x[2][position * angles + j];
        return Clamp(Rounded(isRight ? other * sine + own * cosine : own * cosine - other * sine, a[2]), a[3], a[4]);
    }

    private long[] Attention(IntegerNode node, long[][] x, int[][] shapes, int[] shape, long[] a)
    {
        (int heads, int depth, int groups, int width) = (shapes[0][1], shapes[0][2], shapes[1][1], shapes[2][2]);
        if (!_cache.TryGetValue(node.Index, out List<(long[] Keys, long[] Values)>? seen) || a[1] == 0) _cache[node.Index] = seen = [];
        int before = a[1] == 1 ? _position : 0;
        seen.RemoveRange(before, seen.Count - before);
        for (int s = 0; s < shapes[1][0]; s++) seen.Add((x[1][(s * groups * depth)..((s + 1) * groups * depth)], x[2][(s * groups * width)..((s + 1) * groups * width)]));
        var result = new long[shape.Aggregate(1, (p, n) => p * n)];
        for (int t = 0; t < shape[0]; t++)
            for (int h = 0; h < heads; h++)
            {
                int g = h / (heads / groups), keys = a[0] == 1 ? before + t + 1 : seen.Count;
                long[] scores = [.. Enumerable.Range(0, keys).Select(s => Enumerable.Range(0, depth).Sum(d => x[0][(t * heads + h) * depth + d] * seen[s].Keys[g * depth + d]))];
                long[] shares = Softmax(scores, a[2], a[3], a[4]);
                for (int e = 0; e < width; e++)
                    result[(t * heads + h) * width + e] = Clamp(Rounded(shares.Select((p, s) => p * seen[s].Values[g * width + e]).Sum() * (BigInteger)a[6], a[7]) + a[8], a[9], a[10]);
            }
        return result;
    }

    private static long[] Gather(long[][] x, int[][] shapes, int[] shape, int axis) => Each(shape, o =>
    {
        long index = x[1][Flat(shapes[1], o[axis..(axis + shapes[1].Length)])];
        return x[0][Flat(shapes[0], [.. o[..axis], (int)index, .. o[(axis + shapes[1].Length)..]])];
    });

    private static long[] Concat(long[][] x, int[][] shapes, int[] shape, int axis) => Each(shape, o =>
    {
        int input = 0, at = o[axis];
        while (at >= shapes[input][axis]) at -= shapes[input++][axis];
        return x[input][Flat(shapes[input], [.. o[..axis], at, .. o[(axis + 1)..]])];
    });

    private static int[] Permuted(int[] o, long[] permutation)
    {
        var index = new int[o.Length];
        for (int i = 0; i < o.Length; i++) index[permutation[i]] = o[i];
        return index;
    }

    private static long Pad(long[] x, int[] shape, int[] o, long[] a)
    {
        int[] inner = [.. o.Select((i, axis) => i - (int)a[2 * axis])];
        return inner.Select((i, axis) => i >= 0 && i < shape[axis]).All(b => b) ? x[Flat(shape, inner)] : a[^1];
    }

    private static long[] Reduce(long[] x, int[] shape, long mask, Func<IEnumerable<long>, long> reduce)
    {
        var groups = new SortedDictionary<int, List<long>>();
        int[] kept = [.. shape.Select((n, axis) => (mask >> axis & 1) == 0 ? n : 1)];
        Each(shape, o =>
        {
            int key = Flat(kept, [.. o.Select((i, axis) => kept[axis] == 1 ? 0 : i)]);
            if (!groups.TryGetValue(key, out List<long>? group)) groups[key] = group = [];
            group.Add(x[Flat(shape, o)]);
            return 0;
        });
        return [.. groups.Values.Select(reduce)];
    }
}
