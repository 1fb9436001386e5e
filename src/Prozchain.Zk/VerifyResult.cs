namespace Prozchain.Zk;

/// <summary>What verifying came to. Only <see cref="Valid"/> accepts; every other value names the reason.</summary>
public enum VerifyResult
{
    /// <summary>Nothing was verified yet.</summary>
    None = 0,

    /// <summary>The claim holds.</summary>
    Valid = 1,

    /// <summary>The proof has not the shape that the statement demands.</summary>
    WrongShape = 2,

    /// <summary>The proof speaks of another position than the one asked for.</summary>
    WrongIndex = 3,

    /// <summary>The hashes do not lead to the root.</summary>
    RootMismatch = 4,

    /// <summary>A field element is not encoded canonically.</summary>
    NonCanonicalElement = 5,

    /// <summary>The proof ends before it is complete.</summary>
    Truncated = 6,

    /// <summary>Bytes are left over behind the proof.</summary>
    TrailingBytes = 7,

    /// <summary>A nonce does not show the proof of work.</summary>
    InsufficientWork = 8,

    /// <summary>A value of a fold is not what was folded.</summary>
    WrongFold = 9,

    /// <summary>The folds do not end at the polynomial that was sent.</summary>
    WrongFinalPolynomial = 10,

    /// <summary>A claim is about a point of the evaluation domain, about which nothing can be proven.</summary>
    PointInDomain = 11,

    /// <summary>The tables' lookups, with the public messages, do not add up; or a public message has the value zero, so that it has no fraction.</summary>
    LookupImbalance = 12,

    /// <summary>The constraints of a table do not hold at the point where they were tested.</summary>
    ConstraintMismatch = 13,
}
