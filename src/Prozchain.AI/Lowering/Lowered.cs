using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>What a value of the source model became: a constant, real numbers in integers, or integers of the source's own.</summary>
internal sealed class Lowered
{
    /// <summary>What helps where a batch is refused.</summary>
    public const string OneMember = ": Batched makes each member of a batch a request";

    /// <summary>The graph's value; null of a constant.</summary>
    public IntegerValue? Value { get; init; }

    /// <summary>A constant that the lowering has in hand.</summary>
    public OnnxTensor? Constant { get; init; }

    /// <summary>The integers behind a constant that the model dequantises, with a scale and a zero point for each place of the axis, or one.</summary>
    public (OnnxTensor Numbers, double[] Scales, long[] Zeros, int Axis)? Steps { get; init; }

    /// <summary>How the elements are to be read when the source has floats.</summary>
    public Quantisation? Real { get; init; }

    /// <summary>What the source has when that is integers: number = element + <see cref="Origin"/>.</summary>
    public OnnxType Type { get; init; }

    public int Origin { get; init; }

    public IntegerValue Elements => Value ?? throw new OnnxRefusal("a constant is not offered here");

    public OnnxTensor Tensor => Constant ?? throw new OnnxRefusal("expected a constant");

    public static Lowered Of(OnnxTensor constant) => new() { Constant = constant, Type = constant.Type };

    public static Lowered Of(IntegerValue value, Quantisation real) => new() { Value = value, Real = real, Type = OnnxType.Float };

    public static Lowered OfNumbers(IntegerValue value, OnnxType type) => new() { Value = value, Type = type, Origin = OriginOf(type) };

    /// <summary>Unsigned integers stand shifted to the middle, so that they fit the signed type of as many bits.</summary>
    public static int OriginOf(OnnxType type) => type switch { OnnxType.UInt8 => 128, OnnxType.UInt16 => 32768, _ => 0 };

    public static ElementType ElementOf(OnnxType type) => type switch
    {
        OnnxType.UInt8 or OnnxType.Int8 or OnnxType.UInt4 or OnnxType.Int4 or OnnxType.Bool => ElementType.I8,
        OnnxType.UInt16 or OnnxType.Int16 => ElementType.I16,
        OnnxType.Int32 or OnnxType.Int64 => ElementType.I32,
        _ => throw new OnnxRefusal($"type {type} is not offered"),
    };

    /// <summary>The quantisation that QuantizeLinear names.</summary>
    public static Quantisation StepOf(OnnxType type, double scale, long zero)
    {
        int origin = OriginOf(type);
        (long min, long max) = type.Range();
        if (zero < min || zero > max) throw new OnnxRefusal($"zero point {zero} is outside {type}");
        return new(scale, (int)(zero - origin), (int)(min - origin), (int)(max - origin), ElementOf(type));
    }

    /// <summary>The same under another value of the graph.</summary>
    public Lowered With(IntegerValue value) => new() { Value = value, Real = Real, Type = Type, Origin = Origin };
}
