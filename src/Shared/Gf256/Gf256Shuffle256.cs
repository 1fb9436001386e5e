using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>32 lanes by AVX2: two look-ups in tables of sixteen, one a nibble.</summary>
internal readonly unsafe struct Gf256Shuffle256 : IGf256Lanes<Vector256<byte>, Gf256Shuffle256.Nibbles>
{
    /// <summary>The low and the high four bits of every lane.</summary>
    internal readonly record struct Nibbles(Vector256<byte> Low, Vector256<byte> High);

    public static int Count => 32;

    public static bool IsPaired => false;

    public static int FactorSize => 32;

    public static void Prepare(byte factor, Span<byte> prepared) => Gf256Shuffle128.Prepare(factor, prepared);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<byte> vector, byte* to) => vector.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Nibbles LoadSource(byte* from)
    {
        Vector256<byte> bytes = Vector256.Load(from), mask = Vector256.Create((byte)0x0F);
        return new Nibbles(bytes & mask, (bytes.AsUInt16() >>> 4).AsByte() & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> MultiplyAdd(Vector256<byte> sum, Nibbles source, byte* factor) => sum ^ Product(source, factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> MultiplyAdd(Vector256<byte> sum, Nibbles x, byte* factor, Nibbles y, byte* second) =>
        sum ^ Product(x, factor) ^ Product(y, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Product(Nibbles source, byte* factor) =>
        Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(factor), source.Low) ^ Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(factor + 16), source.High);
}
