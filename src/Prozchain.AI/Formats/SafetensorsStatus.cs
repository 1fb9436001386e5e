namespace Prozchain.AI.Formats;

/// <summary>Why a file is, or is not, a well-formed safetensors file.</summary>
public enum SafetensorsStatus : byte
{
    /// <summary>Well formed.</summary>
    Ok,
    /// <summary>Shorter than the eight bytes of the header's length.</summary>
    TooShort,
    /// <summary>The header's length is above 100,000,000 bytes.</summary>
    HeaderTooLarge,
    /// <summary>The header runs beyond the end of the file.</summary>
    HeaderTruncated,
    /// <summary>A string of the header is not UTF-8, or escapes half a surrogate pair.</summary>
    InvalidText,
    /// <summary>The header is not JSON.</summary>
    InvalidJson,
    /// <summary>The header is JSON of another shape: a value of the wrong kind, or too many offsets.</summary>
    UnexpectedValue,
    /// <summary>A tensor lacks its dtype, shape or data_offsets.</summary>
    MissingField,
    /// <summary>A name occurs twice in one object.</summary>
    DuplicateName,
    /// <summary>The dtype is not in the format's list.</summary>
    UnknownType,
    /// <summary>A dimension or an offset is not a whole number from 0 to 2^63 - 1.</summary>
    InvalidNumber,
    /// <summary>The size that shape and dtype give does not fit 64 bits.</summary>
    ShapeOverflow,
    /// <summary>The elements do not fill whole bytes.</summary>
    PartialByte,
    /// <summary>Shape and dtype give another size than the offsets.</summary>
    SizeMismatch,
    /// <summary>Offsets run backwards, overlap, or leave a hole.</summary>
    InvalidOffsets,
    /// <summary>The file ends before its last tensor does.</summary>
    DataTruncated,
    /// <summary>Bytes follow the last tensor.</summary>
    TrailingBytes,
    /// <summary>
    /// Above a limit of this reader: 262,144 tensors, as many texts of metadata, rank 64, a name of 4,096 bytes, 4 MiB of one
    /// string, or of a name with the white space behind it.
    /// </summary>
    LimitExceeded,
}
