using System.Diagnostics.CodeAnalysis;

namespace Prozchain.AI.Formats;

/// <summary>Element type of a tensor: the types of safetensors, by their names there. The numbers are part of wire formats.</summary>
[SuppressMessage("Naming", "CA1707:Identifiers should not contain underscores", Justification = "The names that the format itself uses.")]
public enum TensorType : byte
{
    /// <summary>A boolean in 8 bits.</summary>
    BOOL = 0,
    /// <summary>4-bit float, 2 exponent bits.</summary>
    F4 = 1,
    /// <summary>6-bit float, 2 exponent bits.</summary>
    F6_E2M3 = 2,
    /// <summary>6-bit float, 3 exponent bits.</summary>
    F6_E3M2 = 3,
    /// <summary>8-bit unsigned integer.</summary>
    U8 = 4,
    /// <summary>8-bit signed integer.</summary>
    I8 = 5,
    /// <summary>8-bit float, 5 exponent bits.</summary>
    F8_E5M2 = 6,
    /// <summary>8-bit float, 4 exponent bits, finite.</summary>
    F8_E4M3 = 7,
    /// <summary>8-bit power of two.</summary>
    F8_E8M0 = 8,
    /// <summary>8-bit float, 4 exponent bits, finite, unsigned zero.</summary>
    F8_E4M3FNUZ = 9,
    /// <summary>8-bit float, 5 exponent bits, finite, unsigned zero.</summary>
    F8_E5M2FNUZ = 10,
    /// <summary>16-bit signed integer.</summary>
    I16 = 11,
    /// <summary>16-bit unsigned integer.</summary>
    U16 = 12,
    /// <summary>IEEE 754 half precision.</summary>
    F16 = 13,
    /// <summary>The upper 16 bits of IEEE 754 single precision.</summary>
    BF16 = 14,
    /// <summary>32-bit signed integer.</summary>
    I32 = 15,
    /// <summary>32-bit unsigned integer.</summary>
    U32 = 16,
    /// <summary>IEEE 754 single precision.</summary>
    F32 = 17,
    /// <summary>A complex number of two single precision floats.</summary>
    C64 = 18,
    /// <summary>IEEE 754 double precision.</summary>
    F64 = 19,
    /// <summary>64-bit signed integer.</summary>
    I64 = 20,
    /// <summary>64-bit unsigned integer.</summary>
    U64 = 21,
}
