namespace Prozchain.Zk.Plonky3;

/// <summary>What a verifier says about a proof: it is valid, or the first reason found to refuse it.</summary>
public enum Plonky3Result
{
    /// <summary>No verdict: the default value, which no verifier returns.</summary>
    None,

    /// <summary>The proof shows the statement, as far as the parameters carry.</summary>
    Valid,

    /// <summary>The bytes end before the proof does.</summary>
    Truncated,

    /// <summary>Bytes are left over.</summary>
    TrailingBytes,

    /// <summary>An integer is not written in the fewest bytes, or is wider than 64 bits.</summary>
    NonMinimalInteger,

    /// <summary>An integer that stands for a field element is not below the prime.</summary>
    NonCanonicalElement,

    /// <summary>A length, an option, a height or an arity is none that the statement allows.</summary>
    WrongShape,

    /// <summary>A proof of work does not hold.</summary>
    InsufficientWork,

    /// <summary>Opened rows do not lead to a commitment.</summary>
    WrongOpening,

    /// <summary>The values opened are not those of polynomials of low degree.</summary>
    NotLowDegree,

    /// <summary>The constraints do not hold at the out-of-domain point.</summary>
    ConstraintsViolated,

    /// <summary>The lookups of all tables do not cancel out.</summary>
    LookupImbalance,
}
