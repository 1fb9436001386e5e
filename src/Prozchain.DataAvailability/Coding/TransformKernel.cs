using System.Runtime.CompilerServices;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Passes over rows of working memory: every kernel takes the same position of 8 (4, 2) rows into registers, does three
/// (two, one) layers on them and puts them back, along the rows. Addresses and lengths are the caller's care; a length
/// is a multiple of <c>T.Size</c>.
/// </summary>
internal static unsafe class TransformKernel<T, TFactor>
    where T : unmanaged, ISymbolLanes<T, TFactor>
    where TFactor : unmanaged
{
    /// <summary>Most factors that a kernel takes.</summary>
    public const int MaxFactors = 7;

    /// <summary>Three layers of the inverse transform, from shards or from working memory into working memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Inverse8<TSource, TLead>(byte* source, nint sourceStride, byte* target, nint targetStride, nint length, byte* factors)
        where TSource : struct, IPlace
        where TLead : struct, ILead
    {
        int size = T.FactorSize;
        TFactor a0 = T.ReadFactor(factors), a1 = T.ReadFactor(factors + size), a2 = T.ReadFactor(factors + 2 * size);
        TFactor a3 = T.ReadFactor(factors + 3 * size), b0 = T.ReadFactor(factors + 4 * size), b1 = T.ReadFactor(factors + 5 * size);
        TFactor c = T.ReadFactor(factors + 6 * size);
        nint sourceStride3 = 3 * sourceStride, targetStride3 = 3 * targetStride;
        for (byte* end = source + length; source < end; source += T.Size, target += T.Size)
        {
            byte* s = source + 4 * sourceStride, t = target + 4 * targetStride;
            T v0 = Load<TSource>(source), v1 = Load<TSource>(source + sourceStride);
            T v2 = Load<TSource>(source + 2 * sourceStride), v3 = Load<TSource>(source + sourceStride3);
            T v4 = Load<TSource>(s), v5 = Load<TSource>(s + sourceStride);
            T v6 = Load<TSource>(s + 2 * sourceStride), v7 = Load<TSource>(s + sourceStride3);
            Butterflies<T, TFactor>.Inverse<TLead>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, a0, a1, a2, a3, b0, b1, c);
            T.Store(v0, target);
            T.Store(v1, target + targetStride);
            T.Store(v2, target + 2 * targetStride);
            T.Store(v3, target + targetStride3);
            T.Store(v4, t);
            T.Store(v5, t + targetStride);
            T.Store(v6, t + 2 * targetStride);
            T.Store(v7, t + targetStride3);
        }
    }

    /// <summary>Three layers of the forward transform, from working memory into shards or into working memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward8<TTarget, TLead>(byte* source, nint sourceStride, byte* target, nint targetStride, nint length, byte* factors)
        where TTarget : struct, IPlace
        where TLead : struct, ILead
    {
        int size = T.FactorSize;
        TFactor a0 = T.ReadFactor(factors), a1 = T.ReadFactor(factors + size), a2 = T.ReadFactor(factors + 2 * size);
        TFactor a3 = T.ReadFactor(factors + 3 * size), b0 = T.ReadFactor(factors + 4 * size), b1 = T.ReadFactor(factors + 5 * size);
        TFactor c = T.ReadFactor(factors + 6 * size);
        nint sourceStride3 = 3 * sourceStride, targetStride3 = 3 * targetStride;
        for (byte* end = source + length; source < end; source += T.Size, target += T.Size)
        {
            byte* s = source + 4 * sourceStride, t = target + 4 * targetStride;
            T v0 = T.Load(source), v1 = T.Load(source + sourceStride), v2 = T.Load(source + 2 * sourceStride), v3 = T.Load(source + sourceStride3);
            T v4 = T.Load(s), v5 = T.Load(s + sourceStride), v6 = T.Load(s + 2 * sourceStride), v7 = T.Load(s + sourceStride3);
            Butterflies<T, TFactor>.Forward<TLead>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, a0, a1, a2, a3, b0, b1, c);
            Store<TTarget>(v0, target);
            Store<TTarget>(v1, target + targetStride);
            Store<TTarget>(v2, target + 2 * targetStride);
            Store<TTarget>(v3, target + targetStride3);
            Store<TTarget>(v4, t);
            Store<TTarget>(v5, t + targetStride);
            Store<TTarget>(v6, t + 2 * targetStride);
            Store<TTarget>(v7, t + targetStride3);
        }
    }

    /// <summary>The three top layers, in place, on rows of <paramref name="length"/> bytes.</summary>
    /// <param name="inverse">Factors of the inverse transform.</param>
    /// <param name="forward">Factors of the forward transform.</param>
    /// <param name="rows">Rows of an eighth, that follow each other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Top8<TStep, TLead>(byte* work, nint stride, nint length, byte* inverse, byte* forward, int rows)
        where TStep : struct, ITopStep
        where TLead : struct, ILead
    {
        int size = T.FactorSize;
        nint stride3 = 3 * stride;
        for (int row = 0; row < rows; row++)
        {
            for (byte* end = work + length; work < end; work += T.Size)
            {
                byte* w = work + 4 * stride;
                T v0 = T.Load(work), v1 = T.Load(work + stride), v2 = T.Load(work + 2 * stride), v3 = T.Load(work + stride3);
                T v4 = T.Load(w), v5 = T.Load(w + stride), v6 = T.Load(w + 2 * stride), v7 = T.Load(w + stride3);
                if (TStep.Inverts)
                {
                    Butterflies<T, TFactor>.Inverse<TLead>(
                        ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
                        T.ReadFactor(inverse), T.ReadFactor(inverse + size), T.ReadFactor(inverse + 2 * size), T.ReadFactor(inverse + 3 * size),
                        T.ReadFactor(inverse + 4 * size), T.ReadFactor(inverse + 5 * size), T.ReadFactor(inverse + 6 * size));
                }
                if (TStep.Differentiates)
                {
                    v0 = T.Add(T.Add(v1, v2), v4);
                    v1 = T.Add(v3, v5);
                    v2 = T.Add(v3, v6);
                    v4 = T.Add(v5, v6);
                    v3 = v5 = v6 = v7;
                    v7 = default;
                }
                if (TStep.Evaluates)
                {
                    Butterflies<T, TFactor>.Forward<ZeroLead>(
                        ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
                        T.ReadFactor(forward), T.ReadFactor(forward + size), T.ReadFactor(forward + 2 * size), T.ReadFactor(forward + 3 * size),
                        T.ReadFactor(forward + 4 * size), T.ReadFactor(forward + 5 * size), T.ReadFactor(forward + 6 * size));
                }
                if (TStep.Differentiates)
                {
                    // The derivative along the lower bits passes unchanged through the layers above: it is taken of the values
                    // before them. The rows that it needs come later, so they still hold those.
                    for (int absent = ~row & (rows - 1); absent != 0; absent &= absent - 1)
                    {
                        nint distance = (absent & -absent) * length;
                        byte* other = work + distance, o = other + 4 * stride;
                        v0 = T.Add(v0, T.Load(other));
                        v1 = T.Add(v1, T.Load(other + stride));
                        v2 = T.Add(v2, T.Load(other + 2 * stride));
                        v3 = T.Add(v3, T.Load(other + stride3));
                        v4 = T.Add(v4, T.Load(o));
                        v5 = T.Add(v5, T.Load(o + stride));
                        v6 = T.Add(v6, T.Load(o + 2 * stride));
                        v7 = T.Add(v7, T.Load(o + stride3));
                    }
                }
                T.Store(v0, work);
                T.Store(v1, work + stride);
                T.Store(v2, work + 2 * stride);
                T.Store(v3, work + stride3);
                T.Store(v4, w);
                T.Store(v5, w + stride);
                T.Store(v6, w + 2 * stride);
                T.Store(v7, w + stride3);
            }
        }
    }

    /// <inheritdoc cref="Top8"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Top4<TStep, TLead>(byte* work, nint stride, nint length, byte* inverse, byte* forward, int rows)
        where TStep : struct, ITopStep
        where TLead : struct, ILead
    {
        int size = T.FactorSize;
        TFactor i0 = T.ReadFactor(inverse), i1 = T.ReadFactor(inverse + size), i2 = T.ReadFactor(inverse + 2 * size);
        TFactor f0 = T.ReadFactor(forward), f1 = T.ReadFactor(forward + size), f2 = T.ReadFactor(forward + 2 * size);
        for (int row = 0; row < rows; row++)
        {
            for (byte* end = work + length; work < end; work += T.Size)
            {
                T v0 = T.Load(work), v1 = T.Load(work + stride), v2 = T.Load(work + 2 * stride), v3 = T.Load(work + 3 * stride);
                if (TStep.Inverts) Butterflies<T, TFactor>.Inverse<TLead>(ref v0, ref v1, ref v2, ref v3, i0, i1, i2);
                if (TStep.Differentiates)
                {
                    v0 = T.Add(v1, v2);
                    v1 = v2 = v3;
                    v3 = default;
                }
                if (TStep.Evaluates) Butterflies<T, TFactor>.Forward<ZeroLead>(ref v0, ref v1, ref v2, ref v3, f0, f1, f2);
                if (TStep.Differentiates)
                {
                    for (int absent = ~row & (rows - 1); absent != 0; absent &= absent - 1)
                    {
                        nint distance = (absent & -absent) * length;
                        byte* other = work + distance;
                        v0 = T.Add(v0, T.Load(other));
                        v1 = T.Add(v1, T.Load(other + stride));
                        v2 = T.Add(v2, T.Load(other + 2 * stride));
                        v3 = T.Add(v3, T.Load(other + 3 * stride));
                    }
                }
                T.Store(v0, work);
                T.Store(v1, work + stride);
                T.Store(v2, work + 2 * stride);
                T.Store(v3, work + 3 * stride);
            }
        }
    }

    /// <inheritdoc cref="Top8"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Top2<TStep, TLead>(byte* work, nint stride, nint length, byte* inverse, byte* forward, int rows)
        where TStep : struct, ITopStep
        where TLead : struct, ILead
    {
        TFactor i = T.ReadFactor(inverse), f = T.ReadFactor(forward);
        for (int row = 0; row < rows; row++)
        {
            for (byte* end = work + length; work < end; work += T.Size)
            {
                T v0 = T.Load(work), v1 = T.Load(work + stride);
                if (TStep.Inverts) Butterflies<T, TFactor>.Inverse<TLead>(ref v0, ref v1, i);
                if (TStep.Differentiates)
                {
                    v0 = v1;
                    v1 = default;
                }
                if (TStep.Evaluates) Butterflies<T, TFactor>.Forward<ZeroLead>(ref v0, ref v1, f);
                if (TStep.Differentiates)
                {
                    for (int absent = ~row & (rows - 1); absent != 0; absent &= absent - 1)
                    {
                        nint distance = (absent & -absent) * length;
                        v0 = T.Add(v0, T.Load(work + distance));
                        v1 = T.Add(v1, T.Load(work + distance + stride));
                    }
                }
                T.Store(v0, work);
                T.Store(v1, work + stride);
            }
        }
    }

    /// <summary>A row from a shard.</summary>
    public static void Read(byte* shard, byte* row, nint length)
    {
        for (nint i = 0; i < length; i += T.Size) T.Store(T.LoadShard(shard + i), row + i);
    }

    /// <summary>A shard from a row.</summary>
    public static void Write(byte* row, byte* shard, nint length)
    {
        for (nint i = 0; i < length; i += T.Size) T.StoreShard(T.Load(row + i), shard + i);
    }

    /// <summary>A row from a shard times a factor.</summary>
    public static void ReadScaled(byte* shard, byte* row, nint length, byte* factor)
    {
        TFactor f = T.ReadFactor(factor);
        for (nint i = 0; i < length; i += T.Size) T.Store(T.MultiplyAdd(default, T.LoadShard(shard + i), f), row + i);
    }

    /// <summary>A shard from a row times a factor.</summary>
    public static void WriteScaled(byte* row, byte* shard, nint length, byte* factor)
    {
        TFactor f = T.ReadFactor(factor);
        for (nint i = 0; i < length; i += T.Size) T.StoreShard(T.MultiplyAdd(default, T.Load(row + i), f), shard + i);
    }

    /// <summary>target += source, over working memory.</summary>
    public static void Add(byte* target, byte* source, nint length)
    {
        for (nint i = 0; i < length; i += T.Size) T.Store(T.Add(T.Load(target + i), T.Load(source + i)), target + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Load<TPlace>(byte* source) where TPlace : struct, IPlace => TPlace.IsShard ? T.LoadShard(source) : T.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TPlace>(T value, byte* target) where TPlace : struct, IPlace
    {
        if (TPlace.IsShard) T.StoreShard(value, target);
        else T.Store(value, target);
    }
}

/// <summary>Where a pass reads or writes.</summary>
internal interface IPlace
{
    static abstract bool IsShard { get; }
}

/// <summary>The caller's shards.</summary>
internal readonly struct InShards : IPlace
{
    public static bool IsShard => true;
}

/// <summary>Working memory.</summary>
internal readonly struct InWork : IPlace
{
    public static bool IsShard => false;
}
