namespace Prozchain.Zk.Security;

/// <summary>The prime field of a trace. Challenges come from an extension of it.</summary>
public enum StarkField : byte
{
    /// <summary>None chosen.</summary>
    None = 0,

    /// <summary>p = 2^31 - 2^24 + 1, two-adicity 24; extensions of degree 4, 5, 6 and 8.</summary>
    KoalaBear = 1,

    /// <summary>p = 2^31 - 2^27 + 1, two-adicity 27; extension of degree 4.</summary>
    BabyBear = 2,

    /// <summary>p = 2^64 - 2^32 + 1, two-adicity 32; extensions of degree 2 and 3.</summary>
    Goldilocks = 3,
}
