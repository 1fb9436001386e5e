using System.Runtime.CompilerServices;

namespace Prozchain.Shared;

/// <summary>One lane, by the table of all products.</summary>
internal readonly unsafe struct Gf256Scalar : IGf256Lanes<byte, byte>
{
    public static int Count => 1;

    public static bool IsPaired => false;

    public static int FactorSize => 1;

    public static void Prepare(byte factor, Span<byte> prepared) => prepared[0] = factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Load(byte* from) => *from;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte vector, byte* to) => *to = vector;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte LoadSource(byte* from) => *from;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte MultiplyAdd(byte sum, byte source, byte* factor) => (byte)(sum ^ Gf256.Multiply(*factor, source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte MultiplyAdd(byte sum, byte x, byte* factor, byte y, byte* second) =>
        (byte)(sum ^ Gf256.Multiply(*factor, x) ^ Gf256.Multiply(*second, y));
}
