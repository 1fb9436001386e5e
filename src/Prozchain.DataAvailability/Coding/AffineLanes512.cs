using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.DataAvailability.Coding;

/// <summary>64 symbols of GF(2^8) in 512 bits, multiplied by a bit matrix.</summary>
internal readonly unsafe struct Gf8Affine512(Vector512<byte> value) : ISymbolLanes<Gf8Affine512, Vector512<byte>>
{
    private readonly Vector512<byte> _value = value;

    public static bool IsSupported => Gfni.V512.IsSupported && Avx512F.IsSupported;

    public static CantorField Field => CantorField.Gf8;

    public static int Size => 64;

    public static int FactorSize => FactorTables.Matrix8Size;

    public static byte* Factor(byte* room, int factor) => FactorTables.Matrix8(room, factor);

    public static byte* Factors(byte* room, int first, int radixLog) => FactorTables.Matrix8(room, first, radixLog);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ReadFactor(byte* source) => Vector512.Create(*(ulong*)source).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Affine512 Load(byte* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Gf8Affine512 value, byte* target) => value._value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Affine512 LoadShard(byte* source) => Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShard(Gf8Affine512 value, byte* target) => Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Affine512 Add(Gf8Affine512 a, Gf8Affine512 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Affine512 MultiplyAdd(Gf8Affine512 sum, Gf8Affine512 x, Vector512<byte> factor) =>
        new(sum._value ^ Gfni.V512.GaloisFieldAffineTransform(x._value, factor, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Affine512 MultiplyAdd(Gf8Affine512 sum, Gf8Affine512 x, Vector512<byte> factor, Gf8Affine512 also) =>
        new(Avx512F.TernaryLogic(sum._value, Gfni.V512.GaloisFieldAffineTransform(x._value, factor, 0), also._value, 0x96));
}

/// <summary>
/// 64 symbols of GF(2^16), low bytes in one vector and high bytes in the other; in working memory the first 64 bytes are
/// low, the next 64 high. A factor is four bit matrices.
/// </summary>
internal readonly unsafe struct Gf16Affine512(Vector512<byte> low, Vector512<byte> high) : ISymbolLanes<Gf16Affine512, nint>
{
    private readonly Vector512<byte> _low = low, _high = high;

    public static bool IsSupported => Gf8Affine512.IsSupported;

    public static CantorField Field => CantorField.Gf16;

    public static int Size => 128;

    public static int FactorSize => FactorTables.Matrix16Size;

    public static byte* Factor(byte* room, int factor) => FactorTables.Matrix16(room, factor);

    public static byte* Factors(byte* room, int first, int radixLog) => FactorTables.Matrix16(room, first, radixLog);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ReadFactor(byte* source) => (nint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Affine512 Load(byte* source) => new(Vector512.Load(source), Vector512.Load(source + 64));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Gf16Affine512 value, byte* target)
    {
        value._low.Store(target);
        value._high.Store(target + 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Affine512 LoadShard(byte* source) => new(
        Avx512F.InsertVector256(Vector256.Load(source).ToVector512Unsafe(), Vector256.Load(source + 64), 1),
        Avx512F.InsertVector256(Vector256.Load(source + 32).ToVector512Unsafe(), Vector256.Load(source + 96), 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShard(Gf16Affine512 value, byte* target)
    {
        value._low.GetLower().Store(target);
        value._high.GetLower().Store(target + 32);
        value._low.GetUpper().Store(target + 64);
        value._high.GetUpper().Store(target + 96);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Affine512 Add(Gf16Affine512 a, Gf16Affine512 b) => new(a._low ^ b._low, a._high ^ b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Affine512 MultiplyAdd(Gf16Affine512 sum, Gf16Affine512 x, nint factor) => new(
        Avx512F.TernaryLogic(sum._low, Product(x._low, factor), Product(x._high, factor + 8), 0x96),
        Avx512F.TernaryLogic(sum._high, Product(x._low, factor + 16), Product(x._high, factor + 24), 0x96));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Affine512 MultiplyAdd(Gf16Affine512 sum, Gf16Affine512 x, nint factor, Gf16Affine512 also) =>
        MultiplyAdd(Add(sum, also), x, factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Product(Vector512<byte> x, nint matrix) =>
        Gfni.V512.GaloisFieldAffineTransform(x, Vector512.Create(*(ulong*)matrix).AsByte(), 0);
}
