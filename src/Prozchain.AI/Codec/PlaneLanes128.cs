using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Prozchain.AI.Codec;

/// <summary>16 bytes at a time. Portable; on Arm it ran under emulation (eng/arm64.sh), never on hardware.</summary>
internal readonly struct PlaneLanes128 : IPlaneLanes<Vector128<byte>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(ref byte from) => Vector128.LoadUnsafe(ref from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> vector, ref byte to) => vector.StoreUnsafe(ref to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Xor(Vector128<byte> x, Vector128<byte> y) => x ^ y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<byte> Odd, Vector128<byte> Even) Deinterleave(Vector128<byte> first, Vector128<byte> second)
    {
        Vector128<ushort> x = first.AsUInt16(), y = second.AsUInt16();
        return (Vector128.Narrow(x >>> 8, y >>> 8), Vector128.Narrow(x & Vector128.Create((ushort)0xFF), y & Vector128.Create((ushort)0xFF)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<byte> First, Vector128<byte> Second) Interleave(Vector128<byte> odd, Vector128<byte> even) =>
        (((Vector128.WidenLower(odd) << 8) | Vector128.WidenLower(even)).AsByte(), ((Vector128.WidenUpper(odd) << 8) | Vector128.WidenUpper(even)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> SignDown16(Vector128<byte> x) => ((x.AsUInt16() << 1) | (x.AsUInt16() >>> 15)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> SignUp16(Vector128<byte> x) => ((x.AsUInt16() >>> 1) | (x.AsUInt16() << 15)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> SignDown32(Vector128<byte> x) => ((x.AsUInt32() << 1) | (x.AsUInt32() >>> 31)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> SignUp32(Vector128<byte> x) => ((x.AsUInt32() >>> 1) | (x.AsUInt32() << 31)).AsByte();
}
