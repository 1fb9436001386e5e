using System.Runtime.CompilerServices;

namespace Prozchain.Zk.Lanes;

/// <summary>
/// One lane, for tails and for machines without vectors. The 64 bits hold either a lane (high half zero) or a wide
/// lane; there is no odd lane, and kernels skip what concerns it when <see cref="Count"/> is 1.
/// </summary>
internal readonly struct ScalarLane : ILanes<ScalarLane>
{
    private readonly ulong _bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ScalarLane(ulong bits) => _bits = bits;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane Load(ref uint source) => new(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ScalarLane value, ref uint destination) => destination = (uint)value._bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane Create(uint value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane operator +(ScalarLane left, ScalarLane right) => new((uint)left._bits + (uint)right._bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane operator -(ScalarLane left, ScalarLane right) => new((uint)left._bits - (uint)right._bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane Min(ScalarLane left, ScalarLane right) => new(Math.Min((uint)left._bits, (uint)right._bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane ShiftRightOne(ScalarLane value) => new((uint)value._bits >> 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane Max(ScalarLane left, ScalarLane right) => new(Math.Max((uint)left._bits, (uint)right._bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane And(ScalarLane left, ScalarLane right) => new((uint)left._bits & (uint)right._bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane MultiplyLow(ScalarLane left, ScalarLane right) => new((uint)left._bits * (uint)right._bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane ShiftRightSigned(ScalarLane value, byte count) => new((uint)((int)value._bits >> count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane MultiplyEvenSigned(ScalarLane left, ScalarLane right) => new((ulong)((long)(int)left._bits * (int)right._bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane MultiplyEven(ScalarLane left, ScalarLane right) => new((ulong)(uint)left._bits * (uint)right._bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane OddToEven(ScalarLane value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane AddWide(ScalarLane left, ScalarLane right) => new(left._bits + right._bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane SubtractWide(ScalarLane left, ScalarLane right) => new(left._bits - right._bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane MergeHigh(ScalarLane even, ScalarLane odd) => new(even._bits >> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane MergeLow(ScalarLane even, ScalarLane odd) => new((uint)even._bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane LowHalves(ScalarLane value) => new((uint)value._bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane HighHalves(ScalarLane value) => new(value._bits >> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane Reduce(ScalarLane even, ScalarLane odd, uint modulus, uint inverse) => Reduce(even._bits, modulus, inverse);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane SumOfProducts(ScalarLane a, ScalarLane b, ScalarLane c, ScalarLane d, ScalarLane e, ScalarLane f, ScalarLane g, ScalarLane h, uint modulus, uint inverse) =>
        Reduce(Below(Sum(a, b, c, d, e, f, g, h), modulus), modulus, inverse);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane SumOfProducts(ScalarLane a, ScalarLane b, ScalarLane c, ScalarLane d, ScalarLane e, ScalarLane f, ScalarLane g, ScalarLane h, ScalarLane i, ScalarLane j, uint modulus, uint inverse) =>
        Reduce(Below(Below(Sum(a, b, c, d, e, f, g, h), modulus) + i._bits * j._bits, modulus), modulus, inverse);

    private static ulong Sum(ScalarLane a, ScalarLane b, ScalarLane c, ScalarLane d, ScalarLane e, ScalarLane f, ScalarLane g, ScalarLane h) => a._bits * b._bits + c._bits * d._bits + (e._bits * f._bits + g._bits * h._bits);

    private static ulong Below(ulong wide, uint modulus) => wide >> 32 >= modulus ? wide - ((ulong)modulus << 32) : wide;

    private static ScalarLane Reduce(ulong wide, uint modulus, uint inverse)
    {
        uint difference = (uint)((wide - (ulong)((uint)wide * inverse) * modulus) >> 32);
        return new(Math.Min(difference, difference + modulus));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SumWide(ScalarLane value) => value._bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref uint source, ref nint offsets, ref uint destination) => destination = Unsafe.Add(ref source, offsets);
}
