namespace Prozchain.AI.Codec;

/// <summary>What decoding a leaf came to.</summary>
internal enum CodecStatus
{
    /// <summary>The leaf is there.</summary>
    Ok = 0,
    /// <summary>The encoding has another length than it says of itself, or than the leaf's length demands.</summary>
    WrongLength = 1,
    /// <summary>A form of leaf or plane that is not defined, or not for this codec.</summary>
    UnknownForm = 2,
    /// <summary>Code lengths that are not those of a complete code of at most 11 bits.</summary>
    BadCodeTable = 3,
    /// <summary>Coded symbols end too early or too late, or stand for more than the plane has.</summary>
    BadSymbols = 4,
    /// <summary>A delta codec was given a base of another length than the leaf.</summary>
    WrongBase = 5,
}
