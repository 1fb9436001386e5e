using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Prozchain.Shared;

/// <summary>Two lanes, in 128 bits.</summary>
internal readonly struct Quads128 : IQuadLanes<Vector128<ulong>>
{
    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Broadcast(ulong value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Join(ref readonly uint low, ref readonly uint high) =>
        Vector128.WidenLower(Vector64.LoadUnsafe(in low).ToVector128Unsafe()) | (Vector128.WidenLower(Vector64.LoadUnsafe(in high).ToVector128Unsafe()) << 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Xor(Vector128<ulong> a, Vector128<ulong> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Xor3(Vector128<ulong> a, Vector128<ulong> b, Vector128<ulong> c) =>
        a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Chi(Vector128<ulong> a, Vector128<ulong> b, Vector128<ulong> c) =>
        a ^ Vector128.AndNot(c, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> RotateLeft(Vector128<ulong> a, [ConstantExpected] byte bits) =>
        (a << bits) | (a >>> (64 - bits));
}
