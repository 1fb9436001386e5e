using System.Numerics;

namespace Prozchain.AI.Kernels;

/// <summary>
/// y [M, N] = x [M, K] · w [K, N] + bias [N], exactly as <see cref="ScalarMatrix.Gemm"/>, as accumulators or requantised by
/// column as they leave the registers. The work falls into units that may be done in any order by any threads; successive
/// units share packed rows where one call does them.
/// </summary>
internal static unsafe class Gemm
{
    /// <summary>How many units the product of so many rows falls into.</summary>
    public static int Units(int rows, GemmWeights weights)
    {
        var call = new UnitCount(rows, weights);
        return DotKinds.Call<UnitCount, int>(weights.Kind, ref call);
    }

    /// <summary>Bytes of scratch that each thread of <see cref="Run"/> needs.</summary>
    public static int ScratchBytes(int rows, GemmWeights weights)
    {
        var call = new ScratchNeed(rows, weights);
        return DotKinds.Call<ScratchNeed, int>(weights.Kind, ref call);
    }

    /// <summary>Does some of the units.</summary>
    /// <typeparam name="TX">Signed bytes or shorts, as the weights were packed for.</typeparam>
    /// <typeparam name="TY">int for the accumulators; signed bytes or shorts to requantise.</typeparam>
    /// <param name="x">M × K values.</param>
    /// <param name="bias">N values, or none for zero.</param>
    /// <param name="to">The rounding for each column; not looked at where TY is int.</param>
    /// <param name="y">M × N values, of which the units' are written.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/>, for this call alone.</param>
    /// <param name="packedUnit">The last unit of the call that left the scratch, of the same x and weights, or -1: what it packed serves again.</param>
    /// <exception cref="ArgumentException">A span is too short, or the units are none of these.</exception>
    public static void Run<TX, TY>(
        ReadOnlySpan<TX> x, int rows, GemmWeights weights, ReadOnlySpan<int> bias, in Requantisation to, Span<TY> y,
        int firstUnit, int units, Span<byte> scratch, int packedUnit = -1)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        KernelChecks.Elements(x.Length, (long)rows * weights.Depth, nameof(x));
        KernelChecks.Elements(y.Length, (long)rows * weights.Columns, nameof(y));
        KernelChecks.Channels<TY>(bias, to, weights.Columns);
        KernelChecks.Units(firstUnit, units, Units(rows, weights));
        KernelChecks.Type<TX>(weights.Kind);
        fixed (TX* from = x)
        fixed (TY* into = y)
        fixed (byte* memory = scratch)
        {
            var call = new Part<TX, TY>(from, rows, weights, bias, to, into, firstUnit, units, packedUnit, new Scratch(memory, scratch.Length));
            DotKinds.Call<Part<TX, TY>, int>(weights.Kind, ref call);
        }
        GC.KeepAlive(weights);
    }

    private readonly struct UnitCount(int rows, GemmWeights weights) : ILaneCall<int>
    {
        public int On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes> => GemmKernel<TLanes>.Units(rows, weights.Depth, weights.Columns);
    }

    private readonly struct ScratchNeed(int rows, GemmWeights weights) : ILaneCall<int>
    {
        public int On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes> => GemmKernel<TLanes>.ScratchBytes(rows, weights.Depth);
    }

    private ref struct Part<TX, TY>(
        TX* x, int rows, GemmWeights weights, ReadOnlySpan<int> bias, Requantisation to, TY* y, int firstUnit, int units, int packedUnit, Scratch scratch) : ILaneCall<int>
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged
    {
        private readonly ReadOnlySpan<int> _bias = bias;
        private readonly Requantisation _to = to;
        private Scratch _scratch = scratch;

        public int On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes>
        {
            GemmKernel<TLanes>.Run(x, rows, weights, _bias, _to, y, firstUnit, units, packedUnit, ref _scratch);
            return units;
        }
    }
}
