using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Prozchain.DataAvailability.Coding;

/// <summary>16 symbols of GF(2^8) in 128 bits, multiplied nibble by nibble with byte shuffles.</summary>
internal readonly unsafe struct Gf8Nibbles128(Vector128<byte> value) : ISymbolLanes<Gf8Nibbles128, nint>
{
    private readonly Vector128<byte> _value = value;

    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    public static CantorField Field => CantorField.Gf8;

    public static int Size => 16;

    public static int FactorSize => FactorTables.Nibbles8Size;

    public static byte* Factor(byte* room, int factor) => FactorTables.Nibbles8(room, factor);

    public static byte* Factors(byte* room, int first, int radixLog) => FactorTables.Nibbles8(room, first, radixLog);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ReadFactor(byte* source) => (nint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Nibbles128 Load(byte* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Gf8Nibbles128 value, byte* target) => value._value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Nibbles128 LoadShard(byte* source) => Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShard(Gf8Nibbles128 value, byte* target) => Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Nibbles128 Add(Gf8Nibbles128 a, Gf8Nibbles128 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Nibbles128 MultiplyAdd(Gf8Nibbles128 sum, Gf8Nibbles128 x, nint factor) =>
        new(sum._value ^ Nibbles128.Product(x._value, factor, factor + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Nibbles128 MultiplyAdd(Gf8Nibbles128 sum, Gf8Nibbles128 x, nint factor, Gf8Nibbles128 also) =>
        MultiplyAdd(Add(sum, also), x, factor);
}

/// <summary>32 symbols of GF(2^16): 32 low bytes, 32 high bytes, as a shard has them. A factor is the products of four nibbles.</summary>
internal readonly unsafe struct Gf16Nibbles128(Vector128<byte> low0, Vector128<byte> low1, Vector128<byte> high0, Vector128<byte> high1)
    : ISymbolLanes<Gf16Nibbles128, nint>
{
    private readonly Vector128<byte> _low0 = low0, _low1 = low1, _high0 = high0, _high1 = high1;

    public static bool IsSupported => Gf8Nibbles128.IsSupported;

    public static CantorField Field => CantorField.Gf16;

    public static int Size => 64;

    public static int FactorSize => FactorTables.Nibbles16Size;

    public static byte* Factor(byte* room, int factor) => FactorTables.Nibbles16(room, factor);

    public static byte* Factors(byte* room, int first, int radixLog) => FactorTables.Nibbles16(room, first, radixLog);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ReadFactor(byte* source) => (nint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Nibbles128 Load(byte* source) =>
        new(Vector128.Load(source), Vector128.Load(source + 16), Vector128.Load(source + 32), Vector128.Load(source + 48));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Gf16Nibbles128 value, byte* target)
    {
        value._low0.Store(target);
        value._low1.Store(target + 16);
        value._high0.Store(target + 32);
        value._high1.Store(target + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Nibbles128 LoadShard(byte* source) => Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShard(Gf16Nibbles128 value, byte* target) => Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Nibbles128 Add(Gf16Nibbles128 a, Gf16Nibbles128 b) =>
        new(a._low0 ^ b._low0, a._low1 ^ b._low1, a._high0 ^ b._high0, a._high1 ^ b._high1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Nibbles128 MultiplyAdd(Gf16Nibbles128 sum, Gf16Nibbles128 x, nint factor) => new(
        sum._low0 ^ ByteOf(x._low0, x._high0, factor), sum._low1 ^ ByteOf(x._low1, x._high1, factor),
        sum._high0 ^ ByteOf(x._low0, x._high0, factor + 16), sum._high1 ^ ByteOf(x._low1, x._high1, factor + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Nibbles128 MultiplyAdd(Gf16Nibbles128 sum, Gf16Nibbles128 x, nint factor, Gf16Nibbles128 also) =>
        MultiplyAdd(Add(sum, also), x, factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> ByteOf(Vector128<byte> low, Vector128<byte> high, nint factor) =>
        Nibbles128.Product(low, factor, factor + 32) ^ Nibbles128.Product(high, factor + 64, factor + 96);
}

/// <summary>Table look-ups: PSHUFB, or TBL on Arm (ran under emulation there, eng/arm64.sh, never on hardware).</summary>
file static unsafe class Nibbles128
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Product(Vector128<byte> x, nint lowProducts, nint highProducts) =>
        Vector128.ShuffleNative(Vector128.Load((byte*)lowProducts), x & Vector128.Create((byte)15))
        ^ Vector128.ShuffleNative(Vector128.Load((byte*)highProducts), x >>> 4);
}
