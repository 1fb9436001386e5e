namespace Prozchain.Zk;

/// <summary>What reading untrusted bytes came to. A reader never throws on them.</summary>
public enum ReadResult
{
    /// <summary>Nothing was read yet.</summary>
    None = 0,

    /// <summary>The bytes are the one encoding of a value. Nothing is said about whether its claims hold.</summary>
    Ok = 1,

    /// <summary>The bytes end too early.</summary>
    Truncated = 2,

    /// <summary>Bytes are left over.</summary>
    TrailingBytes = 3,

    /// <summary>The version byte is none that this library reads.</summary>
    UnsupportedVersion = 4,

    /// <summary>An index lies outside the shape that was asked for.</summary>
    OutOfRange = 5,

    /// <summary>A field element is not encoded canonically.</summary>
    NonCanonicalElement = 6,

    /// <summary>A nonce does not show the work that was asked for.</summary>
    InsufficientWork = 7,
}
