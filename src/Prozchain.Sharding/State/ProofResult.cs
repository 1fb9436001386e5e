namespace Prozchain.Sharding.State;

/// <summary>What checking a witness or a range against a root found.</summary>
public enum ProofResult
{
    /// <summary>The bytes are a proof against the root.</summary>
    Valid,

    /// <summary>The bytes are over the limit, and were not looked at.</summary>
    TooLarge,

    /// <summary>The version byte is not one this package reads.</summary>
    UnknownVersion,

    /// <summary>The bytes are no encoding of a proof.</summary>
    Malformed,

    /// <summary>The bytes describe something with another root: a pair is missing, added or changed.</summary>
    WrongRoot,

    /// <summary>The proof covers less than it must: it leaves out a part of the range, or covers another one.</summary>
    WrongRange,
}
