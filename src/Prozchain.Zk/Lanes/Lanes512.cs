using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Zk.Lanes;

/// <summary>Sixteen lanes, by AVX-512F.</summary>
internal struct Lanes512 : ILanes<Lanes512>
{
    // Set by initialisers, not constructors: each call that the JIT must inline counts against its budget for a kernel.
    private Vector512<uint> _lanes;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(ref uint source) => new() { _lanes = Vector512.LoadUnsafe(ref source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 value, ref uint destination) => value._lanes.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Create(uint value) => new() { _lanes = Vector512.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new() { _lanes = left._lanes + right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new() { _lanes = left._lanes - right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 left, Lanes512 right) => new() { _lanes = Vector512.Min(left._lanes, right._lanes) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ShiftRightOne(Lanes512 value) => new() { _lanes = value._lanes >>> 1 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new() { _lanes = Vector512.Max(left._lanes, right._lanes) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 And(Lanes512 left, Lanes512 right) => new() { _lanes = left._lanes & right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyLow(Lanes512 left, Lanes512 right) => new() { _lanes = left._lanes * right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ShiftRightSigned(Lanes512 value, byte count) => new() { _lanes = (value._lanes.AsInt32() >> count).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyEvenSigned(Lanes512 left, Lanes512 right) =>
        new() { _lanes = Avx512F.Multiply(left._lanes.AsInt32(), right._lanes.AsInt32()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyEven(Lanes512 left, Lanes512 right) => new() { _lanes = (Avx512F.Multiply(left._lanes, right._lanes)).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 OddToEven(Lanes512 value) => new() { _lanes = Avx512F.DuplicateOddIndexed(value._lanes.AsSingle()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddWide(Lanes512 left, Lanes512 right) => new() { _lanes = (left._lanes.AsUInt64() + right._lanes.AsUInt64()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SubtractWide(Lanes512 left, Lanes512 right) => new() { _lanes = (left._lanes.AsUInt64() - right._lanes.AsUInt64()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MergeHigh(Lanes512 even, Lanes512 odd) =>
        new() { _lanes = Avx512F.BlendVariable(odd._lanes.AsSingle(), Avx512F.DuplicateOddIndexed(even._lanes.AsSingle()), Vector512.Create(0xFFFF_FFFFUL).AsSingle()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MergeLow(Lanes512 even, Lanes512 odd) => new() { _lanes = Avx512F.BlendVariable(Avx512F.DuplicateEvenIndexed(odd._lanes.AsSingle()), even._lanes.AsSingle(), Vector512.Create(0xFFFF_FFFFUL).AsSingle()).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LowHalves(Lanes512 value) => new() { _lanes = (value._lanes.AsUInt64() & Vector512.Create(0xFFFF_FFFFUL)).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 HighHalves(Lanes512 value) => new() { _lanes = (value._lanes.AsUInt64() >>> 32).AsUInt32() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Reduce(Lanes512 even, Lanes512 odd, uint modulus, uint inverse)
    {
        Vector512<uint> p = Vector512.Create(modulus), q = Vector512.Create(inverse);
        Vector512<ulong> e = even._lanes.AsUInt64() - Avx512F.Multiply(Avx512F.Multiply(even._lanes, q).AsUInt32(), p), o = odd._lanes.AsUInt64() - Avx512F.Multiply(Avx512F.Multiply(odd._lanes, q).AsUInt32(), p);
        Vector512<uint> difference = Avx512F.BlendVariable(o.AsSingle(), Avx512F.DuplicateOddIndexed(e.AsSingle()), Vector512.Create(0xFFFF_FFFFUL).AsSingle()).AsUInt32();
        return new() { _lanes = Vector512.Min(difference, difference + p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SumOfProducts(Lanes512 a, Lanes512 b, Lanes512 c, Lanes512 d, Lanes512 e, Lanes512 f, Lanes512 g, Lanes512 h, uint modulus, uint inverse)
    {
        Vector512<uint> p = Vector512.Create(modulus), q = Vector512.Create(inverse);
        Vector512<ulong> even = (Avx512F.Multiply(a._lanes, b._lanes) + Avx512F.Multiply(c._lanes, d._lanes)) + (Avx512F.Multiply(e._lanes, f._lanes) + Avx512F.Multiply(g._lanes, h._lanes));
        Vector512<ulong> odd = Avx512F.Multiply(Avx512F.DuplicateOddIndexed(a._lanes.AsSingle()).AsUInt32(), Avx512F.DuplicateOddIndexed(b._lanes.AsSingle()).AsUInt32()) + Avx512F.Multiply(Avx512F.DuplicateOddIndexed(c._lanes.AsSingle()).AsUInt32(), Avx512F.DuplicateOddIndexed(d._lanes.AsSingle()).AsUInt32());
        odd += Avx512F.Multiply(Avx512F.DuplicateOddIndexed(e._lanes.AsSingle()).AsUInt32(), Avx512F.DuplicateOddIndexed(f._lanes.AsSingle()).AsUInt32()) + Avx512F.Multiply(Avx512F.DuplicateOddIndexed(g._lanes.AsSingle()).AsUInt32(), Avx512F.DuplicateOddIndexed(h._lanes.AsSingle()).AsUInt32());
        Vector512<ulong> evenMultiple = Avx512F.Multiply(Avx512F.Multiply(even.AsUInt32(), q).AsUInt32(), p), oddMultiple = Avx512F.Multiply(Avx512F.Multiply(odd.AsUInt32(), q).AsUInt32(), p);
        Vector512<uint> sum = Avx512F.BlendVariable(odd.AsSingle(), Avx512F.DuplicateOddIndexed(even.AsSingle()), Vector512.Create(0xFFFF_FFFFUL).AsSingle()).AsUInt32();
        Vector512<uint> multiple = Avx512F.BlendVariable(oddMultiple.AsSingle(), Avx512F.DuplicateOddIndexed(evenMultiple.AsSingle()), Vector512.Create(0xFFFF_FFFFUL).AsSingle()).AsUInt32();
        Vector512<uint> difference = Vector512.Min(sum, sum - p) - multiple;
        return new() { _lanes = Vector512.Min(difference, difference + p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SumOfProducts(Lanes512 a, Lanes512 b, Lanes512 c, Lanes512 d, Lanes512 e, Lanes512 f, Lanes512 g, Lanes512 h, Lanes512 i, Lanes512 j, uint modulus, uint inverse)
    {
        Vector512<uint> p = Vector512.Create(modulus), q = Vector512.Create(inverse), high = Vector512.Create((ulong)modulus << 32).AsUInt32();
        Vector512<ulong> even = (Avx512F.Multiply(a._lanes, b._lanes) + Avx512F.Multiply(c._lanes, d._lanes)) + (Avx512F.Multiply(e._lanes, f._lanes) + Avx512F.Multiply(g._lanes, h._lanes));
        Vector512<ulong> odd = Avx512F.Multiply(Avx512F.DuplicateOddIndexed(a._lanes.AsSingle()).AsUInt32(), Avx512F.DuplicateOddIndexed(b._lanes.AsSingle()).AsUInt32()) + Avx512F.Multiply(Avx512F.DuplicateOddIndexed(c._lanes.AsSingle()).AsUInt32(), Avx512F.DuplicateOddIndexed(d._lanes.AsSingle()).AsUInt32());
        odd += Avx512F.Multiply(Avx512F.DuplicateOddIndexed(e._lanes.AsSingle()).AsUInt32(), Avx512F.DuplicateOddIndexed(f._lanes.AsSingle()).AsUInt32()) + Avx512F.Multiply(Avx512F.DuplicateOddIndexed(g._lanes.AsSingle()).AsUInt32(), Avx512F.DuplicateOddIndexed(h._lanes.AsSingle()).AsUInt32());
        even = Vector512.Min(even.AsUInt32(), even.AsUInt32() - high).AsUInt64();
        odd = Vector512.Min(odd.AsUInt32(), odd.AsUInt32() - high).AsUInt64();
        even += Avx512F.Multiply(i._lanes, j._lanes);
        odd += Avx512F.Multiply(Avx512F.DuplicateOddIndexed(i._lanes.AsSingle()).AsUInt32(), Avx512F.DuplicateOddIndexed(j._lanes.AsSingle()).AsUInt32());
        Vector512<ulong> evenMultiple = Avx512F.Multiply(Avx512F.Multiply(even.AsUInt32(), q).AsUInt32(), p), oddMultiple = Avx512F.Multiply(Avx512F.Multiply(odd.AsUInt32(), q).AsUInt32(), p);
        Vector512<uint> sum = Avx512F.BlendVariable(odd.AsSingle(), Avx512F.DuplicateOddIndexed(even.AsSingle()), Vector512.Create(0xFFFF_FFFFUL).AsSingle()).AsUInt32();
        Vector512<uint> multiple = Avx512F.BlendVariable(oddMultiple.AsSingle(), Avx512F.DuplicateOddIndexed(evenMultiple.AsSingle()), Vector512.Create(0xFFFF_FFFFUL).AsSingle()).AsUInt32();
        Vector512<uint> difference = Vector512.Min(sum, sum - p) - multiple;
        return new() { _lanes = Vector512.Min(difference, difference + p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SumWide(Lanes512 value) => Vector512.Sum(value._lanes.AsUInt64());

    // Four rounds of sixteen shuffles: pairs of lanes, pairs of quads, then quarters of vectors twice.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(ref uint source, ref nint offsets, ref uint destination)
    {
        Vector512<uint> r0 = At(ref source, ref offsets, 0), r1 = At(ref source, ref offsets, 1), r2 = At(ref source, ref offsets, 2), r3 = At(ref source, ref offsets, 3), r4 = At(ref source, ref offsets, 4), r5 = At(ref source, ref offsets, 5), r6 = At(ref source, ref offsets, 6), r7 = At(ref source, ref offsets, 7);
        Vector512<uint> r8 = At(ref source, ref offsets, 8), r9 = At(ref source, ref offsets, 9), ra = At(ref source, ref offsets, 10), rb = At(ref source, ref offsets, 11), rc = At(ref source, ref offsets, 12), rd = At(ref source, ref offsets, 13), re = At(ref source, ref offsets, 14), rf = At(ref source, ref offsets, 15);
        Quad(ref r0, ref r1, ref r2, ref r3);
        Quad(ref r4, ref r5, ref r6, ref r7);
        Quad(ref r8, ref r9, ref ra, ref rb);
        Quad(ref rc, ref rd, ref re, ref rf);
        Quarters(r0, r4, r8, rc, ref destination);
        Quarters(r1, r5, r9, rd, ref Unsafe.Add(ref destination, 16));
        Quarters(r2, r6, ra, re, ref Unsafe.Add(ref destination, 32));
        Quarters(r3, r7, rb, rf, ref Unsafe.Add(ref destination, 48));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<uint> At(ref uint source, ref nint offsets, int row) => Vector512.LoadUnsafe(ref Unsafe.Add(ref source, Unsafe.Add(ref offsets, row)));
    }

    // Transposes each 4 x 4 block of four rows: quarter q of the result j holds column 4q + j of the four rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quad(ref Vector512<uint> a, ref Vector512<uint> b, ref Vector512<uint> c, ref Vector512<uint> d)
    {
        Vector512<ulong> ab = Avx512F.UnpackLow(a, b).AsUInt64(), cd = Avx512F.UnpackLow(c, d).AsUInt64();
        Vector512<ulong> ef = Avx512F.UnpackHigh(a, b).AsUInt64(), gh = Avx512F.UnpackHigh(c, d).AsUInt64();
        a = Avx512F.UnpackLow(ab, cd).AsUInt32();
        b = Avx512F.UnpackHigh(ab, cd).AsUInt32();
        c = Avx512F.UnpackLow(ef, gh).AsUInt32();
        d = Avx512F.UnpackHigh(ef, gh).AsUInt32();
    }

    // Quarter q of the four vectors, side by side, is row 4q of the destination.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d, ref uint destination)
    {
        Vector512<uint> ab = Avx512F.Shuffle4x128(a, b, 0x44), cd = Avx512F.Shuffle4x128(c, d, 0x44);
        Vector512<uint> ef = Avx512F.Shuffle4x128(a, b, 0xEE), gh = Avx512F.Shuffle4x128(c, d, 0xEE);
        Avx512F.Shuffle4x128(ab, cd, 0x88).StoreUnsafe(ref destination);
        Avx512F.Shuffle4x128(ab, cd, 0xDD).StoreUnsafe(ref Unsafe.Add(ref destination, 64));
        Avx512F.Shuffle4x128(ef, gh, 0x88).StoreUnsafe(ref Unsafe.Add(ref destination, 128));
        Avx512F.Shuffle4x128(ef, gh, 0xDD).StoreUnsafe(ref Unsafe.Add(ref destination, 192));
    }
}
