namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// Polynomials over GF(2) of 16 bits, one to each 32 bits of a vector: what the kernel of <see cref="RlcKernel{TLanes, TVector}"/>
/// is written in, once for every width.
/// </summary>
internal interface ICarrylessLanes<TVector> where TVector : unmanaged
{
    /// <summary>Polynomials in a vector: 16, 8 or 4.</summary>
    static abstract int Count { get; }

    /// <summary>The next <see cref="Count"/> polynomials.</summary>
    static abstract TVector Load(ref ushort from);

    /// <summary>
    /// <paramref name="sum"/> plus the carry-less products of 64-bit words 2i and of words 2i + 1, in 128-bit lane i. With a pair
    /// (s0, s1) in one factor and (c1, c0) in the other, the lane's bits 32 to 62 gain s0·c0 + s1·c1: no product has more than 31 bits.
    /// </summary>
    static abstract TVector MultiplyAdd(TVector sum, TVector a, TVector b);

    /// <summary>Bits 32 to 63 of all 128-bit lanes, added up.</summary>
    static abstract uint Fold(TVector a);
}
