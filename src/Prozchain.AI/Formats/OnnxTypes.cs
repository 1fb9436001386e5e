namespace Prozchain.AI.Formats;

/// <summary>Sizes and kinds of <see cref="OnnxType"/>.</summary>
internal static class OnnxTypes
{
    /// <summary>Bits of one element in a file; 0 for text and for what is no type.</summary>
    public static int BitSize(this OnnxType type) => type switch
    {
        OnnxType.UInt2 or OnnxType.Int2 => 2,
        OnnxType.UInt4 or OnnxType.Int4 or OnnxType.Float4E2M1 => 4,
        OnnxType.Bool or OnnxType.UInt8 or OnnxType.Int8 or OnnxType.Float8E4M3FN or OnnxType.Float8E4M3FNUZ or OnnxType.Float8E5M2
            or OnnxType.Float8E5M2FNUZ or OnnxType.Float8E8M0 => 8,
        OnnxType.UInt16 or OnnxType.Int16 or OnnxType.Float16 or OnnxType.BFloat16 => 16,
        OnnxType.Int32 or OnnxType.UInt32 or OnnxType.Float => 32,
        OnnxType.Int64 or OnnxType.UInt64 or OnnxType.Double or OnnxType.Complex64 => 64,
        OnnxType.Complex128 => 128,
        _ => 0,
    };

    /// <summary>Whether tensors of this type can be held in memory and computed with.</summary>
    public static bool IsOffered(this OnnxType type) => type.IsFloat() || type.IsInteger() || type == OnnxType.Bool;

    /// <summary>One of the floats that are offered.</summary>
    public static bool IsFloat(this OnnxType type) => type is OnnxType.Float or OnnxType.Float16 or OnnxType.BFloat16 or OnnxType.Double;

    /// <summary>One of the integers; a boolean is none.</summary>
    public static bool IsInteger(this OnnxType type) => type is OnnxType.UInt8 or OnnxType.Int8 or OnnxType.UInt16 or OnnxType.Int16
        or OnnxType.Int32 or OnnxType.Int64 or OnnxType.UInt32 or OnnxType.UInt64 or OnnxType.UInt4 or OnnxType.Int4 or OnnxType.UInt2 or OnnxType.Int2;

    /// <summary>Least and greatest value of an integer type; of 64 unsigned bits, the greatest signed one.</summary>
    public static (long Min, long Max) Range(this OnnxType type) => type switch
    {
        OnnxType.UInt2 => (0, 3),
        OnnxType.Int2 => (-2, 1),
        OnnxType.UInt4 => (0, 15),
        OnnxType.Int4 => (-8, 7),
        OnnxType.UInt8 => (0, 255),
        OnnxType.Int8 => (-128, 127),
        OnnxType.UInt16 => (0, ushort.MaxValue),
        OnnxType.Int16 => (short.MinValue, short.MaxValue),
        OnnxType.Int32 => (int.MinValue, int.MaxValue),
        OnnxType.UInt32 => (0, uint.MaxValue),
        OnnxType.UInt64 => (0, long.MaxValue),
        OnnxType.Bool => (0, 1),
        _ => (long.MinValue, long.MaxValue),
    };

    /// <summary>The type of a model's tensor, where that has one for it.</summary>
    public static TensorType? ToTensorType(this OnnxType type) => type switch
    {
        OnnxType.Bool => TensorType.BOOL,
        OnnxType.UInt8 => TensorType.U8,
        OnnxType.Int8 => TensorType.I8,
        OnnxType.UInt16 => TensorType.U16,
        OnnxType.Int16 => TensorType.I16,
        OnnxType.UInt32 => TensorType.U32,
        OnnxType.Int32 => TensorType.I32,
        OnnxType.UInt64 => TensorType.U64,
        OnnxType.Int64 => TensorType.I64,
        OnnxType.Float16 => TensorType.F16,
        OnnxType.BFloat16 => TensorType.BF16,
        OnnxType.Float => TensorType.F32,
        OnnxType.Double => TensorType.F64,
        OnnxType.Complex64 => TensorType.C64,
        OnnxType.Float8E4M3FN => TensorType.F8_E4M3,
        OnnxType.Float8E5M2 => TensorType.F8_E5M2,
        OnnxType.Float8E4M3FNUZ => TensorType.F8_E4M3FNUZ,
        OnnxType.Float8E5M2FNUZ => TensorType.F8_E5M2FNUZ,
        OnnxType.Float8E8M0 => TensorType.F8_E8M0,
        OnnxType.Float4E2M1 => TensorType.F4,
        _ => null,
    };

    /// <summary>Bytes in a file of so many elements, the last byte padded; a status when there is no such size.</summary>
    public static OnnxStatus Measure(OnnxType type, IReadOnlyList<long> dims, out long count, out long bytes)
    {
        count = bytes = 0;
        if (type is OnnxType.Undefined or > OnnxType.Int2) return OnnxStatus.UnknownType;
        Int128 product = 1;
        bool empty = false;
        foreach (long dim in dims)
        {
            if (dim < 0) return OnnxStatus.InvalidDimension;
            empty |= dim == 0;
            if (!empty) product *= dim;
            if (product > long.MaxValue) return OnnxStatus.ShapeOverflow;
        }
        if (empty) product = 0;
        if (((product * type.BitSize()) + 7) / 8 > long.MaxValue) return OnnxStatus.ShapeOverflow;
        count = (long)product;
        bytes = (long)(((product * type.BitSize()) + 7) / 8);
        return OnnxStatus.Ok;
    }
}
