namespace Prozchain.DataAvailability;

/// <summary>What a reader of a wire format found.</summary>
public enum ReadResult
{
    /// <summary>The one encoding of a value.</summary>
    Ok = 0,

    /// <summary>The bytes end before the value does.</summary>
    Truncated = 1,

    /// <summary>The version byte is not 0.</summary>
    UnknownVersion = 2,

    /// <summary>The tree scheme is not that of the tree that the reader was given.</summary>
    UnknownTree = 3,

    /// <summary>A number is outside its limits or not in its shortest form.</summary>
    OutOfRange = 4,

    /// <summary>Bytes follow the value.</summary>
    TrailingBytes = 5,
}
