using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>
/// The one place that chooses a width: the widest that the machine has. The JIT folds the tests, so a call costs nothing;
/// results are the same bits at every width.
/// </summary>
internal static class LaneDispatch
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run31<TParameters, TKernel>(ref TKernel kernel)
        where TParameters : struct, IField31Parameters
        where TKernel : struct, IPackedKernel<Field31<TParameters>>, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported) kernel.Run<Packed31<TParameters, Lanes512>>();
        else if (Avx2.IsSupported) kernel.Run<Packed31<TParameters, Lanes256>>();
        else if (Vector128.IsHardwareAccelerated) kernel.Run<Packed31<TParameters, Lanes128>>();
        else kernel.Run<Packed31<TParameters, ScalarLane>>();
    }

    /// <summary>For kernels that need lanes below the field's operators.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RunLanes<TKernel>(ref TKernel kernel) where TKernel : struct, ILanesKernel, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported) kernel.Run<Lanes512>();
        else if (Avx2.IsSupported) kernel.Run<Lanes256>();
        else if (Vector128.IsHardwareAccelerated) kernel.Run<Lanes128>();
        else kernel.Run<ScalarLane>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RunMersenne<TKernel>(ref TKernel kernel) where TKernel : struct, IPackedKernel<Mersenne31>, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported) kernel.Run<PackedMersenne31<Lanes512>>();
        else if (Avx2.IsSupported) kernel.Run<PackedMersenne31<Lanes256>>();
        else if (Vector128.IsHardwareAccelerated) kernel.Run<PackedMersenne31<Lanes128>>();
        else kernel.Run<PackedMersenne31<ScalarLane>>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RunGoldilocks<TKernel>(ref TKernel kernel) where TKernel : struct, IPackedKernel<Goldilocks>, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported) kernel.Run<PackedGoldilocks<Wide512>>();
        else if (Avx2.IsSupported) kernel.Run<PackedGoldilocks<Wide256>>();
        else if (Vector128.IsHardwareAccelerated) kernel.Run<PackedGoldilocks<Wide128>>();
        else kernel.Run<ScalarPacked<Goldilocks>>();
    }

    /// <summary>
    /// Where a loop starts behind the vector at the head: so that its stores are aligned, in runs long enough that stores
    /// across cache lines cost more than one vector twice. Only speed depends on it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe nint AfterHead<TPacked, TField>(ref TField destination, nint length)
        where TPacked : struct, IPacked<TPacked, TField>
        where TField : struct
    {
        if (length < 16 * TPacked.Count) return TPacked.Count;
        nuint vector = (nuint)(TPacked.Count * Unsafe.SizeOf<TField>());
        return TPacked.Count - (nint)((nuint)Unsafe.AsPointer(ref destination) % vector) / Unsafe.SizeOf<TField>();
    }
}
