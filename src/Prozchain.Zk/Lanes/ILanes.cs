namespace Prozchain.Zk.Lanes;

/// <summary>
/// A vector of 32-bit lanes, with just the operations that 31-bit fields need: the facade under which one kernel serves
/// every width. Widths: <see cref="Lanes512"/> 16, <see cref="Lanes256"/> 8, <see cref="Lanes128"/> 4, <see cref="ScalarLane"/> 1.
/// </summary>
/// <remarks>
/// Wide operations see two neighbouring lanes as one 64-bit lane whose low half is the even one. Lane arithmetic wraps.
/// Every member is inlined; references are unaligned and are not checked.
/// </remarks>
internal interface ILanes<TSelf> where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Lanes in a vector, a power of two; a constant to the JIT.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(ref uint source);

    static abstract void Store(TSelf value, ref uint destination);

    /// <summary>The same value in every lane.</summary>
    static abstract TSelf Create(uint value);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The smaller of each two lanes as unsigned integers.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>Each lane shifted right by one, zero moving in.</summary>
    static abstract TSelf ShiftRightOne(TSelf value);

    /// <summary>The greater of each two lanes as unsigned integers.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    static abstract TSelf And(TSelf left, TSelf right);

    /// <summary>The low half of each product.</summary>
    static abstract TSelf MultiplyLow(TSelf left, TSelf right);

    /// <summary>Each lane as a signed integer, shifted right by less than 32.</summary>
    static abstract TSelf ShiftRightSigned(TSelf value, byte count);

    /// <summary>Wide: the full products of the even lanes as signed integers; odd lanes are ignored.</summary>
    static abstract TSelf MultiplyEvenSigned(TSelf left, TSelf right);

    /// <summary>Wide: the full products of the even lanes; odd lanes are ignored.</summary>
    static abstract TSelf MultiplyEven(TSelf left, TSelf right);

    /// <summary>Moves each odd lane to the even lane before it; what the odd lanes become does not matter.</summary>
    static abstract TSelf OddToEven(TSelf value);

    static abstract TSelf AddWide(TSelf left, TSelf right);

    static abstract TSelf SubtractWide(TSelf left, TSelf right);

    /// <summary>Even lanes from the high halves of <paramref name="even"/>, odd lanes from those of <paramref name="odd"/>.</summary>
    static abstract TSelf MergeHigh(TSelf even, TSelf odd);

    /// <summary>Even lanes from the low halves of <paramref name="even"/>, odd lanes from those of <paramref name="odd"/>.</summary>
    static abstract TSelf MergeLow(TSelf even, TSelf odd);

    /// <summary>Wide: each lane's low half.</summary>
    static abstract TSelf LowHalves(TSelf value);

    /// <summary>Wide: each lane's high half, shifted down.</summary>
    static abstract TSelf HighHalves(TSelf value);

    /// <summary>
    /// Wide lanes below 2^32 p, even and odd ones apart, times 2^-32 mod p, reduced; inverse is that of the modulus p &lt; 2^31
    /// mod 2^32. In one piece, as <see cref="SumOfProducts(TSelf, TSelf, TSelf, TSelf, TSelf, TSelf, TSelf, TSelf, uint, uint)"/>.
    /// </summary>
    static abstract TSelf Reduce(TSelf even, TSelf odd, uint modulus, uint inverse);

    /// <summary>
    /// (a b + c d + e f + g h) * 2^-32 mod the modulus, for lanes below the modulus p &lt; 2^31; inverse is that of the modulus mod 2^32. Four products are below 4 p^2, whose high half is below 2p:
    /// one conditional subtraction there makes them reducible. In one piece, so that kernels stay below the number of
    /// calls and locals at which the JIT stops inlining.
    /// </summary>
    static abstract TSelf SumOfProducts(TSelf a, TSelf b, TSelf c, TSelf d, TSelf e, TSelf f, TSelf g, TSelf h, uint modulus, uint inverse);

    /// <summary>The same and i j: the fifth product fits once the others are below 2^32 p, which is less than 3 p^2.</summary>
    static abstract TSelf SumOfProducts(TSelf a, TSelf b, TSelf c, TSelf d, TSelf e, TSelf f, TSelf g, TSelf h, TSelf i, TSelf j, uint modulus, uint inverse);

    /// <summary>Wide: the sum of all lanes mod 2^64.</summary>
    static abstract ulong SumWide(TSelf value);

    /// <summary>
    /// Transposes <see cref="Count"/> rows of <see cref="Count"/> lanes: row i lies at
    /// <paramref name="source"/> + <paramref name="offsets"/>[i]; column j goes to row j of a contiguous destination.
    /// The two do not overlap.
    /// </summary>
    static abstract void Transpose(ref uint source, ref nint offsets, ref uint destination);
}
