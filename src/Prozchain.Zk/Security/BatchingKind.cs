namespace Prozchain.Zk.Security;

/// <summary>How the coefficients are drawn that combine all opened columns into one codeword for the low-degree test.</summary>
public enum BatchingKind : byte
{
    /// <summary>None chosen.</summary>
    None = 0,

    /// <summary>Powers 1, c, c², … of one challenge. Loses log2(batch - 1) bits.</summary>
    Powers = 1,

    /// <summary>
    /// Column i gets the product over the bits of i of r_j or 1 - r_j, from ceil(log2(batch)) challenges. Loses the log2 of
    /// that number of challenges.
    /// </summary>
    Tensor = 2,

    /// <summary>1 for the first column and an own challenge for each other one. Loses nothing.</summary>
    Independent = 3,
}
