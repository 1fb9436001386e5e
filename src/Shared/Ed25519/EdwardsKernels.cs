namespace Prozchain.Shared;

/// <summary>The widths that this machine can run.</summary>
internal static class EdwardsKernels
{
    /// <summary>The widest.</summary>
    public static IEdwardsKernel Create() =>
        FieldLanes512.IsSupported ? new LaneEdwardsKernel<System.Runtime.Intrinsics.Vector512<ulong>, FieldLanes512>()
        : FieldLanes256.IsSupported ? new LaneEdwardsKernel<System.Runtime.Intrinsics.Vector256<ulong>, FieldLanes256>()
        : new ScalarEdwardsKernel();

    /// <summary>All, the widest first.</summary>
    public static IEnumerable<IEdwardsKernel> CreateAll()
    {
        if (FieldLanes512.IsSupported) yield return new LaneEdwardsKernel<System.Runtime.Intrinsics.Vector512<ulong>, FieldLanes512>();
        if (FieldLanes256.IsSupported) yield return new LaneEdwardsKernel<System.Runtime.Intrinsics.Vector256<ulong>, FieldLanes256>();
        yield return new ScalarEdwardsKernel();
    }
}
