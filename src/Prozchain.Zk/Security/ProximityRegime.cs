namespace Prozchain.Zk.Security;

/// <summary>The distance from the code up to which the soundness argument decodes. Both are proven; no conjecture is offered.</summary>
public enum ProximityRegime : byte
{
    /// <summary>None chosen.</summary>
    None = 0,

    /// <summary>Half the distance of the code: one codeword at most, the smallest fields, more queries.</summary>
    UniqueDecoding = 1,

    /// <summary>Up to the Johnson bound, with a multiplicity m: a short list of codewords, larger fields, fewer queries.</summary>
    Johnson = 2,
}
