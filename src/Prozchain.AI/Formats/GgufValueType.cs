using System.Diagnostics.CodeAnalysis;

namespace Prozchain.AI.Formats;

/// <summary>Type of an entry of a GGUF file's metadata, with the format's numbers.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The names that the format itself uses.")]
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "32 unsigned bits in the format.")]
public enum GgufValueType : uint
{
    /// <summary>8-bit unsigned integer.</summary>
    UInt8 = 0,
    /// <summary>8-bit signed integer.</summary>
    Int8 = 1,
    /// <summary>16-bit unsigned integer.</summary>
    UInt16 = 2,
    /// <summary>16-bit signed integer.</summary>
    Int16 = 3,
    /// <summary>32-bit unsigned integer.</summary>
    UInt32 = 4,
    /// <summary>32-bit signed integer.</summary>
    Int32 = 5,
    /// <summary>Single precision.</summary>
    Float32 = 6,
    /// <summary>One byte, 0 or 1.</summary>
    Boolean = 7,
    /// <summary>A length in 64 bits and so many bytes, which ought to be UTF-8.</summary>
    Text = 8,
    /// <summary>Elements of one type.</summary>
    Array = 9,
    /// <summary>64-bit unsigned integer.</summary>
    UInt64 = 10,
    /// <summary>64-bit signed integer.</summary>
    Int64 = 11,
    /// <summary>Double precision.</summary>
    Float64 = 12,
}
