namespace Prozchain.Rollups.Evm;

/// <summary>What reading bytes as values of the ABI came to.</summary>
internal enum AbiReadResult
{
    /// <summary>The values are those that Solidity's own decoder reads.</summary>
    Ok,

    /// <summary>The bytes end within a value.</summary>
    TooShort,

    /// <summary>An offset or a length points beyond the bytes.</summary>
    OutOfBounds,

    /// <summary>A word is out of its type's range.</summary>
    InvalidWord,

    /// <summary>The values are more than the reader allows.</summary>
    LimitExceeded,

    /// <summary>The bytes are of another function, event or error.</summary>
    OtherSelector,
}
