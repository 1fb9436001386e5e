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
    public static int Units(int rows, GemmWeights weights) => weights.Kind switch
    {
        DotKind.Avx512 => GemmKernel<Dot512>.Units(rows, weights.Depth, weights.Columns),
        DotKind.Avx2 => GemmKernel<Dot256>.Units(rows, weights.Depth, weights.Columns),
        DotKind.Vnni => GemmKernel<DotVnni>.Units(rows, weights.Depth, weights.Columns),
        DotKind.Arm => GemmKernel<DotArm>.Units(rows, weights.Depth, weights.Columns),
        _ => GemmKernel<DotScalar>.Units(rows, weights.Depth, weights.Columns),
    };

    /// <summary>Bytes of scratch that each thread of <see cref="Run"/> needs.</summary>
    public static int ScratchBytes(int rows, GemmWeights weights) => weights.Kind switch
    {
        DotKind.Avx512 => GemmKernel<Dot512>.ScratchBytes(rows, weights.Depth),
        DotKind.Avx2 => GemmKernel<Dot256>.ScratchBytes(rows, weights.Depth),
        DotKind.Vnni => GemmKernel<DotVnni>.ScratchBytes(rows, weights.Depth),
        DotKind.Arm => GemmKernel<DotArm>.ScratchBytes(rows, weights.Depth),
        _ => GemmKernel<DotScalar>.ScratchBytes(rows, weights.Depth),
    };

    /// <summary>Does some of the units.</summary>
    /// <typeparam name="TX">Signed bytes or shorts, as the weights were packed for.</typeparam>
    /// <typeparam name="TY">int for the accumulators; signed bytes or shorts to requantise.</typeparam>
    /// <param name="x">M × K values.</param>
    /// <param name="bias">N values, or none for zero.</param>
    /// <param name="to">The rounding for each column; not looked at where TY is int.</param>
    /// <param name="y">M × N values, of which the units' are written.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/>, for this call alone.</param>
    /// <exception cref="ArgumentException">A span is too short, or the units are none of these.</exception>
    public static void Run<TX, TY>(
        ReadOnlySpan<TX> x, int rows, GemmWeights weights, ReadOnlySpan<int> bias, in Requantisation to, Span<TY> y,
        int firstUnit, int units, Span<byte> scratch)
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
            var pieces = new Scratch(memory, scratch.Length);
            switch (weights.Kind)
            {
                case DotKind.Avx512: GemmKernel<Dot512>.Run(from, rows, weights, bias, to, into, firstUnit, units, ref pieces); break;
                case DotKind.Avx2: GemmKernel<Dot256>.Run(from, rows, weights, bias, to, into, firstUnit, units, ref pieces); break;
                case DotKind.Vnni: GemmKernel<DotVnni>.Run(from, rows, weights, bias, to, into, firstUnit, units, ref pieces); break;
                case DotKind.Arm: GemmKernel<DotArm>.Run(from, rows, weights, bias, to, into, firstUnit, units, ref pieces); break;
                default: GemmKernel<DotScalar>.Run(from, rows, weights, bias, to, into, firstUnit, units, ref pieces); break;
            }
        }
        GC.KeepAlive(weights);
    }
}
