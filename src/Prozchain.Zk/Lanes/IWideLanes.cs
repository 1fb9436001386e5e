namespace Prozchain.Zk.Lanes;

/// <summary>
/// A vector of 64-bit lanes, with just the operations that Goldilocks needs: <see cref="Wide512"/> 8,
/// <see cref="Wide256"/> 4, <see cref="Wide128"/> 2.
/// </summary>
/// <remarks>Lane arithmetic wraps. Every member is inlined but the transposition; references are unaligned and are not checked.</remarks>
internal interface IWideLanes<TSelf> where TSelf : struct, IWideLanes<TSelf>
{
    /// <summary>Lanes in a vector, a power of two; a constant to the JIT.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(ref ulong source);

    static abstract void Store(TSelf value, ref ulong destination);

    /// <summary>The same value in every lane.</summary>
    static abstract TSelf Create(ulong value);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The value where left is below right as unsigned integers, zero elsewhere.</summary>
    static abstract TSelf IfLess(TSelf left, TSelf right, TSelf value);

    /// <summary>The full products of the low halves.</summary>
    static abstract TSelf MultiplyLow(TSelf left, TSelf right);

    static abstract TSelf LowHalves(TSelf value);

    /// <summary>Each lane shifted down by 32.</summary>
    static abstract TSelf HighHalves(TSelf value);

    /// <summary>Each lane shifted up by 32.</summary>
    static abstract TSelf ShiftUp(TSelf value);

    /// <summary>See <see cref="ILanes{TSelf}.Transpose"/>.</summary>
    static abstract void Transpose(ref ulong source, ref nint offsets, ref ulong destination);
}
