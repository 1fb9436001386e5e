using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>
/// Products in an extension, coordinate by coordinate in runs of base elements: a lane is an element. Works on blocks
/// that stay in the first-level cache, term by term over a block, so that each inner loop is small enough for the JIT to
/// inline whole; the products of a coefficient are summed four at a time before they are reduced.
/// </summary>
internal readonly ref struct ExtensionKernel<TBase, TParameters>(
    ReadOnlySpan<TBase> left, ReadOnlySpan<TBase> right, Span<TBase> destination, int length, int stride) : IPackedKernel<TBase>
    where TBase : struct, IField<TBase>
    where TParameters : struct, IExtensionParameters<TBase>
{
    private const int Block = 128;
    private readonly ref TBase _left = ref MemoryMarshal.GetReference(left);
    private readonly ref TBase _right = ref MemoryMarshal.GetReference(right);
    private readonly ref TBase _destination = ref MemoryMarshal.GetReference(destination);

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TBase>
    {
        int whole = length - length % TPacked.Count;
        if (WholeProducts<TBase, TParameters>.Has)
        {
            WholeProducts<TBase, TParameters>.Run<TPacked>(ref _left, ref _right, ref _destination, stride, 0, whole);
            WholeProducts<TBase, TParameters>.Run<ScalarPacked<TBase>>(ref _left, ref _right, ref _destination, stride, whole, length);
            return;
        }
        for (int i = 0; i < whole; i += Block) Multiply<TPacked>(i, Math.Min(Block, whole - i));
        if (whole < length) Multiply<ScalarPacked<TBase>>(whole, length - whole);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply<TPacked>(int from, int count) where TPacked : struct, IPacked<TPacked, TBase>
    {
        Unsafe.SkipInit(out Runs first);
        Unsafe.SkipInit(out Runs second);
        ref TBase product = ref Unsafe.As<Runs, TBase>(ref first);
        ref TBase left = ref Unsafe.Add(ref _left, from);
        ref TBase right = ref Unsafe.Add(ref _right, from);
        if (TParameters.MiddlePower == 0) Cyclic<TPacked>(ref left, ref right, ref Unsafe.As<Runs, TBase>(ref second), ref product, count);
        else Folded<TPacked>(ref left, ref right, ref product, count);
        for (int k = 0; k < TParameters.Degree; k++)
        {
            ReadOnlySpan<TBase> run = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref product, k * Block), count);
            run.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref _destination, from + k * (nint)stride), count));
        }
    }

    // x^D = w: a coefficient is a sum of D products once the right factor's coefficients times w continue it downwards.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Cyclic<TPacked>(ref TBase left, ref TBase right, ref TBase room, ref TBase product, int count) where TPacked : struct, IPacked<TPacked, TBase>
    {
        int degree = TParameters.Degree;
        ref TBase centre = ref Unsafe.Add(ref room, (degree - 1) * Block);
        for (int k = 0; k < degree; k++)
        {
            ref TBase run = ref Unsafe.Add(ref right, k * (nint)stride);
            MemoryMarshal.CreateReadOnlySpan(ref run, count).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref centre, k * Block), count));
            if (k > 0) Scale<TPacked>(ref run, TParameters.Constant, ref Unsafe.Add(ref centre, (k - degree) * Block), count, accumulate: false);
        }
        for (int k = 0; k < degree; k++)
            Terms<TPacked>(ref left, ref Unsafe.Add(ref centre, k * Block), Block, degree, ref Unsafe.Add(ref product, k * Block), count);
    }

    // The whole product of the polynomials, then its upper half folded down from the top.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Folded<TPacked>(ref TBase left, ref TBase right, ref TBase product, int count) where TPacked : struct, IPacked<TPacked, TBase>
    {
        int degree = TParameters.Degree;
        for (int k = 0; k <= 2 * degree - 2; k++)
        {
            int j = Math.Max(0, k - degree + 1), end = Math.Min(k, degree - 1);
            Terms<TPacked>(
                ref Unsafe.Add(ref left, j * (nint)stride), ref Unsafe.Add(ref right, (k - j) * (nint)stride), stride, end - j + 1,
                ref Unsafe.Add(ref product, k * Block), count);
        }
        for (int k = 2 * degree - 2; k >= degree; k--)
        {
            ref TBase upper = ref Unsafe.Add(ref product, k * Block);
            Scale<TPacked>(ref upper, TParameters.Constant, ref Unsafe.Add(ref upper, -degree * Block), count, accumulate: true);
            Scale<TPacked>(ref upper, TParameters.Middle, ref Unsafe.Add(ref upper, (TParameters.MiddlePower - degree) * Block), count, accumulate: true);
        }
    }

    // The sum of left[j] * right[-j] for j below terms, in runs.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Terms<TPacked>(ref TBase left, ref TBase right, nint rightStride, int terms, ref TBase sum, int count) where TPacked : struct, IPacked<TPacked, TBase>
    {
        for (int j = 0; j < terms;)
        {
            ref TBase a = ref Unsafe.Add(ref left, j * (nint)stride);
            ref TBase b = ref Unsafe.Add(ref right, -j * rightStride);
            bool four = terms - j >= 4;
            if (four) Four<TPacked>(ref a, stride, ref b, -rightStride, ref sum, count, accumulate: j > 0);
            else One<TPacked>(ref a, ref b, ref sum, count, accumulate: j > 0);
            j += four ? 4 : 1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<TPacked>(ref TBase a, nint aStride, ref TBase b, nint bStride, ref TBase sum, int count, bool accumulate)
        where TPacked : struct, IPacked<TPacked, TBase>
    {
        for (nint i = 0; i < count; i += TPacked.Count)
        {
            ref TBase c = ref Unsafe.Add(ref a, i);
            ref TBase d = ref Unsafe.Add(ref b, i);
            TPacked value = TPacked.SumOfProducts(
                TPacked.Load(ref c), TPacked.Load(ref d), TPacked.Load(ref Unsafe.Add(ref c, aStride)), TPacked.Load(ref Unsafe.Add(ref d, bStride)),
                TPacked.Load(ref Unsafe.Add(ref c, 2 * aStride)), TPacked.Load(ref Unsafe.Add(ref d, 2 * bStride)),
                TPacked.Load(ref Unsafe.Add(ref c, 3 * aStride)), TPacked.Load(ref Unsafe.Add(ref d, 3 * bStride)));
            if (accumulate) value += TPacked.Load(ref Unsafe.Add(ref sum, i));
            TPacked.Store(value, ref Unsafe.Add(ref sum, i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<TPacked>(ref TBase a, ref TBase b, ref TBase sum, int count, bool accumulate) where TPacked : struct, IPacked<TPacked, TBase>
    {
        for (nint i = 0; i < count; i += TPacked.Count)
        {
            TPacked value = TPacked.Load(ref Unsafe.Add(ref a, i)) * TPacked.Load(ref Unsafe.Add(ref b, i));
            if (accumulate) value += TPacked.Load(ref Unsafe.Add(ref sum, i));
            TPacked.Store(value, ref Unsafe.Add(ref sum, i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale<TPacked>(ref TBase a, TBase factor, ref TBase sum, int count, bool accumulate) where TPacked : struct, IPacked<TPacked, TBase>
    {
        TPacked uniform = TPacked.Create(factor);
        bool isOne = factor == TBase.One, isMinusOne = factor == -TBase.One;
        for (nint i = 0; i < count; i += TPacked.Count)
        {
            TPacked value = TPacked.Load(ref Unsafe.Add(ref a, i));
            if (accumulate)
            {
                TPacked before = TPacked.Load(ref Unsafe.Add(ref sum, i));
                value = isOne ? before + value : isMinusOne ? before - value : before + TPacked.MultiplyUniform(value, uniform);
            }
            else
            {
                value = TPacked.MultiplyUniform(value, uniform);
            }
            TPacked.Store(value, ref Unsafe.Add(ref sum, i));
        }
    }

    // A run for each coefficient of the product of two polynomials of degree 7.
    [InlineArray(15 * Block)]
    private struct Runs
    {
        private TBase _first;
    }
}
