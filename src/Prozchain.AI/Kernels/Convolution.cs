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
    public static int Units(ConvolutionWeights weights, int instances) => weights.IsDepthwise
        ? weights.Shape.OutChannels * instances
        : weights.Kind switch
        {
            DotKind.Avx512 => ConvolutionKernel<Dot512>.Plan(weights.Shape, instances).Units,
            DotKind.Avx2 => ConvolutionKernel<Dot256>.Plan(weights.Shape, instances).Units,
            DotKind.Vnni => ConvolutionKernel<DotVnni>.Plan(weights.Shape, instances).Units,
            DotKind.Arm => ConvolutionKernel<DotArm>.Plan(weights.Shape, instances).Units,
            _ => ConvolutionKernel<DotScalar>.Plan(weights.Shape, instances).Units,
        };

    /// <summary>Bytes of scratch that each thread of <see cref="Run"/> needs.</summary>
    public static int ScratchBytes(ConvolutionWeights weights, int instances) => weights.IsDepthwise
        ? DepthwiseKernel<DotScalar>.ScratchBytes(weights.Shape)
        : weights.Kind switch
        {
            DotKind.Avx512 => ConvolutionKernel<Dot512>.ScratchBytes(weights.Shape, instances, sizeof(short)),
            DotKind.Avx2 => ConvolutionKernel<Dot256>.ScratchBytes(weights.Shape, instances, sizeof(short)),
            DotKind.Vnni => ConvolutionKernel<DotVnni>.ScratchBytes(weights.Shape, instances, sizeof(sbyte)),
            DotKind.Arm => ConvolutionKernel<DotArm>.ScratchBytes(weights.Shape, instances, sizeof(sbyte)),
            _ => ConvolutionKernel<DotScalar>.ScratchBytes(weights.Shape, instances, sizeof(short)),
        };

    /// <summary>Does some of the units.</summary>
    /// <typeparam name="TX">Signed bytes or shorts, as the weights were packed for.</typeparam>
    /// <typeparam name="TY">int for the accumulators; signed bytes or shorts to requantise.</typeparam>
    /// <param name="x">The instances, each [C, H, W].</param>
    /// <param name="bias">O values, or none for zero.</param>
    /// <param name="to">The rounding for each channel; not looked at where TY is int.</param>
    /// <param name="y">The results, each [O, H', W'], of which the units' are written.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/>, for this call alone.</param>
    /// <exception cref="ArgumentException">A span is too short, or the units are none of these.</exception>
    public static void Run<TX, TY>(
        ReadOnlySpan<TX> x, int instances, ConvolutionWeights weights, ReadOnlySpan<int> bias, in Requantisation to, Span<TY> y,
        int firstUnit, int units, Span<byte> scratch)
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
            TX* end = from + x.Length;
            var pieces = new Scratch(memory, scratch.Length);
            switch (weights.Kind)
            {
                case DotKind.Avx512: RunUnits<Dot512, TX, TY>(from, end, instances, weights, bias, to, into, firstUnit, units, ref pieces); break;
                case DotKind.Avx2: RunUnits<Dot256, TX, TY>(from, end, instances, weights, bias, to, into, firstUnit, units, ref pieces); break;
                case DotKind.Vnni: RunUnits<DotVnni, TX, TY>(from, end, instances, weights, bias, to, into, firstUnit, units, ref pieces); break;
                case DotKind.Arm: RunUnits<DotArm, TX, TY>(from, end, instances, weights, bias, to, into, firstUnit, units, ref pieces); break;
                default: RunUnits<DotScalar, TX, TY>(from, end, instances, weights, bias, to, into, firstUnit, units, ref pieces); break;
            }
        }
        GC.KeepAlive(weights);
    }

    private static void RunUnits<TLanes, TX, TY>(
        TX* x, TX* end, int instances, ConvolutionWeights weights, ReadOnlySpan<int> bias, in Requantisation to, TY* y,
        int firstUnit, int units, ref Scratch scratch)
        where TLanes : unmanaged, IDotLanes<TLanes>
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged
    {
        if (weights.IsDepthwise) DepthwiseKernel<TLanes>.Run(x, weights, bias, to, y, firstUnit, units, ref scratch);
        else ConvolutionKernel<TLanes>.Run(x, end, instances, weights, bias, to, y, firstUnit, units, ref scratch);
    }
}
