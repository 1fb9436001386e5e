using System.Numerics;

namespace Prozchain.AI.Kernels;

/// <summary>
/// Products of two activations, exactly as <see cref="ScalarMatrix.Product"/>, as accumulators or requantised as they leave
/// the registers. The work falls into units that may be done in any order by any threads.
/// </summary>
internal static unsafe class BatchProduct
{
    /// <summary>How many units the products fall into.</summary>
    /// <typeparam name="TX">The type of the left operand.</typeparam>
    /// <typeparam name="TY">The type of the right operand.</typeparam>
    public static int Units<TX, TY>(in ProductShape shape) => Kind<TX, TY>() switch
    {
        DotKind.Avx512 => ProductKernel<Dot512>.Units(shape),
        DotKind.Avx2 => ProductKernel<Dot256>.Units(shape),
        DotKind.Vnni => ProductKernel<DotVnni>.Units(shape),
        DotKind.Arm => ProductKernel<DotArm>.Units(shape),
        _ => ProductKernel<DotScalar>.Units(shape),
    };

    /// <summary>Bytes of scratch that each thread of <see cref="Run"/> needs.</summary>
    /// <inheritdoc cref="Units"/>
    public static int ScratchBytes<TX, TY>(in ProductShape shape) => Kind<TX, TY>() switch
    {
        DotKind.Avx512 => ProductKernel<Dot512>.ScratchBytes(shape),
        DotKind.Avx2 => ProductKernel<Dot256>.ScratchBytes(shape),
        DotKind.Vnni => ProductKernel<DotVnni>.ScratchBytes(shape),
        DotKind.Arm => ProductKernel<DotArm>.ScratchBytes(shape),
        _ => ProductKernel<DotScalar>.ScratchBytes(shape),
    };

    /// <summary>Does some of the units.</summary>
    /// <typeparam name="TX">Signed bytes or shorts.</typeparam>
    /// <typeparam name="TY">Signed bytes or shorts.</typeparam>
    /// <typeparam name="TZ">int for the accumulators; signed bytes or shorts to requantise.</typeparam>
    /// <param name="to">One rounding for all, or one for each column; not looked at where TZ is int.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/>, for this call alone.</param>
    /// <exception cref="ArgumentException">A span is too short, or the units are none of these.</exception>
    public static void Run<TX, TY, TZ>(
        ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, in ProductShape shape, in Requantisation to, Span<TZ> z, int firstUnit, int units, Span<byte> scratch)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
        where TZ : unmanaged, IBinaryInteger<TZ>
    {
        KernelChecks.Elements(x.Length, (long)shape.Batches * shape.Rows * shape.Depth, nameof(x));
        KernelChecks.Elements(y.Length, (long)shape.Batches * shape.Depth * shape.Columns, nameof(y));
        KernelChecks.Elements(z.Length, (long)shape.Batches * shape.Rows * shape.Columns, nameof(z));
        KernelChecks.Channels<TZ>(default, to, shape.Columns);
        KernelChecks.Units(firstUnit, units, Units<TX, TY>(shape));
        KernelChecks.Type<TX>(Kind<TX, TY>());
        KernelChecks.Type<TY>(Kind<TX, TY>());
        fixed (TX* left = x)
        fixed (TY* right = y)
        fixed (TZ* into = z)
        fixed (byte* memory = scratch)
        {
            var pieces = new Scratch(memory, scratch.Length);
            switch (Kind<TX, TY>())
            {
                case DotKind.Avx512: ProductKernel<Dot512>.Run(left, right, shape, to, into, firstUnit, units, ref pieces); break;
                case DotKind.Avx2: ProductKernel<Dot256>.Run(left, right, shape, to, into, firstUnit, units, ref pieces); break;
                case DotKind.Vnni: ProductKernel<DotVnni>.Run(left, right, shape, to, into, firstUnit, units, ref pieces); break;
                case DotKind.Arm: ProductKernel<DotArm>.Run(left, right, shape, to, into, firstUnit, units, ref pieces); break;
                default: ProductKernel<DotScalar>.Run(left, right, shape, to, into, firstUnit, units, ref pieces); break;
            }
        }
    }

    private static DotKind Kind<TX, TY>() =>
        typeof(TX) == typeof(sbyte) && typeof(TY) == typeof(sbyte) ? DotKinds.ForBytes : DotKinds.ForShorts;
}
