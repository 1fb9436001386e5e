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
    public static int Units<TX, TY>(in ProductShape shape)
    {
        var call = new UnitCount(shape);
        return DotKinds.Call<UnitCount, int>(Kind<TX, TY>(), ref call);
    }

    /// <summary>Bytes of scratch that each thread of <see cref="Run"/> needs.</summary>
    /// <inheritdoc cref="Units"/>
    public static int ScratchBytes<TX, TY>(in ProductShape shape)
    {
        var call = new ScratchNeed(shape);
        return DotKinds.Call<ScratchNeed, int>(Kind<TX, TY>(), ref call);
    }

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
            var call = new Part<TX, TY, TZ>(left, right, shape, to, into, firstUnit, units, new Scratch(memory, scratch.Length));
            DotKinds.Call<Part<TX, TY, TZ>, int>(Kind<TX, TY>(), ref call);
        }
    }

    private static DotKind Kind<TX, TY>() =>
        typeof(TX) == typeof(sbyte) && typeof(TY) == typeof(sbyte) ? DotKinds.ForBytes : DotKinds.ForShorts;

    private readonly struct UnitCount(ProductShape shape) : ILaneCall<int>
    {
        public int On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes> => ProductKernel<TLanes>.Units(shape);
    }

    private readonly struct ScratchNeed(ProductShape shape) : ILaneCall<int>
    {
        public int On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes> => ProductKernel<TLanes>.ScratchBytes(shape);
    }

    private ref struct Part<TX, TY, TZ>(TX* left, TY* right, ProductShape shape, Requantisation to, TZ* into, int firstUnit, int units, Scratch scratch) : ILaneCall<int>
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
        where TZ : unmanaged, IBinaryInteger<TZ>
    {
        private readonly Requantisation _to = to;
        private Scratch _scratch = scratch;

        public int On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes>
        {
            ProductKernel<TLanes>.Run(left, right, shape, _to, into, firstUnit, units, ref _scratch);
            return units;
        }
    }
}
