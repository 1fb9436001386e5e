using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.DataAvailability.Rows;

/// <summary>Eight polynomials, in 256 bits: VPCLMULQDQ.</summary>
internal readonly struct Carryless256 : ICarrylessLanes<Vector256<ulong>>
{
    public static bool IsSupported => Pclmulqdq.V256.IsSupported && Avx2.IsSupported;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Load(ref ushort from) => Avx2.ConvertToVector256Int32(Vector128.LoadUnsafe(ref from)).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> MultiplyAdd(Vector256<ulong> sum, Vector256<ulong> a, Vector256<ulong> b) =>
        sum ^ (Pclmulqdq.V256.CarrylessMultiply(a, b, 0x00) ^ Pclmulqdq.V256.CarrylessMultiply(a, b, 0x11));

    public static uint Fold(Vector256<ulong> a) => Carryless128.Fold(a.GetLower() ^ a.GetUpper());
}
