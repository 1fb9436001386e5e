using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Operators that give the same elements another shape, that tell shapes, or that make constants.</summary>
internal static class OnnxShaping
{
    public static void Register(OnnxOperators table)
    {
        table.Add("Reshape", Reshape);
        table.Add("Flatten", Flatten);
        table.Add("Squeeze", Squeeze);
        table.Add("Unsqueeze", Unsqueeze);
        table.Add("Shape", Shape);
        table.Add("Size", c => OnnxTensor.FromLongs(OnnxType.Int64, [], [c[0].Count]));
        table.Add("Constant", Constant);
        table.Add("ConstantOfShape", ConstantOfShape);
        table.Add("Range", Range);
        table.AddMany("Dropout", c => [c[0], .. c.Wants(1) ? (OnnxTensor[])[Kept(c)] : []]);
    }

    private static OnnxTensor Reshape(OnnxCall call)
    {
        OnnxTensor x = call[0];
        long[] wanted = call.IntsOrInput("shape", 1, 5) ?? throw new OnnxRefusal("input 1 is missing");
        int[] shape = OnnxShapes.ToInts(wanted);
        bool keepZero = call.Int("allowzero", 0) != 0;
        int open = -1;
        long known = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] == 0 && !keepZero) shape[i] = i < x.Rank ? x.Dims[i] : throw new OnnxRefusal($"dimension {i} of {x} does not exist");
            if (shape[i] == -1 && open < 0) open = i;
            else known = Math.Min(known * shape[i], (long)OnnxLimits.MaxElements + 1);
        }
        if (open >= 0) shape[open] = known > 0 ? (int)(x.Count / known) : 0;
        return x.Reshaped(shape);
    }

    private static OnnxTensor Flatten(OnnxCall call)
    {
        OnnxTensor x = call[0];
        long axis = call.Int("axis", 1);
        if (axis < 0) axis += x.Rank;
        if (axis < 0 || axis > x.Rank) throw new OnnxRefusal($"axis {axis} is outside {x}");
        return x.Reshaped(OnnxShapes.Product(x.Dims.AsSpan(0, (int)axis)), OnnxShapes.Product(x.Dims.AsSpan((int)axis)));
    }

    private static OnnxTensor Squeeze(OnnxCall call)
    {
        OnnxTensor x = call[0];
        long[]? axes = call.IntsOrInput("axes", 1, 13);
        HashSet<int> gone = axes is null ? [.. Enumerable.Range(0, x.Rank).Where(i => x.Dims[i] == 1)] : [.. axes.Select(axis => x.Axis(axis))];
        return x.Reshaped([.. x.Dims.Where((_, i) => !gone.Contains(i))]);
    }

    private static OnnxTensor Unsqueeze(OnnxCall call)
    {
        OnnxTensor x = call[0];
        long[] axes = call.IntsOrInput("axes", 1, 13) ?? throw new OnnxRefusal("the axes are missing");
        int rank = x.Rank + axes.Length;
        HashSet<int> made = [.. axes.Select(axis => x.Axis(axis, axes.Length))];
        if (made.Count != axes.Length || rank > OnnxLimits.MaxRank) throw new OnnxRefusal($"axes [{string.Join(',', axes)}] do not fit {x}");
        var shape = new int[rank];
        for (int i = 0, from = 0; i < rank; i++) shape[i] = made.Contains(i) ? 1 : x.Dims[from++];
        return x.Reshaped(shape);
    }

    private static OnnxTensor Shape(OnnxCall call)
    {
        int rank = call[0].Rank;
        int start = Place(call.Int("start", 0)), end = Place(call.Int("end", rank));
        return OnnxTensor.Indices([.. call[0].Dims.Skip(start).Take(Math.Max(0, end - start)).Select(dim => (long)dim)]);

        int Place(long at) => (int)Math.Clamp(at < 0 ? at + rank : at, 0, rank);
    }

    private static OnnxTensor Constant(OnnxCall call)
    {
        if (call.Tensor("value") is { } value) return value;
        if (call.Attribute("value_float") is { } single) return OnnxTensor.Of([single.Float]);
        if (call.Attribute("value_floats") is { } singles) return OnnxTensor.Of(singles.Floats.ToArray(), singles.Floats.Count);
        if (call.Attribute("value_int") is { } integer) return OnnxTensor.FromLongs(OnnxType.Int64, [], [integer.Int]);
        if (call.Attribute("value_ints") is { } integers) return OnnxTensor.Indices([.. integers.Ints]);
        throw new OnnxRefusal("a constant of this kind is not offered");
    }

    private static OnnxTensor ConstantOfShape(OnnxCall call)
    {
        OnnxTensor value = call.Tensor("value") ?? OnnxTensor.Of([0f], 1);
        if (value.Count != 1) throw new OnnxRefusal($"expected one element, got {value}");
        OnnxTensor made = OnnxTensor.Zeros(value.Type, OnnxShapes.ToInts(call[0].Longs()));
        if (!value.Data.AsSpan().ContainsAnyExcept((byte)0)) return made;
        for (int at = 0; at < made.Data.Length; at += value.Data.Length) value.Data.CopyTo(made.Data, at);
        return made;
    }

    private static OnnxTensor Range(OnnxCall call)
    {
        OnnxType type = call[0].Type;
        (double start, double limit, double delta) = (call[0].Scalar(), call[1].Scalar(), call[2].Scalar());
        double count = Math.Max(0, Math.Ceiling((limit - start) / delta));
        if (!(count <= OnnxLimits.MaxElements)) throw new OnnxRefusal($"a range of {count} elements is above {OnnxLimits.MaxElements}");
        return OnnxTensor.FromDoubles(type, [(int)count], [.. Enumerable.Range(0, (int)count).Select(i => start + (i * delta))]);
    }

    private static OnnxTensor Kept(OnnxCall call)
    {
        OnnxTensor mask = OnnxTensor.Zeros(call.OperatorSet < 10 ? call[0].Type : OnnxType.Bool, call[0].Dims);
        OnnxElements.Write(mask, Enumerable.Repeat(1L, mask.Count).ToArray());
        return mask;
    }
}
