using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Codec;

/// <summary>A table of 256 bytes in registers: 64 look-ups at once, by AVX-512 VBMI.</summary>
internal readonly struct ByteMap512
{
    private readonly Vector512<byte> _a, _b, _c, _d;

    /// <summary>Whether this machine can.</summary>
    public static bool IsSupported => Avx512Vbmi.IsSupported && Avx512BW.IsSupported;

    /// <param name="table">256 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ByteMap512(ReadOnlySpan<byte> table) =>
        (_a, _b, _c, _d) = (Vector512.Create(table), Vector512.Create(table[64..]), Vector512.Create(table[128..]), Vector512.Create(table[192..]));

    /// <summary>The table's byte for each of 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<byte> LookUp(Vector512<byte> places)
    {
        Vector512<byte> low = Avx512Vbmi.PermuteVar64x8x2(_a, places, _b), high = Avx512Vbmi.PermuteVar64x8x2(_c, places, _d);
        return Vector512.ConditionalSelect(Vector512.LessThan(places.AsSByte(), Vector512<sbyte>.Zero).AsByte(), high, low);
    }
}
