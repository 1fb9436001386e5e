using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Prozchain.AI.Codec;

/// <summary>64 bytes at a time, by AVX-512BW.</summary>
internal readonly struct PlaneLanes512 : IPlaneLanes<Vector512<byte>>
{
    public static int Count => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(ref byte from) => Vector512.LoadUnsafe(ref from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> vector, ref byte to) => vector.StoreUnsafe(ref to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Xor(Vector512<byte> x, Vector512<byte> y) => x ^ y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<byte> Odd, Vector512<byte> Even) Deinterleave(Vector512<byte> first, Vector512<byte> second)
    {
        Vector512<ushort> x = first.AsUInt16(), y = second.AsUInt16();
        return (Vector512.Narrow(x >>> 8, y >>> 8), Vector512.Narrow(x & Vector512.Create((ushort)0xFF), y & Vector512.Create((ushort)0xFF)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<byte> First, Vector512<byte> Second) Interleave(Vector512<byte> odd, Vector512<byte> even) =>
        (((Vector512.WidenLower(odd) << 8) | Vector512.WidenLower(even)).AsByte(), ((Vector512.WidenUpper(odd) << 8) | Vector512.WidenUpper(even)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> SignDown16(Vector512<byte> x) => ((x.AsUInt16() << 1) | (x.AsUInt16() >>> 15)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> SignUp16(Vector512<byte> x) => ((x.AsUInt16() >>> 1) | (x.AsUInt16() << 15)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> SignDown32(Vector512<byte> x) => ((x.AsUInt32() << 1) | (x.AsUInt32() >>> 31)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> SignUp32(Vector512<byte> x) => ((x.AsUInt32() >>> 1) | (x.AsUInt32() << 31)).AsByte();
}
