using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Stark;

/// <summary>right - left.</summary>
internal readonly struct SubtractFromOperation : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TPacked Apply<TPacked, TField>(TPacked left, TPacked right) where TPacked : struct, IPacked<TPacked, TField> where TField : struct => right - left;
}

/// <summary>
/// The loops of a tape's instructions over a run of whole vectors. Each is small, so that the JIT inlines all of it
/// however large a program is. The target may be an operand.
/// </summary>
internal static unsafe class TapeLoops<TField, TPacked>
    where TField : unmanaged, IField<TField>
    where TPacked : struct, IPacked<TPacked, TField>
{
    /// <summary>Asks for a run before it is used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fetch(TField* run, nint length)
    {
        if (!Sse.IsSupported) return;
        for (byte* at = (byte*)run, end = (byte*)(run + length); at < end; at += 64) Sse.Prefetch0(at);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Binary<TOperation>(TField* a, TField* b, TField* target, nint length) where TOperation : struct, IPackedOperation
    {
        for (nint i = 0; i < length; i += TPacked.Count)
            TPacked.Store(TOperation.Apply<TPacked, TField>(TPacked.Load(ref a[i]), TPacked.Load(ref b[i])), ref target[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Ternary<TFirst, TSecond>(TField* a, TField* b, TField* c, TField* target, nint length)
        where TFirst : struct, IPackedOperation
        where TSecond : struct, IPackedOperation
    {
        for (nint i = 0; i < length; i += TPacked.Count)
        {
            TPacked first = TFirst.Apply<TPacked, TField>(TPacked.Load(ref a[i]), TPacked.Load(ref b[i]));
            TPacked.Store(TSecond.Apply<TPacked, TField>(first, TPacked.Load(ref c[i])), ref target[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Uniform<TOperation>(TField* a, TField uniform, TField* target, nint length) where TOperation : struct, IPackedOperation
    {
        TPacked b = TPacked.Create(uniform);
        for (nint i = 0; i < length; i += TPacked.Count)
            TPacked.Store(TOperation.Apply<TPacked, TField>(TPacked.Load(ref a[i]), b), ref target[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyUniformAdd(TField* a, TField uniform, TField* c, TField* target, nint length)
    {
        TPacked b = TPacked.Create(uniform);
        for (nint i = 0; i < length; i += TPacked.Count)
            TPacked.Store(TPacked.MultiplyUniform(TPacked.Load(ref a[i]), b) + TPacked.Load(ref c[i]), ref target[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(TField uniform, TField* target, nint length)
    {
        TPacked value = TPacked.Create(uniform);
        for (nint i = 0; i < length; i += TPacked.Count) TPacked.Store(value, ref target[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Xor(TField* a, TField* b, TField* target, nint length)
    {
        for (nint i = 0; i < length; i += TPacked.Count)
        {
            TPacked x = TPacked.Load(ref a[i]), y = TPacked.Load(ref b[i]), product = x * y;
            TPacked.Store(x + y - (product + product), ref target[i]);
        }
    }

    /// <summary>target += or -= a * b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddProduct<TOperation>(TField* a, TField* b, TField* target, nint length) where TOperation : struct, IPackedOperation
    {
        for (nint i = 0; i < length; i += TPacked.Count)
        {
            TPacked product = TPacked.Load(ref a[i]) * TPacked.Load(ref b[i]);
            TPacked.Store(TOperation.Apply<TPacked, TField>(TPacked.Load(ref target[i]), product), ref target[i]);
        }
    }

    /// <summary>To each of some sums, adds each term times a factor of its own: that of term j in sum k is number j * sums + k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Combine(TField** terms, int count, TField* factors, TField* target, nint stride, int sums, nint length)
    {
        if (count == 8)
        {
            TPacked.AddEight(ref *(nint*)terms, ref *factors, ref *target, stride, sums, length);
            return;
        }
        for (; count >= 4; count -= 4, terms += 4, factors += 4 * sums)
        {
            for (int k = 0; k < sums; k++) Four(terms, factors + k, sums, target + k * stride, length);
        }
        for (; count > 0; count--, terms++, factors += sums)
        {
            for (int k = 0; k < sums; k++) MultiplyUniformAdd(*terms, factors[k], target + k * stride, target + k * stride, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(TField** terms, TField* factors, nint step, TField* target, nint length)
    {
        TField* a = terms[0], b = terms[1], c = terms[2], d = terms[3];
        TPacked w = TPacked.Create(factors[0]), x = TPacked.Create(factors[step]), y = TPacked.Create(factors[2 * step]), z = TPacked.Create(factors[3 * step]);
        for (nint i = 0; i < length; i += TPacked.Count)
        {
            TPacked sum = TPacked.SumOfProducts(TPacked.Load(ref a[i]), w, TPacked.Load(ref b[i]), x, TPacked.Load(ref c[i]), y, TPacked.Load(ref d[i]), z);
            TPacked.Store(sum + TPacked.Load(ref target[i]), ref target[i]);
        }
    }
}
