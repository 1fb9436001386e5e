using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Prozchain.AI.Codec;

/// <summary>32 bytes at a time, by AVX2.</summary>
internal readonly struct PlaneLanes256 : IPlaneLanes<Vector256<byte>>
{
    public static int Count => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(ref byte from) => Vector256.LoadUnsafe(ref from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<byte> vector, ref byte to) => vector.StoreUnsafe(ref to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Xor(Vector256<byte> x, Vector256<byte> y) => x ^ y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<byte> Odd, Vector256<byte> Even) Deinterleave(Vector256<byte> first, Vector256<byte> second)
    {
        Vector256<ushort> x = first.AsUInt16(), y = second.AsUInt16();
        return (Vector256.Narrow(x >>> 8, y >>> 8), Vector256.Narrow(x & Vector256.Create((ushort)0xFF), y & Vector256.Create((ushort)0xFF)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<byte> First, Vector256<byte> Second) Interleave(Vector256<byte> odd, Vector256<byte> even) =>
        (((Vector256.WidenLower(odd) << 8) | Vector256.WidenLower(even)).AsByte(), ((Vector256.WidenUpper(odd) << 8) | Vector256.WidenUpper(even)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> SignDown16(Vector256<byte> x) => ((x.AsUInt16() << 1) | (x.AsUInt16() >>> 15)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> SignUp16(Vector256<byte> x) => ((x.AsUInt16() >>> 1) | (x.AsUInt16() << 15)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> SignDown32(Vector256<byte> x) => ((x.AsUInt32() << 1) | (x.AsUInt32() >>> 31)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> SignUp32(Vector256<byte> x) => ((x.AsUInt32() >>> 1) | (x.AsUInt32() << 31)).AsByte();
}
