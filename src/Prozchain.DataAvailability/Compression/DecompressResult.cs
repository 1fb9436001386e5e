namespace Prozchain.DataAvailability.Compression;

/// <summary>How the restoring of posted data ended.</summary>
public enum DecompressResult
{
    /// <summary>The data is there.</summary>
    Ok = 0,

    /// <summary>The bytes end before the data does.</summary>
    Truncated = 1,

    /// <summary>The version byte is not 0.</summary>
    UnknownVersion = 2,

    /// <summary>There is no such method, or the length is not in its shortest form.</summary>
    OutOfRange = 3,

    /// <summary>The announced length exceeds the caller's limit.</summary>
    TooLong = 4,

    /// <summary>The caller has not the dictionary that is named.</summary>
    UnknownDictionary = 5,

    /// <summary>The compressed stream is none.</summary>
    Corrupt = 6,

    /// <summary>The stream holds more or less than was announced.</summary>
    WrongLength = 7,

    /// <summary>Bytes follow the data.</summary>
    TrailingBytes = 8,
}
