namespace Prozchain.AI.Formats;

/// <summary>Why a file is, or is not, a well-formed GGUF file.</summary>
public enum GgufStatus : byte
{
    /// <summary>Well formed.</summary>
    Ok,
    /// <summary>The file ends within its header.</summary>
    HeaderTruncated,
    /// <summary>The first four bytes are not <c>GGUF</c>.</summary>
    BadMagic,
    /// <summary>A version other than 2 and 3, or a big-endian file.</summary>
    UnsupportedVersion,
    /// <summary>More tensors, entries, elements of an array or bytes of a text than the rest of the file can hold.</summary>
    CountTooLarge,
    /// <summary>A key is empty.</summary>
    EmptyKey,
    /// <summary>A key or a tensor's name is not UTF-8.</summary>
    InvalidText,
    /// <summary>A key or a tensor's name occurs twice.</summary>
    DuplicateName,
    /// <summary>The type of an entry, or of the elements of its array, is not in the format's list.</summary>
    UnknownValueType,
    /// <summary>An array of arrays.</summary>
    NestedArray,
    /// <summary>A boolean is neither 0 nor 1.</summary>
    InvalidBoolean,
    /// <summary><c>general.alignment</c> is not a power of two in 32 unsigned bits.</summary>
    InvalidAlignment,
    /// <summary>A tensor's name is longer than 63 bytes.</summary>
    NameTooLong,
    /// <summary>A tensor has more than four dimensions.</summary>
    TooManyDimensions,
    /// <summary>A dimension is 2^63 or more.</summary>
    InvalidDimension,
    /// <summary>The number of a tensor's type was never given, or was withdrawn.</summary>
    UnknownType,
    /// <summary>The size that shape and type give does not fit 64 bits.</summary>
    ShapeOverflow,
    /// <summary>The rows of a tensor do not hold whole blocks of its type.</summary>
    PartialBlock,
    /// <summary>A tensor's offset is no multiple of the alignment.</summary>
    UnalignedOffset,
    /// <summary>A tensor does not start at the first aligned byte behind the one before it.</summary>
    InvalidOffset,
    /// <summary>The file ends before its last tensor does.</summary>
    DataTruncated,
    /// <summary>
    /// Above a limit of this reader: 262,144 tensors, as many entries, a key of 65,535 bytes, a text of 4 MiB, 64 MiB of keys and
    /// texts together, a header of 256 MiB.
    /// </summary>
    LimitExceeded,
}
