using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Operators that take or put elements where indices say.</summary>
internal static class OnnxGathering
{
    public static void Register(OnnxOperators table)
    {
        table.Add("Gather", Gather);
        table.Add("GatherElements", GatherElements);
        table.Add("GatherND", GatherMany);
        table.Add("ScatterND", ScatterMany);
        table.Add("OneHot", OneHot);
        table.Add("NonZero", NonZero);
    }

    private static OnnxTensor Gather(OnnxCall call)
    {
        (OnnxTensor x, OnnxTensor indices) = (call[0], call[1]);
        int axis = x.Axis(call.Int("axis", 0));
        int[] places = [.. indices.Longs().Select(index => Place(index, x.Dims[axis]))];
        return OnnxMovement.TakeAlong(x, axis, places, [.. x.Dims[..axis], .. indices.Dims, .. x.Dims[(axis + 1)..]]);
    }

    private static OnnxTensor GatherElements(OnnxCall call)
    {
        (OnnxTensor x, OnnxTensor indices) = (call[0], call[1]);
        int axis = x.Axis(call.Int("axis", 0));
        if (indices.Rank != x.Rank) throw new OnnxRefusal($"{indices} does not fit {x}");
        for (int i = 0; i < x.Rank; i++)
            if (i != axis && indices.Dims[i] > x.Dims[i]) throw new OnnxRefusal($"{indices} does not fit {x}");
        int[] strides = OnnxShapes.Strides(x.Dims), across = [.. strides];
        across[axis] = 0;
        int[] from = OnnxShapes.Offsets(indices.Dims, across);
        long[] places = indices.Longs();
        for (int i = 0; i < from.Length; i++) from[i] += Place(places[i], x.Dims[axis]) * strides[axis];
        return OnnxMovement.Take(x, indices.Dims, from);
    }

    private static OnnxTensor GatherMany(OnnxCall call)
    {
        (OnnxTensor x, OnnxTensor indices) = (call[0], call[1]);
        int batch = (int)Math.Clamp(call.Int("batch_dims", 0), 0, Math.Min(x.Rank, indices.Rank - 1)), depth = indices.Dims[^1];
        if (batch + depth > x.Rank || !x.Dims.AsSpan(0, batch).SequenceEqual(indices.Dims.AsSpan(0, batch))) throw new OnnxRefusal($"{indices} does not fit {x}");
        int[] shape = [.. indices.Dims[..^1], .. x.Dims[(batch + depth)..]];
        int inner = OnnxShapes.Product(x.Dims.AsSpan(batch + depth)), size = inner * OnnxTensor.ElementSize(x.Type);
        int batches = OnnxShapes.Product(x.Dims.AsSpan(0, batch)), perBatch = batches == 0 ? 0 : indices.Count / Math.Max(depth, 1) / batches;
        OnnxTensor made = OnnxTensor.Zeros(x.Type, shape);
        long[] places = indices.Longs();
        for (int i = 0; i < batches * perBatch; i++)
            x.Data.AsSpan(At(x, places, i, depth, batch, i / perBatch) * size, size).CopyTo(made.Data.AsSpan(i * size));
        return made;
    }

    private static OnnxTensor ScatterMany(OnnxCall call)
    {
        (OnnxTensor x, OnnxTensor indices, OnnxTensor updates) = (call[0], call[1], call[2]);
        int depth = indices.Dims[^1];
        if (depth > x.Rank || updates.Type != x.Type) throw new OnnxRefusal($"{indices} and {updates} do not fit {x}");
        int inner = OnnxShapes.Product(x.Dims.AsSpan(depth)), count = OnnxShapes.Product(indices.Dims.AsSpan(0, indices.Rank - 1));
        if ((long)inner * count != updates.Count) throw new OnnxRefusal($"{updates} does not fit {indices} of {x}");
        double[] values = x.Doubles(), changes = updates.Doubles();
        string reduction = call.Text("reduction", "none");
        if (x.Type is OnnxType.Int64 or OnnxType.UInt64) throw new OnnxRefusal($"type {x.Type} is not offered here");
        long[] places = indices.Longs();
        for (int i = 0; i < count; i++)
        {
            int to = At(x, places, i, depth, 0, 0) * inner;
            for (int j = 0; j < inner; j++)
            {
                (double old, double change) = (values[to + j], changes[(i * inner) + j]);
                values[to + j] = reduction switch
                {
                    "none" => change,
                    "add" => old + change,
                    "mul" => old * change,
                    "max" => Math.Max(old, change),
                    "min" => Math.Min(old, change),
                    _ => throw new OnnxRefusal($"reduction '{reduction}' is not offered"),
                };
            }
        }
        return OnnxTensor.FromDoubles(x.Type, x.Dims, values);
    }

    private static OnnxTensor OneHot(OnnxCall call)
    {
        (OnnxTensor indices, OnnxTensor values) = (call[0], call[2]);
        double depth = Math.Truncate(call[1].Scalar());
        if (depth is not (>= 1 and <= OnnxLimits.MaxElements) || values.Count != 2) throw new OnnxRefusal($"depth {depth} with {values} is not offered");
        int axis = indices.Axis(call.Int("axis", -1), 1);
        int[] shape = [.. indices.Dims[..axis], (int)depth, .. indices.Dims[axis..]];
        OnnxTensor made = OnnxTensor.Zeros(values.Type, shape);
        int size = OnnxTensor.ElementSize(values.Type);
        for (int i = 0; i < made.Count; i++) values.Data.AsSpan(0, size).CopyTo(made.Data.AsSpan(i * size));
        (int[] starts, int[] along) = OnnxShapes.Lines(shape, axis);
        double[] hot = indices.Doubles();
        for (int i = 0; i < starts.Length; i++)
        {
            double at = hot[i] < 0 ? hot[i] + depth : hot[i];
            if (at >= 0 && at < depth) values.Data.AsSpan(size, size).CopyTo(made.Data.AsSpan((starts[i] + along[(int)at]) * size));
        }
        return made;
    }

    private static OnnxTensor NonZero(OnnxCall call)
    {
        OnnxTensor x = call[0];
        double[] values = x.Doubles();
        int[] found = [.. Enumerable.Range(0, values.Length).Where(i => values[i] != 0)], strides = OnnxShapes.Strides(x.Dims);
        if ((long)x.Rank * found.Length > OnnxLimits.MaxElements) throw new OnnxRefusal($"{found.Length} places of {x.Rank} dimensions are above {OnnxLimits.MaxElements}");
        var made = new long[x.Rank * found.Length];
        for (int d = 0; d < x.Rank; d++)
            for (int i = 0; i < found.Length; i++) made[(d * found.Length) + i] = found[i] / strides[d] % x.Dims[d];
        return OnnxTensor.FromLongs(OnnxType.Int64, [x.Rank, found.Length], made);
    }

    private static int At(OnnxTensor x, long[] places, int row, int depth, int firstAxis, int start)
    {
        int at = start;
        for (int d = 0; d < depth; d++) at = (at * x.Dims[firstAxis + d]) + Place(places[(row * depth) + d], x.Dims[firstAxis + d]);
        return at;
    }

    private static int Place(long index, int dim)
    {
        long at = index < 0 ? index + dim : index;
        return at >= 0 && at < dim ? (int)at : throw new OnnxRefusal($"index {index} is outside a dimension of {dim}");
    }
}
