using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.DataAvailability.Coding;

/// <summary>32 symbols of GF(2^8) in 256 bits, multiplied nibble by nibble with byte shuffles.</summary>
internal readonly unsafe struct Gf8Nibbles256(Vector256<byte> value) : ISymbolLanes<Gf8Nibbles256, nint>
{
    private readonly Vector256<byte> _value = value;

    public static bool IsSupported => Avx2.IsSupported;

    public static CantorField Field => CantorField.Gf8;

    public static int Size => 32;

    public static int FactorSize => FactorTables.Nibbles8Size;

    public static byte* Factor(byte* room, int factor) => FactorTables.Nibbles8(room, factor);

    public static byte* Factors(byte* room, int first, int radixLog) => FactorTables.Nibbles8(room, first, radixLog);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ReadFactor(byte* source) => (nint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Nibbles256 Load(byte* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Gf8Nibbles256 value, byte* target) => value._value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Nibbles256 LoadShard(byte* source) => Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShard(Gf8Nibbles256 value, byte* target) => Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Nibbles256 Add(Gf8Nibbles256 a, Gf8Nibbles256 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Nibbles256 MultiplyAdd(Gf8Nibbles256 sum, Gf8Nibbles256 x, nint factor) =>
        new(sum._value ^ Nibbles256.Product(x._value, factor, factor + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf8Nibbles256 MultiplyAdd(Gf8Nibbles256 sum, Gf8Nibbles256 x, nint factor, Gf8Nibbles256 also) =>
        MultiplyAdd(Add(sum, also), x, factor);
}

/// <summary>32 symbols of GF(2^16): 32 low bytes, 32 high bytes, as a shard has them. A factor is the products of four nibbles.</summary>
internal readonly unsafe struct Gf16Nibbles256(Vector256<byte> low, Vector256<byte> high) : ISymbolLanes<Gf16Nibbles256, nint>
{
    private readonly Vector256<byte> _low = low, _high = high;

    public static bool IsSupported => Gf8Nibbles256.IsSupported;

    public static CantorField Field => CantorField.Gf16;

    public static int Size => 64;

    public static int FactorSize => FactorTables.Nibbles16Size;

    public static byte* Factor(byte* room, int factor) => FactorTables.Nibbles16(room, factor);

    public static byte* Factors(byte* room, int first, int radixLog) => FactorTables.Nibbles16(room, first, radixLog);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ReadFactor(byte* source) => (nint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Nibbles256 Load(byte* source) => new(Vector256.Load(source), Vector256.Load(source + 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Gf16Nibbles256 value, byte* target)
    {
        value._low.Store(target);
        value._high.Store(target + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Nibbles256 LoadShard(byte* source) => Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShard(Gf16Nibbles256 value, byte* target) => Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Nibbles256 Add(Gf16Nibbles256 a, Gf16Nibbles256 b) => new(a._low ^ b._low, a._high ^ b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Nibbles256 MultiplyAdd(Gf16Nibbles256 sum, Gf16Nibbles256 x, nint factor) => new(
        sum._low ^ Nibbles256.Product(x._low, factor, factor + 32) ^ Nibbles256.Product(x._high, factor + 64, factor + 96),
        sum._high ^ Nibbles256.Product(x._low, factor + 16, factor + 48) ^ Nibbles256.Product(x._high, factor + 80, factor + 112));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gf16Nibbles256 MultiplyAdd(Gf16Nibbles256 sum, Gf16Nibbles256 x, nint factor, Gf16Nibbles256 also) =>
        MultiplyAdd(Add(sum, also), x, factor);
}

/// <summary>Table look-ups of AVX2.</summary>
file static unsafe class Nibbles256
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Product(Vector256<byte> x, nint lowProducts, nint highProducts)
    {
        Vector256<byte> nibble = Vector256.Create((byte)15);
        return Avx2.Shuffle(Avx2.BroadcastVector128ToVector256((byte*)lowProducts), x & nibble)
            ^ Avx2.Shuffle(Avx2.BroadcastVector128ToVector256((byte*)highProducts), (x.AsUInt16() >>> 4).AsByte() & nibble);
    }
}
