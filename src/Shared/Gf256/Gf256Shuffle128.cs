using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Prozchain.Shared;

/// <summary>16 lanes by two look-ups in tables of sixteen. Portable: pshufb where there is SSSE3, tbl on Arm, where it ran under emulation (eng/arm64.sh), never on hardware.</summary>
internal readonly unsafe struct Gf256Shuffle128 : IGf256Lanes<Vector128<byte>, Gf256Shuffle128.Nibbles>
{
    /// <summary>The low and the high four bits of every lane.</summary>
    internal readonly record struct Nibbles(Vector128<byte> Low, Vector128<byte> High);

    public static int Count => 16;

    public static bool IsPaired => false;

    public static int FactorSize => 32;

    /// <summary>The products with 0 to 15, then those with 0x00, 0x10, ... 0xF0.</summary>
    public static void Prepare(byte factor, Span<byte> prepared)
    {
        for (int i = 0; i < 16; i++) (prepared[i], prepared[16 + i]) = (Gf256.Multiply(factor, (byte)i), Gf256.Multiply(factor, (byte)(i << 4)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> vector, byte* to) => vector.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Nibbles LoadSource(byte* from)
    {
        Vector128<byte> bytes = Vector128.Load(from), mask = Vector128.Create((byte)0x0F);
        return new Nibbles(bytes & mask, (bytes.AsUInt16() >>> 4).AsByte() & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> MultiplyAdd(Vector128<byte> sum, Nibbles source, byte* factor) => sum ^ Product(source, factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> MultiplyAdd(Vector128<byte> sum, Nibbles x, byte* factor, Nibbles y, byte* second) =>
        sum ^ Product(x, factor) ^ Product(y, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Product(Nibbles source, byte* factor) =>
        Vector128.ShuffleNative(Vector128.Load(factor), source.Low) ^ Vector128.ShuffleNative(Vector128.Load(factor + 16), source.High);
}
