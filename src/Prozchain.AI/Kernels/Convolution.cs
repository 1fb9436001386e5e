using System.Numerics;

namespace Prozchain.AI.Kernels;

/// <summary>
/// Convolutions of instances that lie one behind another, exactly as <see cref="ScalarWindows.Convolve"/>, as accumulators
/// or requantised by channel as they leave the registers. The work falls into units that may be done in any order by any
/// threads; successive units share packed pixels where one call does them.
/// </summary>
internal static unsafe class Convolution
{
    /// <summary>How many units so many instances fall into.</summary>
    public static int Units(ConvolutionWeights weights, int instances)
    {
        if (weights.IsDepthwise) return weights.Shape.OutChannels * instances;
        var call = new UnitCount(weights, instances);
        return DotKinds.Call<UnitCount, int>(weights.Kind, ref call);
    }

    /// <summary>Bytes of scratch that each thread of <see cref="Run"/> needs.</summary>
    public static int ScratchBytes(ConvolutionWeights weights, int instances)
    {
        if (weights.IsDepthwise) return DepthwiseKernel<DotScalar>.ScratchBytes(weights.Shape);
        var call = new ScratchNeed(weights, instances);
        return DotKinds.Call<ScratchNeed, int>(weights.Kind, ref call);
    }

    /// <summary>Does some of the units.</summary>
    /// <typeparam name="TX">Signed bytes or shorts, as the weights were packed for.</typeparam>
    /// <typeparam name="TY">int for the accumulators; signed bytes or shorts to requantise.</typeparam>
    /// <param name="x">The instances, each [C, H, W].</param>
    /// <param name="bias">O values, or none for zero.</param>
    /// <param name="to">The rounding for each channel; not looked at where TY is int.</param>
    /// <param name="y">The results, each [O, H', W'], of which the units' are written.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/>, for this call alone.</param>
    /// <param name="packedUnit">The last unit of the call that left the scratch, of the same x and weights, or -1: what it packed serves again.</param>
    /// <exception cref="ArgumentException">A span is too short, or the units are none of these.</exception>
    public static void Run<TX, TY>(
        ReadOnlySpan<TX> x, int instances, ConvolutionWeights weights, ReadOnlySpan<int> bias, in Requantisation to, Span<TY> y,
        int firstUnit, int units, Span<byte> scratch, int packedUnit = -1)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        ConvolutionShape shape = weights.Shape;
        KernelChecks.Elements(x.Length, (long)instances * shape.InElements, nameof(x));
        KernelChecks.Elements(y.Length, (long)instances * shape.OutElements, nameof(y));
        KernelChecks.Channels<TY>(bias, to, shape.OutChannels);
        KernelChecks.Units(firstUnit, units, Units(weights, instances));
        KernelChecks.Type<TX>(weights.Kind);
        fixed (TX* from = x)
        fixed (TY* into = y)
        fixed (byte* memory = scratch)
        {
            var call = new Part<TX, TY>(from, from + x.Length, instances, weights, bias, to, into, firstUnit, units, packedUnit, new Scratch(memory, scratch.Length));
            DotKinds.Call<Part<TX, TY>, int>(weights.Kind, ref call);
        }
        GC.KeepAlive(weights);
    }

    private readonly struct UnitCount(ConvolutionWeights weights, int instances) : ILaneCall<int>
    {
        public int On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes> => ConvolutionKernel<TLanes>.Plan(weights.Shape, instances).Units;
    }

    private readonly struct ScratchNeed(ConvolutionWeights weights, int instances) : ILaneCall<int>
    {
        public int On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes> =>
            ConvolutionKernel<TLanes>.ScratchBytes(weights.Shape, instances, DotKinds.TakesShorts(weights.Kind) ? sizeof(short) : sizeof(sbyte));
    }

    private ref struct Part<TX, TY>(
        TX* x, TX* end, int instances, ConvolutionWeights weights, ReadOnlySpan<int> bias, Requantisation to, TY* y,
        int firstUnit, int units, int packedUnit, Scratch scratch) : ILaneCall<int>
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged
    {
        private readonly ReadOnlySpan<int> _bias = bias;
        private readonly Requantisation _to = to;
        private Scratch _scratch = scratch;

        public int On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes>
        {
            if (weights.IsDepthwise) DepthwiseKernel<TLanes>.Run(x, weights, _bias, _to, y, firstUnit, units, ref _scratch);
            else ConvolutionKernel<TLanes>.Run(x, end, instances, weights, _bias, _to, y, firstUnit, units, packedUnit, ref _scratch);
            return units;
        }
    }
}
