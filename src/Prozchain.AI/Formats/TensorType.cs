using System.Diagnostics.CodeAnalysis;

namespace Prozchain.AI.Formats;

/// <summary>
/// Element type of a tensor: the types of safetensors (0 to 21) and the block types of GGUF (22 on), by their names there. A block
/// type packs that many elements of a row with their scales; its sizes are in <see cref="TensorTypes"/>. The numbers are part of
/// wire formats.
/// </summary>
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
    /// <summary>Blocks of 32: a half precision scale, 4-bit integers around 8.</summary>
    Q4_0 = 22,
    /// <summary>Blocks of 32: half precision scale and minimum, 4-bit unsigned integers.</summary>
    Q4_1 = 23,
    /// <summary>Blocks of 32: a half precision scale, 8-bit integers.</summary>
    Q8_0 = 24,
    /// <summary>Blocks of 32, 5 bits.</summary>
    Q5_0 = 25,
    /// <summary>Blocks of 32, 5 bits and a minimum.</summary>
    Q5_1 = 26,
    /// <summary>Blocks of 32, 8 bits and a sum.</summary>
    Q8_1 = 27,
    /// <summary>Super-blocks of 256, 2 bits.</summary>
    Q2_K = 28,
    /// <summary>Super-blocks of 256, 3 bits.</summary>
    Q3_K = 29,
    /// <summary>Super-blocks of 256, 4 bits.</summary>
    Q4_K = 30,
    /// <summary>Super-blocks of 256, 5 bits.</summary>
    Q5_K = 31,
    /// <summary>Super-blocks of 256, 6 bits.</summary>
    Q6_K = 32,
    /// <summary>Super-blocks of 256, 8 bits.</summary>
    Q8_K = 33,
    /// <summary>Super-blocks of 256, codebook, about 2.06 bits.</summary>
    IQ2_XXS = 34,
    /// <summary>Super-blocks of 256, codebook, about 2.3 bits.</summary>
    IQ2_XS = 35,
    /// <summary>Super-blocks of 256, codebook, about 3.06 bits.</summary>
    IQ3_XXS = 36,
    /// <summary>Super-blocks of 256, codebook, about 1.56 bits.</summary>
    IQ1_S = 37,
    /// <summary>Blocks of 32, 4 bits of a non-linear table.</summary>
    IQ4_NL = 38,
    /// <summary>Super-blocks of 256, codebook, about 3.44 bits.</summary>
    IQ3_S = 39,
    /// <summary>Super-blocks of 256, codebook, about 2.56 bits.</summary>
    IQ2_S = 40,
    /// <summary>Super-blocks of 256, 4 bits of a non-linear table.</summary>
    IQ4_XS = 41,
    /// <summary>Super-blocks of 256, codebook, 1.75 bits.</summary>
    IQ1_M = 42,
    /// <summary>Super-blocks of 256, ternary, about 1.69 bits.</summary>
    TQ1_0 = 43,
    /// <summary>Super-blocks of 256, ternary, about 2.06 bits.</summary>
    TQ2_0 = 44,
    /// <summary>Blocks of 32: a power of two, 4-bit floats.</summary>
    MXFP4 = 45,
    /// <summary>Blocks of 64: four 8-bit float scales, 4-bit floats.</summary>
    NVFP4 = 46,
    /// <summary>Blocks of 128: a half precision scale, one bit each.</summary>
    Q1_0 = 47,
}
