using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Operators along axes: sums and extremes, softmax, running sums, indices of the greatest.</summary>
internal static class OnnxReduction
{
    public static void Register(OnnxOperators table)
    {
        Reduce(table, "ReduceSum", 13, (v, n) => Sum(v), v => v.Sum());
        Reduce(table, "ReduceMean", 18, (v, n) => Sum(v) / n, v => v.Sum() / v.Length);
        Reduce(table, "ReduceMax", 18, (v, n) => v.Length == 0 ? double.NegativeInfinity : v.Max(), v => v.Max());
        Reduce(table, "ReduceMin", 18, (v, n) => v.Length == 0 ? double.PositiveInfinity : v.Min(), v => v.Min());
        Reduce(table, "ReduceProd", 18, (v, n) => v.Aggregate(1.0, (a, b) => a * b), v => v.Aggregate(1L, (a, b) => a * b));
        Reduce(table, "ReduceSumSquare", 18, (v, n) => Sum(v, x => x * x), v => v.Sum(x => x * x));
        Reduce(table, "ReduceL1", 18, (v, n) => Sum(v, Math.Abs), v => v.Sum(Math.Abs));
        Reduce(table, "ReduceL2", 18, (v, n) => Math.Sqrt(Sum(v, x => x * x)), v => (long)Math.Sqrt(v.Sum(x => (double)x * x)));
        Reduce(table, "ReduceLogSum", 18, (v, n) => Math.Log(Sum(v)), null);
        Reduce(table, "ReduceLogSumExp", 18, (v, n) => LogSumExp(v), null);
        table.Add("ArgMax", c => Arg(c, (a, b) => a > b));
        table.Add("ArgMin", c => Arg(c, (a, b) => a < b));
        table.Add("Softmax", c => Lines(c, Softmax));
        table.Add("LogSoftmax", c => Lines(c, v =>
        {
            double sum = LogSumExp(v);
            for (int i = 0; i < v.Length; i++) v[i] -= sum;
        }));
        table.Add("Hardmax", c => Lines(c, v =>
        {
            int first = Array.IndexOf(v, v.Max());
            for (int i = 0; i < v.Length; i++) v[i] = i == first ? 1 : 0;
        }));
        table.Add("CumSum", CumulativeSum);
        table.AddMany("TopK", TopK);
    }

    public static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values) sum += value;
        return sum;
    }

    /// <summary>Exponentials over their sum, of the differences to the greatest. A line of nothing but minus infinity gives zeros.</summary>
    public static void Softmax(double[] line)
    {
        double max = line.Length == 0 ? 0 : line.Max(), sum = 0;
        if (double.IsNegativeInfinity(max))
        {
            Array.Clear(line);
            return;
        }
        for (int i = 0; i < line.Length; i++) sum += line[i] = Math.Exp(line[i] - max);
        for (int i = 0; i < line.Length; i++) line[i] /= sum;
    }

    private static double Sum(double[] values, Func<double, double> of)
    {
        double sum = 0;
        foreach (double value in values) sum += of(value);
        return sum;
    }

    private static double LogSumExp(double[] values)
    {
        double max = values.Length == 0 ? double.NegativeInfinity : values.Max();
        return double.IsInfinity(max) ? max : max + Math.Log(Sum(values, v => Math.Exp(v - max)));
    }

    private static void Reduce(OnnxOperators table, string name, int axesAsInput, Func<double[], int, double> real, Func<long[], long>? integer) =>
        table.Add(name, call =>
        {
            OnnxTensor x = call[0];
            long[] axes = call.IntsOrInput("axes", 1, axesAsInput) ?? [];
            if (axes.Length == 0 && call.Int("noop_with_empty_axes", 0) != 0) return name is "ReduceSum" or "ReduceMean" or "ReduceMax" or "ReduceMin" or "ReduceProd"
                ? x : OnnxUnary.Map(x, v => real([v], 1));
            var reduced = new bool[x.Rank];
            if (axes.Length == 0) Array.Fill(reduced, true);
            else foreach (long axis in axes) if (x.Rank > 0) reduced[x.Axis(axis)] = true;
            bool keep = call.Int("keepdims", 1) != 0;
            int[] shape = [.. x.Dims.Select((dim, i) => reduced[i] ? keep ? 1 : -1 : dim).Where(dim => dim >= 0)];
            (int[] starts, int[] along) = OnnxShapes.Lines(x.Dims, reduced);
            if (!x.Type.IsFloat() && integer is null) throw new OnnxRefusal($"type {x.Type} is not offered here");
            return x.Type.IsFloat()
                ? OnnxTensor.FromDoubles(x.Type, shape, Over(x.Doubles(), starts, along, line => real(line, line.Length)))
                : OnnxTensor.FromLongs(x.Type, shape, Over(x.Longs(), starts, along, integer!));
        });

    private static T[] Over<T>(T[] values, int[] starts, int[] along, Func<T[], T> function)
    {
        var results = new T[starts.Length];
        var line = new T[along.Length];
        for (int i = 0; i < starts.Length; i++)
        {
            for (int j = 0; j < along.Length; j++) line[j] = values[starts[i] + along[j]];
            results[i] = function(line);
        }
        return results;
    }

    private static OnnxTensor Arg(OnnxCall call, Func<double, double, bool> better)
    {
        OnnxTensor x = call[0];
        int axis = x.Axis(call.Int("axis", 0));
        bool last = call.Int("select_last_index", 0) != 0, keep = call.Int("keepdims", 1) != 0;
        double[] values = x.Doubles();
        (int[] starts, int[] along) = OnnxShapes.Lines(x.Dims, axis);
        if (along.Length == 0) throw new OnnxRefusal($"axis {axis} of {x} has no elements");
        var found = new long[starts.Length];
        for (int i = 0; i < starts.Length; i++)
            for (int j = 1; j < along.Length; j++)
            {
                double candidate = values[starts[i] + along[j]], best = values[starts[i] + along[found[i]]];
                if (better(candidate, best) || (last && candidate == best)) found[i] = j;
            }
        int[] shape = keep ? [.. x.Dims[..axis], 1, .. x.Dims[(axis + 1)..]] : [.. x.Dims[..axis], .. x.Dims[(axis + 1)..]];
        return OnnxTensor.FromLongs(OnnxType.Int64, shape, found);
    }

    // Before set 13 the tensor was taken as a matrix, cut at the axis.
    private static OnnxTensor Lines(OnnxCall call, Action<double[]> function)
    {
        OnnxTensor x = call[0];
        bool matrix = call.OperatorSet < 13;
        int axis = x.Axis(call.Int("axis", matrix ? 1 : -1), extra: matrix ? 1 : 0);
        bool[] reduced = [.. Enumerable.Range(0, x.Rank).Select(i => matrix ? i >= axis : i == axis)];
        double[] values = x.Doubles();
        if (!x.Type.IsFloat()) throw new OnnxRefusal($"type {x.Type} is not offered here");
        (int[] starts, int[] along) = OnnxShapes.Lines(x.Dims, reduced);
        var line = new double[along.Length];
        foreach (int start in starts)
        {
            for (int j = 0; j < along.Length; j++) line[j] = values[start + along[j]];
            function(line);
            for (int j = 0; j < along.Length; j++) values[start + along[j]] = line[j];
        }
        return OnnxTensor.FromDoubles(x.Type, x.Dims, values);
    }

    private static OnnxTensor CumulativeSum(OnnxCall call)
    {
        OnnxTensor x = call[0];
        (int[] starts, int[] along) = OnnxShapes.Lines(x.Dims, x.Axis((long)call[1].Scalar()));
        bool exclusive = call.Int("exclusive", 0) != 0;
        if (call.Int("reverse", 0) != 0) Array.Reverse(along);
        return x.Type.IsFloat() ? OnnxTensor.FromDoubles(x.Type, x.Dims, Run(x.Doubles())) : OnnxTensor.FromLongs(x.Type, x.Dims, Run(x.Longs()));

        T[] Run<T>(T[] values) where T : System.Numerics.INumber<T>
        {
            foreach (int start in starts)
            {
                T sum = T.Zero;
                foreach (int offset in along)
                {
                    T value = values[start + offset];
                    values[start + offset] = exclusive ? sum : sum + value;
                    sum += value;
                }
            }
            return values;
        }
    }

    private static OnnxTensor[] TopK(OnnxCall call)
    {
        OnnxTensor x = call[0];
        int axis = x.Axis(call.Int("axis", -1)), size = OnnxTensor.ElementSize(x.Type);
        double k = call.OperatorSet < 10 ? call.Int("k", 0) : call[1].Scalar();
        if (k < 0 || k > x.Dims[axis]) throw new OnnxRefusal($"expected 0 to {x.Dims[axis]} elements, got {k}");
        bool largest = call.Int("largest", 1) != 0;
        int[] shape = [.. x.Dims[..axis], (int)k, .. x.Dims[(axis + 1)..]];
        double[] doubles = x.Type.IsFloat() ? x.Doubles() : [];
        long[] longs = x.Type.IsFloat() ? [] : x.Longs();
        (int[] starts, int[] along) = OnnxShapes.Lines(x.Dims, axis);
        (int[] outStarts, int[] outAlong) = OnnxShapes.Lines(shape, axis);
        OnnxTensor values = OnnxTensor.Zeros(x.Type, shape), indices = OnnxTensor.Zeros(OnnxType.Int64, shape);
        for (int i = 0; i < starts.Length; i++)
        {
            int start = starts[i];
            int[] order = [.. Enumerable.Range(0, along.Length)];
            Array.Sort(order, (a, b) =>
            {
                int p = start + along[a], q = start + along[b];
                int compared = x.Type.IsFloat() ? doubles[p].CompareTo(doubles[q])
                    : x.Type == OnnxType.UInt64 ? ((ulong)longs[p]).CompareTo((ulong)longs[q]) : longs[p].CompareTo(longs[q]);
                return compared == 0 ? a - b : largest ? -compared : compared;
            });
            for (int j = 0; j < outAlong.Length; j++)
            {
                int to = outStarts[i] + outAlong[j];
                x.Data.AsSpan((start + along[order[j]]) * size, size).CopyTo(values.Data.AsSpan(to * size));
                indices.As<long>()[to] = order[j];
            }
        }
        return [values, indices];
    }
}
