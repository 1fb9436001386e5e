using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.DataAvailability.Coding;

/// <summary>32 symbols of GF(2^8) in 256 bits, multiplied by a bit matrix.</summary>
internal readonly unsafe struct Gf8Affine256(Vector256<byte> value) : ISymbolLanes<Gf8Affine256, nint>
{
    private readonly Vector256<byte> _value = value;

    // With AVX2, so that a machine that is told to leave that alone shows what 128 bits do.
    public static bool IsSupported => Gfni.V256.IsSupported && Avx2.IsSupported;

    public static CantorField Field => CantorField.Gf8;

    public static int Size => 32;

    public static int FactorSize => FactorTables.Matrix8Size;

    public static byte* Factor(byte* room, int factor) => FactorTables.Matrix8(room, factor);

    public static byte* Factors(byte* room, int first, int radixLog) => FactorTables.Matrix8(room, first, radixLog);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ReadFactor(byte* source) => (nint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Affine256 Load(byte* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Gf8Affine256 value, byte* target) => value._value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Affine256 LoadShard(byte* source) => Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShard(Gf8Affine256 value, byte* target) => Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Affine256 Add(Gf8Affine256 a, Gf8Affine256 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Affine256 MultiplyAdd(Gf8Affine256 sum, Gf8Affine256 x, nint factor) =>
        new(sum._value ^ Gfni.V256.GaloisFieldAffineTransform(x._value, Vector256.Create(*(ulong*)factor).AsByte(), 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Affine256 MultiplyAdd(Gf8Affine256 sum, Gf8Affine256 x, nint factor, Gf8Affine256 also) =>
        MultiplyAdd(Add(sum, also), x, factor);
}

/// <summary>32 symbols of GF(2^16): 32 low bytes, 32 high bytes, as a shard has them. A factor is four bit matrices.</summary>
internal readonly unsafe struct Gf16Affine256(Vector256<byte> low, Vector256<byte> high) : ISymbolLanes<Gf16Affine256, nint>
{
    private readonly Vector256<byte> _low = low, _high = high;

    public static bool IsSupported => Gf8Affine256.IsSupported;

    public static CantorField Field => CantorField.Gf16;

    public static int Size => 64;

    public static int FactorSize => FactorTables.Matrix16Size;

    public static byte* Factor(byte* room, int factor) => FactorTables.Matrix16(room, factor);

    public static byte* Factors(byte* room, int first, int radixLog) => FactorTables.Matrix16(room, first, radixLog);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ReadFactor(byte* source) => (nint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Affine256 Load(byte* source) => new(Vector256.Load(source), Vector256.Load(source + 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Gf16Affine256 value, byte* target)
    {
        value._low.Store(target);
        value._high.Store(target + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Affine256 LoadShard(byte* source) => Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShard(Gf16Affine256 value, byte* target) => Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Affine256 Add(Gf16Affine256 a, Gf16Affine256 b) => new(a._low ^ b._low, a._high ^ b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Affine256 MultiplyAdd(Gf16Affine256 sum, Gf16Affine256 x, nint factor) => new(
        sum._low ^ Product(x._low, factor) ^ Product(x._high, factor + 8),
        sum._high ^ Product(x._low, factor + 16) ^ Product(x._high, factor + 24));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Affine256 MultiplyAdd(Gf16Affine256 sum, Gf16Affine256 x, nint factor, Gf16Affine256 also) =>
        MultiplyAdd(Add(sum, also), x, factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Product(Vector256<byte> x, nint matrix) =>
        Gfni.V256.GaloisFieldAffineTransform(x, Vector256.Create(*(ulong*)matrix).AsByte(), 0);
}
