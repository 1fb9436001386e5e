namespace Prozchain.AI.Vault;

/// <summary>What a reader of one of the vault's wire formats found.</summary>
public enum VaultFormatStatus : byte
{
    /// <summary>Well formed.</summary>
    Ok,
    /// <summary>The bytes end early, or a number is not in its one shortest form.</summary>
    Malformed,
    /// <summary>A version that this library does not read.</summary>
    UnsupportedVersion,
    /// <summary>The model's format is not one of the list.</summary>
    UnknownFormat,
    /// <summary>A tensor's codec is not one of the list.</summary>
    UnknownCodec,
    /// <summary>A name is empty where it must not be, too long, or not UTF-8.</summary>
    InvalidName,
    /// <summary>Sizes or counts are out of their ranges or do not go together.</summary>
    InvalidGeometry,
    /// <summary>A tensor's type, shape or place is not possible, or tensors are not in their one order.</summary>
    InvalidTensor,
    /// <summary>Two tensors have one name.</summary>
    DuplicateTensor,
    /// <summary>A root is not the one of what it commits to.</summary>
    RootMismatch,
    /// <summary>Bytes follow the end.</summary>
    TrailingBytes,
    /// <summary>A base is not named, named twice, not used, the model itself, itself coded with a base, or of the same content.</summary>
    InvalidBase,
}
