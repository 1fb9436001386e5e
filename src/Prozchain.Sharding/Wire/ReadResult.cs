namespace Prozchain.Sharding.Wire;

/// <summary>What reading untrusted bytes found. Everything but <see cref="Ok"/> means that no value came out.</summary>
public enum ReadResult
{
    /// <summary>The bytes are the one encoding of the value.</summary>
    Ok,

    /// <summary>The bytes end too early, or a count asks for more than is there.</summary>
    Truncated,

    /// <summary>The version byte is not one this package reads.</summary>
    UnknownVersion,

    /// <summary>A scheme byte is not one this package knows.</summary>
    UnknownScheme,

    /// <summary>A count or a length is over the format's limit.</summary>
    TooLarge,

    /// <summary>The bytes mean a value, but are not its one encoding, or name something that cannot be.</summary>
    NotCanonical,

    /// <summary>Bytes are left over after the value.</summary>
    TrailingBytes,
}
