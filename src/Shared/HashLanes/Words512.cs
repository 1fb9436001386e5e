using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>Sixteen lanes, in 512 bits.</summary>
internal readonly struct Words512 : IWordLanes<Vector512<uint>>
{
    public static int Count => 16;

    public static Vector512<uint> LaneNumbers => Vector512<uint>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Broadcast(uint value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Add(Vector512<uint> a, Vector512<uint> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> a, Vector512<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor3(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) =>
        Avx512F.IsSupported ? Avx512F.TernaryLogic(a, b, c, 0x96) : a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> RotateRight(Vector512<uint> a, [ConstantExpected] byte bits) =>
        Avx512F.IsSupported ? Avx512F.RotateRight(a, bits) : (a >>> bits) | (a << (32 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Choose(Vector512<uint> mask, Vector512<uint> a, Vector512<uint> b) =>
        Avx512F.IsSupported ? Avx512F.TernaryLogic(mask, a, b, 0xCA) : b ^ (mask & (a ^ b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Majority(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) =>
        Avx512F.IsSupported ? Avx512F.TernaryLogic(a, b, c, 0xE8) : (a & b) | (c & (a | b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftRight(Vector512<uint> a, [ConstantExpected] byte bits) => a >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ReverseBytes(Vector512<uint> a) =>
        (RotateRight(a, 8) & Vector512.Create(0xFF00_FF00)) | (RotateRight(a, 24) & Vector512.Create(0x00FF_00FFu));
}
