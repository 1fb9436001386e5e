namespace Prozchain.Zk.Security;

/// <summary>What reading the encoding of <see cref="StarkParameters"/> from untrusted bytes came to.</summary>
public enum ParametersReadResult
{
    /// <summary>Nothing was read yet.</summary>
    None = 0,

    /// <summary>The bytes are the one encoding of parameters that prove what they state.</summary>
    Ok = 1,

    /// <summary>The bytes end too early, or a number is not encoded in the fewest bytes.</summary>
    Truncated = 2,

    /// <summary>Bytes are left over.</summary>
    TrailingBytes = 3,

    /// <summary>The version byte is none that this library reads.</summary>
    UnsupportedVersion = 4,

    /// <summary>A number is outside what the format allows.</summary>
    OutOfRange = 5,

    /// <summary>The stated target is lower than the reader asked for.</summary>
    TargetTooLow = 6,

    /// <summary>The calculator proves fewer bits than the encoding states.</summary>
    BelowTarget = 7,
}
