using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>
/// Products of degrees 4 and 5 with both factors in registers: each coefficient is one sum of products, because what x^D
/// folds back is put into the right factor first. Any other polynomial: <see cref="ExtensionKernel{TBase, TParameters}"/>.
/// </summary>
internal static class WholeProducts<TBase, TParameters>
    where TBase : struct, IField<TBase>
    where TParameters : struct, IExtensionParameters<TBase>
{
    /// <summary>Whether the polynomial is x^4 - w or x^5 + x^2 - 1.</summary>
    public static bool Has => IsQuartic || IsQuintic;

    private static readonly bool s_isTriple = TParameters.Constant == TBase.FromUInt64(3);
    private static readonly bool s_isPlain = TParameters.Constant == TBase.One && TParameters.Middle == -TBase.One;

    private static bool IsQuartic => TParameters.Degree == 4 && TParameters.MiddlePower == 0;

    private static bool IsQuintic => TParameters.Degree == 5 && TParameters.MiddlePower == 2 && s_isPlain;

    /// <summary>Elements from one index to another: whole vectors.</summary>
    public static void Run<TPacked>(ref TBase left, ref TBase right, ref TBase destination, nint stride, nint from, nint to)
        where TPacked : struct, IPacked<TPacked, TBase>
    {
        if (from == to) return;
        if (IsQuintic) Quintic<TPacked>(ref left, ref right, ref destination, stride, from, to);
        else if (s_isTriple) Quartic<TPacked, Triple>(ref left, ref right, ref destination, stride, from, to);
        else Quartic<TPacked, Any>(ref left, ref right, ref destination, stride, from, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Quartic<TPacked, TScale>(ref TBase left, ref TBase right, ref TBase destination, nint stride, nint from, nint to)
        where TPacked : struct, IPacked<TPacked, TBase>
        where TScale : struct, IScale
    {
        TPacked w = TPacked.Create(TParameters.Constant);
        for (nint i = from; i < to; i += TPacked.Count)
        {
            ref TBase x = ref Unsafe.Add(ref left, i);
            ref TBase y = ref Unsafe.Add(ref right, i);
            TPacked a0 = TPacked.Load(ref x), a1 = TPacked.Load(ref Unsafe.Add(ref x, stride));
            TPacked a2 = TPacked.Load(ref Unsafe.Add(ref x, 2 * stride)), a3 = TPacked.Load(ref Unsafe.Add(ref x, 3 * stride));
            TPacked b0 = TPacked.Load(ref y), b1 = TPacked.Load(ref Unsafe.Add(ref y, stride));
            TPacked b2 = TPacked.Load(ref Unsafe.Add(ref y, 2 * stride)), b3 = TPacked.Load(ref Unsafe.Add(ref y, 3 * stride));
            TPacked w1 = TScale.Times<TPacked>(b1, w), w2 = TScale.Times<TPacked>(b2, w), w3 = TScale.Times<TPacked>(b3, w);
            ref TBase z = ref Unsafe.Add(ref destination, i);
            TPacked.Store(TPacked.SumOfProducts(a0, b0, a1, w3, a2, w2, a3, w1), ref z);
            TPacked.Store(TPacked.SumOfProducts(a0, b1, a1, b0, a2, w3, a3, w2), ref Unsafe.Add(ref z, stride));
            TPacked.Store(TPacked.SumOfProducts(a0, b2, a1, b1, a2, b0, a3, w3), ref Unsafe.Add(ref z, 2 * stride));
            TPacked.Store(TPacked.SumOfProducts(a0, b3, a1, b2, a2, b1, a3, b0), ref Unsafe.Add(ref z, 3 * stride));
        }
    }

    // x^5 = 1 - x^2, x^6 = x - x^3, x^7 = x^2 - x^4, x^8 = x^2 + x^3 - 1.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Quintic<TPacked>(ref TBase left, ref TBase right, ref TBase destination, nint stride, nint from, nint to)
        where TPacked : struct, IPacked<TPacked, TBase>
    {
        for (nint i = from; i < to; i += TPacked.Count)
        {
            ref TBase x = ref Unsafe.Add(ref left, i);
            ref TBase y = ref Unsafe.Add(ref right, i);
            TPacked a0 = TPacked.Load(ref x), a1 = TPacked.Load(ref Unsafe.Add(ref x, stride)), a2 = TPacked.Load(ref Unsafe.Add(ref x, 2 * stride));
            TPacked a3 = TPacked.Load(ref Unsafe.Add(ref x, 3 * stride)), a4 = TPacked.Load(ref Unsafe.Add(ref x, 4 * stride));
            TPacked b0 = TPacked.Load(ref y), b1 = TPacked.Load(ref Unsafe.Add(ref y, stride)), b2 = TPacked.Load(ref Unsafe.Add(ref y, 2 * stride));
            TPacked b3 = TPacked.Load(ref Unsafe.Add(ref y, 3 * stride)), b4 = TPacked.Load(ref Unsafe.Add(ref y, 4 * stride));
            TPacked b14 = b1 - b4, b03 = b0 - b3, b42 = b4 - b2;
            ref TBase z = ref Unsafe.Add(ref destination, i);
            TPacked.Store(TPacked.SumOfProducts(a0, b0, a1, b4, a2, b3, a3, b2, a4, b14), ref z);
            TPacked.Store(TPacked.SumOfProducts(a0, b1, a1, b0, a2, b4, a3, b3, a4, b2), ref Unsafe.Add(ref z, stride));
            TPacked.Store(TPacked.SumOfProducts(a0, b2, a1, b14, a2, b03, a3, b42, a4, b3 - b14), ref Unsafe.Add(ref z, 2 * stride));
            TPacked.Store(TPacked.SumOfProducts(a0, b3, a1, b2, a2, b14, a3, b03, a4, b42), ref Unsafe.Add(ref z, 3 * stride));
            TPacked.Store(TPacked.SumOfProducts(a0, b4, a1, b3, a2, b2, a3, b14, a4, b03), ref Unsafe.Add(ref z, 4 * stride));
        }
    }

    private interface IScale
    {
        static abstract TPacked Times<TPacked>(TPacked value, TPacked factor) where TPacked : struct, IPacked<TPacked, TBase>;
    }

    private readonly struct Triple : IScale
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TPacked Times<TPacked>(TPacked value, TPacked factor) where TPacked : struct, IPacked<TPacked, TBase> => value + value + value;
    }

    private readonly struct Any : IScale
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TPacked Times<TPacked>(TPacked value, TPacked factor) where TPacked : struct, IPacked<TPacked, TBase> => TPacked.MultiplyUniform(value, factor);
    }
}
