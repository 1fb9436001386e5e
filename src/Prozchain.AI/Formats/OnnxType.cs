namespace Prozchain.AI.Formats;

/// <summary>Element type of an ONNX tensor; the numbers are those of TensorProto.DataType.</summary>
public enum OnnxType : byte
{
    /// <summary>No type.</summary>
    Undefined = 0,
    /// <summary>IEEE 754 single precision.</summary>
    Float = 1,
    /// <summary>8-bit unsigned integer.</summary>
    UInt8 = 2,
    /// <summary>8-bit signed integer.</summary>
    Int8 = 3,
    /// <summary>16-bit unsigned integer.</summary>
    UInt16 = 4,
    /// <summary>16-bit signed integer.</summary>
    Int16 = 5,
    /// <summary>32-bit signed integer.</summary>
    Int32 = 6,
    /// <summary>64-bit signed integer.</summary>
    Int64 = 7,
    /// <summary>UTF-8 text.</summary>
    String = 8,
    /// <summary>A boolean in 8 bits.</summary>
    Bool = 9,
    /// <summary>IEEE 754 half precision.</summary>
    Float16 = 10,
    /// <summary>IEEE 754 double precision.</summary>
    Double = 11,
    /// <summary>32-bit unsigned integer.</summary>
    UInt32 = 12,
    /// <summary>64-bit unsigned integer.</summary>
    UInt64 = 13,
    /// <summary>A complex number of two single precision floats.</summary>
    Complex64 = 14,
    /// <summary>A complex number of two double precision floats.</summary>
    Complex128 = 15,
    /// <summary>The upper 16 bits of IEEE 754 single precision.</summary>
    BFloat16 = 16,
    /// <summary>8-bit float, 4 exponent bits, finite.</summary>
    Float8E4M3FN = 17,
    /// <summary>8-bit float, 4 exponent bits, finite, unsigned zero.</summary>
    Float8E4M3FNUZ = 18,
    /// <summary>8-bit float, 5 exponent bits.</summary>
    Float8E5M2 = 19,
    /// <summary>8-bit float, 5 exponent bits, finite, unsigned zero.</summary>
    Float8E5M2FNUZ = 20,
    /// <summary>4-bit unsigned integer, two in a byte, the lower half first.</summary>
    UInt4 = 21,
    /// <summary>4-bit signed integer, two in a byte, the lower half first.</summary>
    Int4 = 22,
    /// <summary>4-bit float, two in a byte.</summary>
    Float4E2M1 = 23,
    /// <summary>8-bit power of two.</summary>
    Float8E8M0 = 24,
    /// <summary>2-bit unsigned integer, four in a byte, the lowest first.</summary>
    UInt2 = 25,
    /// <summary>2-bit signed integer, four in a byte, the lowest first.</summary>
    Int2 = 26,
}
