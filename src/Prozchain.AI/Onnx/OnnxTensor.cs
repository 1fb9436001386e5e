using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>
/// A tensor in memory: elements row-major, outermost dimension first, little-endian, of 2 and 4 bits one in a byte.
/// Text, complex and narrow float elements are not offered.
/// </summary>
public sealed class OnnxTensor
{
    internal OnnxTensor(OnnxType type, int[] shape, byte[] data)
    {
        Type = type;
        Dims = shape;
        Data = data;
    }

    /// <summary>Type of the elements.</summary>
    public OnnxType Type { get; }

    /// <summary>Dimensions, outermost first, each 0 or more; empty for a scalar.</summary>
    public ImmutableArray<int> Shape => [.. Dims];

    /// <summary>Elements in all.</summary>
    public int Count => Data.Length / ElementSize(Type);

    /// <summary>The elements as bytes.</summary>
    public ReadOnlySpan<byte> Bytes => Data;

    internal int[] Dims { get; }

    internal byte[] Data { get; }

    internal int Rank => Dims.Length;

    /// <summary>Makes a tensor of single precision.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="shape">Dimensions whose product is the number of elements.</param>
    /// <exception cref="ArgumentException">The shape is of another number of elements.</exception>
    public static OnnxTensor Of(ReadOnlySpan<float> values, params ReadOnlySpan<int> shape) =>
        Of(OnnxType.Float, MemoryMarshal.AsBytes(values), shape);

    /// <summary>Makes a tensor from bytes.</summary>
    /// <param name="type">One of the types that are offered.</param>
    /// <param name="bytes">The elements as <see cref="Bytes"/> has them.</param>
    /// <param name="shape">Dimensions whose product is the number of elements.</param>
    /// <exception cref="ArgumentException">The shape is of another number of elements, or the type is not offered.</exception>
    public static OnnxTensor Of(OnnxType type, ReadOnlySpan<byte> bytes, params ReadOnlySpan<int> shape)
    {
        if (!type.IsOffered()) throw new ArgumentException($"Expected a type that is offered, got {type}.", nameof(type));
        long count = 1;
        foreach (int dim in shape)
        {
            if (dim < 0 || (count *= dim) > OnnxLimits.MaxElements) throw new ArgumentException($"Expected a shape of 0 to {OnnxLimits.MaxElements} elements.", nameof(shape));
        }
        if (count * ElementSize(type) != bytes.Length) throw new ArgumentException($"Expected {count * ElementSize(type)} bytes, got {bytes.Length}.", nameof(bytes));
        return new OnnxTensor(type, shape.ToArray(), bytes.ToArray());
    }

    /// <summary>Type and shape, for people.</summary>
    public override string ToString() => $"{Type}[{string.Join(',', Dims)}]";

    /// <summary>Bytes of one element in memory.</summary>
    internal static int ElementSize(OnnxType type) => Math.Max(1, type.BitSize() / 8);

    /// <summary>A tensor of zeros; the size is checked before it is allocated.</summary>
    internal static OnnxTensor Zeros(OnnxType type, params int[] shape)
    {
        if (!type.IsOffered()) throw new OnnxRefusal($"type {type} is not offered");
        if (shape.Length > OnnxLimits.MaxRank) throw new OnnxRefusal($"a shape of {shape.Length} dimensions is above {OnnxLimits.MaxRank}");
        long count = 1;
        foreach (int dim in shape)
        {
            if (dim < 0) throw new OnnxRefusal($"shape [{string.Join(',', shape)}] has a negative dimension");
            count *= dim;
            if (count > OnnxLimits.MaxElements) throw new OnnxRefusal($"shape [{string.Join(',', shape)}] is above {OnnxLimits.MaxElements} elements");
        }
        return new OnnxTensor(type, shape, new byte[count * ElementSize(type)]);
    }

    internal static OnnxTensor FromDoubles(OnnxType type, int[] shape, ReadOnlySpan<double> values)
    {
        OnnxTensor made = Zeros(type, shape);
        OnnxElements.Write(made, values);
        return made;
    }

    internal static OnnxTensor FromLongs(OnnxType type, int[] shape, ReadOnlySpan<long> values)
    {
        OnnxTensor made = Zeros(type, shape);
        OnnxElements.Write(made, values);
        return made;
    }

    internal static OnnxTensor Indices(params long[] values) => FromLongs(OnnxType.Int64, [values.Length], values);

    /// <summary>The same elements under another shape of as many.</summary>
    internal OnnxTensor Reshaped(params int[] shape)
    {
        if (shape.Length > OnnxLimits.MaxRank) throw new OnnxRefusal($"a shape of {shape.Length} dimensions is above {OnnxLimits.MaxRank}");
        if (OnnxShapes.Product(shape) != Count) throw new OnnxRefusal($"shape [{string.Join(',', shape)}] does not hold the {Count} elements of [{string.Join(',', Dims)}]");
        return new OnnxTensor(Type, shape, Data);
    }

    internal Span<T> As<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data.AsSpan());

    internal double[] Doubles() => OnnxElements.ReadDoubles(this);

    internal float[] Floats() => Type == OnnxType.Float ? As<float>().ToArray() : Array.ConvertAll(Doubles(), v => (float)v);

    internal long[] Longs() => OnnxElements.ReadLongs(this);

    /// <summary>The one element of a scalar, or of a tensor that holds one.</summary>
    internal double Scalar() => Count == 1 ? Doubles()[0] : throw new OnnxRefusal($"expected one element, got {this}");

    internal int Axis(long axis, int extra = 0)
    {
        long rank = Rank + extra, wanted = axis < 0 ? axis + rank : axis;
        if (wanted < 0 || wanted >= Math.Max(rank, 1)) throw new OnnxRefusal($"axis {axis} is outside {this}");
        return (int)wanted;
    }
}
