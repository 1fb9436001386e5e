using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.DataAvailability.Rows;

/// <summary>Sixteen polynomials, in 512 bits: VPCLMULQDQ.</summary>
internal readonly struct Carryless512 : ICarrylessLanes<Vector512<ulong>>
{
    public static bool IsSupported => Pclmulqdq.V512.IsSupported && Avx512F.IsSupported;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Load(ref ushort from) => Avx512F.ConvertToVector512UInt32(Vector256.LoadUnsafe(ref from)).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> MultiplyAdd(Vector512<ulong> sum, Vector512<ulong> a, Vector512<ulong> b) =>
        Avx512F.TernaryLogic(sum, Pclmulqdq.V512.CarrylessMultiply(a, b, 0x00), Pclmulqdq.V512.CarrylessMultiply(a, b, 0x11), 0x96);

    public static uint Fold(Vector512<ulong> a) => Carryless256.Fold(a.GetLower() ^ a.GetUpper());
}
