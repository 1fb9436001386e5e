using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>64 lanes by AVX-512BW without GFNI: two look-ups in tables of sixteen, one a nibble.</summary>
internal readonly unsafe struct Gf256Shuffle512 : IGf256Lanes<Vector512<byte>, Gf256Shuffle512.Nibbles>
{
    /// <summary>The low and the high four bits of every lane.</summary>
    internal readonly record struct Nibbles(Vector512<byte> Low, Vector512<byte> High);

    public static int Count => 64;

    public static bool IsPaired => true;

    public static int FactorSize => 32;

    public static void Prepare(byte factor, Span<byte> prepared) => Gf256Shuffle128.Prepare(factor, prepared);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> vector, byte* to) => vector.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Nibbles LoadSource(byte* from)
    {
        Vector512<byte> bytes = Vector512.Load(from), mask = Vector512.Create((byte)0x0F);
        return new Nibbles(bytes & mask, (bytes.AsUInt16() >>> 4).AsByte() & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> MultiplyAdd(Vector512<byte> sum, Nibbles source, byte* factor) => sum ^ Product(source, factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> MultiplyAdd(Vector512<byte> sum, Nibbles x, byte* factor, Nibbles y, byte* second) =>
        sum ^ Product(x, factor) ^ Product(y, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Product(Nibbles source, byte* factor) =>
        Avx512BW.Shuffle(Vector512.Create(Vector128.Load(factor)), source.Low) ^ Avx512BW.Shuffle(Vector512.Create(Vector128.Load(factor + 16)), source.High);
}
