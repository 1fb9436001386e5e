using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Zk.Lanes;

/// <summary>Four lanes, by SSE2 or by whatever 128-bit vectors the machine has.</summary>
internal struct Lanes128 : ILanes<Lanes128>
{
    // Set by initialisers, not constructors: each call that the JIT must inline counts against its budget for a kernel.
    private Vector128<uint> _lanes;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(ref uint source) => new() { _lanes = Vector128.LoadUnsafe(ref source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 value, ref uint destination) => value._lanes.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Create(uint value) => new() { _lanes = Vector128.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 left, Lanes128 right) => new() { _lanes = left._lanes + right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 left, Lanes128 right) => new() { _lanes = left._lanes - right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 left, Lanes128 right) => new() { _lanes = Vector128.Min(left._lanes, right._lanes) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShiftRightOne(Lanes128 value) => new() { _lanes = value._lanes >>> 1 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right) => new() { _lanes = Vector128.Max(left._lanes, right._lanes) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 And(Lanes128 left, Lanes128 right) => new() { _lanes = left._lanes & right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyLow(Lanes128 left, Lanes128 right) => new() { _lanes = left._lanes * right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShiftRightSigned(Lanes128 value, byte count) => new() { _lanes = (value._lanes.AsInt32() >> count).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyEvenSigned(Lanes128 left, Lanes128 right) =>
        new() { _lanes = Sse41.IsSupported ? Sse41.Multiply(left._lanes.AsInt32(), right._lanes.AsInt32()).AsUInt32() : (SignedLow(left._lanes) * SignedLow(right._lanes)).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyEven(Lanes128 left, Lanes128 right) =>
        new() { _lanes = Product(left._lanes, right._lanes).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 OddToEven(Lanes128 value) => new() { _lanes = (value._lanes.AsUInt64() >>> 32).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddWide(Lanes128 left, Lanes128 right) => new() { _lanes = (left._lanes.AsUInt64() + right._lanes.AsUInt64()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SubtractWide(Lanes128 left, Lanes128 right) => new() { _lanes = (left._lanes.AsUInt64() - right._lanes.AsUInt64()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MergeHigh(Lanes128 even, Lanes128 odd) =>
        new() { _lanes = ((even._lanes.AsUInt64() >>> 32) | (odd._lanes.AsUInt64() & Vector128.Create(0xFFFF_FFFF_0000_0000UL))).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MergeLow(Lanes128 even, Lanes128 odd) => new() { _lanes = ((odd._lanes.AsUInt64() << 32) | (even._lanes.AsUInt64() & Vector128.Create(0xFFFF_FFFFUL))).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LowHalves(Lanes128 value) => new() { _lanes = (value._lanes.AsUInt64() & Vector128.Create(0xFFFF_FFFFUL)).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 HighHalves(Lanes128 value) => new() { _lanes = (value._lanes.AsUInt64() >>> 32).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Reduce(Lanes128 even, Lanes128 odd, uint modulus, uint inverse)
    {
        Vector128<uint> p = Vector128.Create(modulus), q = Vector128.Create(inverse);
        Vector128<ulong> e = even._lanes.AsUInt64() - Product(Product(even._lanes, q).AsUInt32(), p), o = odd._lanes.AsUInt64() - Product(Product(odd._lanes, q).AsUInt32(), p);
        Vector128<uint> difference = ((e >>> 32) | (o & Vector128.Create(0xFFFF_FFFF_0000_0000UL))).AsUInt32();
        return new() { _lanes = Vector128.Min(difference, difference + p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SumOfProducts(Lanes128 a, Lanes128 b, Lanes128 c, Lanes128 d, Lanes128 e, Lanes128 f, Lanes128 g, Lanes128 h, uint modulus, uint inverse)
    {
        Vector128<uint> p = Vector128.Create(modulus), q = Vector128.Create(inverse), high = Vector128.Create((ulong)modulus << 32).AsUInt32();
        Vector128<ulong> even = (Product(a._lanes, b._lanes) + Product(c._lanes, d._lanes)) + (Product(e._lanes, f._lanes) + Product(g._lanes, h._lanes));
        Vector128<ulong> odd = Product((a._lanes.AsUInt64() >>> 32).AsUInt32(), (b._lanes.AsUInt64() >>> 32).AsUInt32()) + Product((c._lanes.AsUInt64() >>> 32).AsUInt32(), (d._lanes.AsUInt64() >>> 32).AsUInt32());
        odd += Product((e._lanes.AsUInt64() >>> 32).AsUInt32(), (f._lanes.AsUInt64() >>> 32).AsUInt32()) + Product((g._lanes.AsUInt64() >>> 32).AsUInt32(), (h._lanes.AsUInt64() >>> 32).AsUInt32());
        even = Vector128.Min(even.AsUInt32(), even.AsUInt32() - high).AsUInt64();
        odd = Vector128.Min(odd.AsUInt32(), odd.AsUInt32() - high).AsUInt64();
        even -= Product(Product(even.AsUInt32(), q).AsUInt32(), p);
        odd -= Product(Product(odd.AsUInt32(), q).AsUInt32(), p);
        Vector128<uint> difference = ((even >>> 32) | (odd & Vector128.Create(0xFFFF_FFFF_0000_0000UL))).AsUInt32();
        return new() { _lanes = Vector128.Min(difference, difference + p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SumOfProducts(Lanes128 a, Lanes128 b, Lanes128 c, Lanes128 d, Lanes128 e, Lanes128 f, Lanes128 g, Lanes128 h, Lanes128 i, Lanes128 j, uint modulus, uint inverse)
    {
        Vector128<uint> p = Vector128.Create(modulus), q = Vector128.Create(inverse), high = Vector128.Create((ulong)modulus << 32).AsUInt32();
        Vector128<ulong> even = (Product(a._lanes, b._lanes) + Product(c._lanes, d._lanes)) + (Product(e._lanes, f._lanes) + Product(g._lanes, h._lanes));
        Vector128<ulong> odd = Product((a._lanes.AsUInt64() >>> 32).AsUInt32(), (b._lanes.AsUInt64() >>> 32).AsUInt32()) + Product((c._lanes.AsUInt64() >>> 32).AsUInt32(), (d._lanes.AsUInt64() >>> 32).AsUInt32());
        odd += Product((e._lanes.AsUInt64() >>> 32).AsUInt32(), (f._lanes.AsUInt64() >>> 32).AsUInt32()) + Product((g._lanes.AsUInt64() >>> 32).AsUInt32(), (h._lanes.AsUInt64() >>> 32).AsUInt32());
        even = Vector128.Min(even.AsUInt32(), even.AsUInt32() - high).AsUInt64();
        odd = Vector128.Min(odd.AsUInt32(), odd.AsUInt32() - high).AsUInt64();
        even += Product(i._lanes, j._lanes);
        odd += Product((i._lanes.AsUInt64() >>> 32).AsUInt32(), (j._lanes.AsUInt64() >>> 32).AsUInt32());
        even = Vector128.Min(even.AsUInt32(), even.AsUInt32() - high).AsUInt64();
        odd = Vector128.Min(odd.AsUInt32(), odd.AsUInt32() - high).AsUInt64();
        even -= Product(Product(even.AsUInt32(), q).AsUInt32(), p);
        odd -= Product(Product(odd.AsUInt32(), q).AsUInt32(), p);
        Vector128<uint> difference = ((even >>> 32) | (odd & Vector128.Create(0xFFFF_FFFF_0000_0000UL))).AsUInt32();
        return new() { _lanes = Vector128.Min(difference, difference + p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Product(Vector128<uint> left, Vector128<uint> right) => Sse2.IsSupported
        ? Sse2.Multiply(left, right)
        : (left.AsUInt64() & Vector128.Create(0xFFFF_FFFFUL)) * (right.AsUInt64() & Vector128.Create(0xFFFF_FFFFUL));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SumWide(Lanes128 value) => Vector128.Sum(value._lanes.AsUInt64());

    // The values are single lanes here: sixteen moves are as good as eight shuffles and need no instruction set.
    public static void Transpose(ref uint source, ref nint offsets, ref uint destination)
    {
        for (int row = 0; row < Count; row++)
        {
            ref uint from = ref Unsafe.Add(ref source, Unsafe.Add(ref offsets, row));
            for (int column = 0; column < Count; column++) Unsafe.Add(ref destination, column * Count + row) = Unsafe.Add(ref from, column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> SignedLow(Vector128<uint> value) => (value.AsInt64() << 32) >> 32;
}
