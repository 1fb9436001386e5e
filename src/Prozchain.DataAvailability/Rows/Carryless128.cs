using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace Prozchain.DataAvailability.Rows;

/// <summary>Four polynomials, in 128 bits: PCLMULQDQ, or PMULL on Arm (that branch ran under emulation, eng/arm64.sh, never on hardware).</summary>
internal readonly struct Carryless128 : ICarrylessLanes<Vector128<ulong>>
{
    public static bool IsSupported => Pclmulqdq.IsSupported || ArmAes.IsSupported;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Load(ref ushort from) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref from))).AsUInt16()).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyAdd(Vector128<ulong> sum, Vector128<ulong> a, Vector128<ulong> b) => sum ^ (Pclmulqdq.IsSupported
        ? Pclmulqdq.CarrylessMultiply(a, b, 0x00) ^ Pclmulqdq.CarrylessMultiply(a, b, 0x11)
        : ArmAes.PolynomialMultiplyWideningLower(a.GetLower(), b.GetLower()) ^ ArmAes.PolynomialMultiplyWideningUpper(a, b));

    public static uint Fold(Vector128<ulong> a) => (uint)(a.ToScalar() >> 32);
}
