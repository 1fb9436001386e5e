using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Zk.Lanes;

/// <summary>Eight lanes, by AVX2.</summary>
internal struct Lanes256 : ILanes<Lanes256>
{
    // Set by initialisers, not constructors: each call that the JIT must inline counts against its budget for a kernel.
    private Vector256<uint> _lanes;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(ref uint source) => new() { _lanes = Vector256.LoadUnsafe(ref source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 value, ref uint destination) => value._lanes.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Create(uint value) => new() { _lanes = Vector256.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new() { _lanes = left._lanes + right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new() { _lanes = left._lanes - right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 left, Lanes256 right) => new() { _lanes = Vector256.Min(left._lanes, right._lanes) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftRightOne(Lanes256 value) => new() { _lanes = value._lanes >>> 1 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) => new() { _lanes = Vector256.Max(left._lanes, right._lanes) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 And(Lanes256 left, Lanes256 right) => new() { _lanes = left._lanes & right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyLow(Lanes256 left, Lanes256 right) => new() { _lanes = left._lanes * right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftRightSigned(Lanes256 value, byte count) => new() { _lanes = (value._lanes.AsInt32() >> count).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyEvenSigned(Lanes256 left, Lanes256 right) =>
        new() { _lanes = Avx2.Multiply(left._lanes.AsInt32(), right._lanes.AsInt32()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyEven(Lanes256 left, Lanes256 right) => new() { _lanes = (Avx2.Multiply(left._lanes, right._lanes)).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 OddToEven(Lanes256 value) => new() { _lanes = Avx.DuplicateOddIndexed(value._lanes.AsSingle()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddWide(Lanes256 left, Lanes256 right) => new() { _lanes = (left._lanes.AsUInt64() + right._lanes.AsUInt64()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SubtractWide(Lanes256 left, Lanes256 right) => new() { _lanes = (left._lanes.AsUInt64() - right._lanes.AsUInt64()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MergeHigh(Lanes256 even, Lanes256 odd) =>
        new() { _lanes = Avx2.Blend(Avx.DuplicateOddIndexed(even._lanes.AsSingle()).AsUInt32(), odd._lanes, 0xAA) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MergeLow(Lanes256 even, Lanes256 odd) =>
        new() { _lanes = Avx2.Blend(even._lanes, Avx.DuplicateEvenIndexed(odd._lanes.AsSingle()).AsUInt32(), 0xAA) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LowHalves(Lanes256 value) => new() { _lanes = (value._lanes.AsUInt64() & Vector256.Create(0xFFFF_FFFFUL)).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 HighHalves(Lanes256 value) => new() { _lanes = (value._lanes.AsUInt64() >>> 32).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Reduce(Lanes256 even, Lanes256 odd, uint modulus, uint inverse)
    {
        Vector256<uint> p = Vector256.Create(modulus), q = Vector256.Create(inverse);
        Vector256<ulong> e = even._lanes.AsUInt64() - Avx2.Multiply(Avx2.Multiply(even._lanes, q).AsUInt32(), p), o = odd._lanes.AsUInt64() - Avx2.Multiply(Avx2.Multiply(odd._lanes, q).AsUInt32(), p);
        Vector256<uint> difference = Avx2.Blend(Avx.DuplicateOddIndexed(e.AsSingle()).AsUInt32(), o.AsUInt32(), 0xAA);
        return new() { _lanes = Vector256.Min(difference, difference + p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SumOfProducts(Lanes256 a, Lanes256 b, Lanes256 c, Lanes256 d, Lanes256 e, Lanes256 f, Lanes256 g, Lanes256 h, uint modulus, uint inverse)
    {
        Vector256<uint> p = Vector256.Create(modulus), q = Vector256.Create(inverse), high = Vector256.Create((ulong)modulus << 32).AsUInt32();
        Vector256<ulong> even = (Avx2.Multiply(a._lanes, b._lanes) + Avx2.Multiply(c._lanes, d._lanes)) + (Avx2.Multiply(e._lanes, f._lanes) + Avx2.Multiply(g._lanes, h._lanes));
        Vector256<ulong> odd = Avx2.Multiply(Avx.DuplicateOddIndexed(a._lanes.AsSingle()).AsUInt32(), Avx.DuplicateOddIndexed(b._lanes.AsSingle()).AsUInt32()) + Avx2.Multiply(Avx.DuplicateOddIndexed(c._lanes.AsSingle()).AsUInt32(), Avx.DuplicateOddIndexed(d._lanes.AsSingle()).AsUInt32());
        odd += Avx2.Multiply(Avx.DuplicateOddIndexed(e._lanes.AsSingle()).AsUInt32(), Avx.DuplicateOddIndexed(f._lanes.AsSingle()).AsUInt32()) + Avx2.Multiply(Avx.DuplicateOddIndexed(g._lanes.AsSingle()).AsUInt32(), Avx.DuplicateOddIndexed(h._lanes.AsSingle()).AsUInt32());
        even = Vector256.Min(even.AsUInt32(), even.AsUInt32() - high).AsUInt64();
        odd = Vector256.Min(odd.AsUInt32(), odd.AsUInt32() - high).AsUInt64();
        even -= Avx2.Multiply(Avx2.Multiply(even.AsUInt32(), q).AsUInt32(), p);
        odd -= Avx2.Multiply(Avx2.Multiply(odd.AsUInt32(), q).AsUInt32(), p);
        Vector256<uint> difference = Avx2.Blend(Avx.DuplicateOddIndexed(even.AsSingle()).AsUInt32(), odd.AsUInt32(), 0xAA);
        return new() { _lanes = Vector256.Min(difference, difference + p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SumOfProducts(Lanes256 a, Lanes256 b, Lanes256 c, Lanes256 d, Lanes256 e, Lanes256 f, Lanes256 g, Lanes256 h, Lanes256 i, Lanes256 j, uint modulus, uint inverse)
    {
        Vector256<uint> p = Vector256.Create(modulus), q = Vector256.Create(inverse), high = Vector256.Create((ulong)modulus << 32).AsUInt32();
        Vector256<ulong> even = (Avx2.Multiply(a._lanes, b._lanes) + Avx2.Multiply(c._lanes, d._lanes)) + (Avx2.Multiply(e._lanes, f._lanes) + Avx2.Multiply(g._lanes, h._lanes));
        Vector256<ulong> odd = Avx2.Multiply(Avx.DuplicateOddIndexed(a._lanes.AsSingle()).AsUInt32(), Avx.DuplicateOddIndexed(b._lanes.AsSingle()).AsUInt32()) + Avx2.Multiply(Avx.DuplicateOddIndexed(c._lanes.AsSingle()).AsUInt32(), Avx.DuplicateOddIndexed(d._lanes.AsSingle()).AsUInt32());
        odd += Avx2.Multiply(Avx.DuplicateOddIndexed(e._lanes.AsSingle()).AsUInt32(), Avx.DuplicateOddIndexed(f._lanes.AsSingle()).AsUInt32()) + Avx2.Multiply(Avx.DuplicateOddIndexed(g._lanes.AsSingle()).AsUInt32(), Avx.DuplicateOddIndexed(h._lanes.AsSingle()).AsUInt32());
        even = Vector256.Min(even.AsUInt32(), even.AsUInt32() - high).AsUInt64();
        odd = Vector256.Min(odd.AsUInt32(), odd.AsUInt32() - high).AsUInt64();
        even += Avx2.Multiply(i._lanes, j._lanes);
        odd += Avx2.Multiply(Avx.DuplicateOddIndexed(i._lanes.AsSingle()).AsUInt32(), Avx.DuplicateOddIndexed(j._lanes.AsSingle()).AsUInt32());
        even = Vector256.Min(even.AsUInt32(), even.AsUInt32() - high).AsUInt64();
        odd = Vector256.Min(odd.AsUInt32(), odd.AsUInt32() - high).AsUInt64();
        even -= Avx2.Multiply(Avx2.Multiply(even.AsUInt32(), q).AsUInt32(), p);
        odd -= Avx2.Multiply(Avx2.Multiply(odd.AsUInt32(), q).AsUInt32(), p);
        Vector256<uint> difference = Avx2.Blend(Avx.DuplicateOddIndexed(even.AsSingle()).AsUInt32(), odd.AsUInt32(), 0xAA);
        return new() { _lanes = Vector256.Min(difference, difference + p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SumWide(Lanes256 value) => Vector256.Sum(value._lanes.AsUInt64());

    // Two rounds within halves, one between them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(ref uint source, ref nint offsets, ref uint destination)
    {
        Vector256<uint> r0 = At(ref source, ref offsets, 0), r1 = At(ref source, ref offsets, 1);
        Vector256<uint> r2 = At(ref source, ref offsets, 2), r3 = At(ref source, ref offsets, 3);
        Vector256<uint> r4 = At(ref source, ref offsets, 4), r5 = At(ref source, ref offsets, 5);
        Vector256<uint> r6 = At(ref source, ref offsets, 6), r7 = At(ref source, ref offsets, 7);
        Quad(ref r0, ref r1, ref r2, ref r3);
        Quad(ref r4, ref r5, ref r6, ref r7);
        Halves(r0, r4, ref destination);
        Halves(r1, r5, ref Unsafe.Add(ref destination, 8));
        Halves(r2, r6, ref Unsafe.Add(ref destination, 16));
        Halves(r3, r7, ref Unsafe.Add(ref destination, 24));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<uint> At(ref uint source, ref nint offsets, int row) => Vector256.LoadUnsafe(ref Unsafe.Add(ref source, Unsafe.Add(ref offsets, row)));
    }

    // Transposes each 4 x 4 block of four rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quad(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
    {
        Vector256<ulong> ab = Avx2.UnpackLow(a, b).AsUInt64(), cd = Avx2.UnpackLow(c, d).AsUInt64();
        Vector256<ulong> ef = Avx2.UnpackHigh(a, b).AsUInt64(), gh = Avx2.UnpackHigh(c, d).AsUInt64();
        a = Avx2.UnpackLow(ab, cd).AsUInt32();
        b = Avx2.UnpackHigh(ab, cd).AsUInt32();
        c = Avx2.UnpackLow(ef, gh).AsUInt32();
        d = Avx2.UnpackHigh(ef, gh).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves(Vector256<uint> a, Vector256<uint> b, ref uint destination)
    {
        Avx2.Permute2x128(a, b, 0x20).StoreUnsafe(ref destination);
        Avx2.Permute2x128(a, b, 0x31).StoreUnsafe(ref Unsafe.Add(ref destination, 32));
    }
}
