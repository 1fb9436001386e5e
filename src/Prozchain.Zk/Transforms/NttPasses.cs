using System.Runtime.CompilerServices;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// One, two or three levels of a transform over one block, in one pass over memory: rows of <c>stride</c> elements are
/// joined lane by lane, over a length up to the stride, with one factor a pair of half blocks. Source and destination may be the same.
/// </summary>
internal static class NttPasses<TPacked, TField> where TPacked : struct, IPacked<TPacked, TField> where TField : struct
{
    /// <summary>The first level of a scaled transform: its factor holds the scale, the other input gets it here.</summary>
    public static void Scale(ref TField source, ref TField destination, nint length, TField scale)
    {
        TPacked factor = TPacked.Create(scale);
        for (nint i = 0; i < length; i += TPacked.Count)
            TPacked.Store(TPacked.MultiplyUniform(TPacked.Load(ref Unsafe.Add(ref source, i)), factor), ref Unsafe.Add(ref destination, i));
    }

    /// <summary>One level: two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Two(ref TField source, ref TField destination, nint stride, nint length, ref TField blocks, nint block)
    {
        TPacked w = TPacked.Create(Unsafe.Add(ref blocks, block));
        for (nint i = 0; i < length; i += TPacked.Count)
        {
            TPacked a = TPacked.Load(ref Unsafe.Add(ref source, i)), b = TPacked.Load(ref Unsafe.Add(ref source, i + stride));
            TPacked product = TPacked.MultiplyUniform(b, w);
            (a, b) = (a + product, a - product);
            TPacked.Store(a, ref Unsafe.Add(ref destination, i));
            TPacked.Store(b, ref Unsafe.Add(ref destination, i + stride));
        }
    }

    /// <summary>Two levels: four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four(ref TField source, ref TField destination, nint stride, nint length, ref TField blocks, nint block)
    {
        TPacked u = TPacked.Create(Unsafe.Add(ref blocks, block));
        TPacked v0 = TPacked.Create(Unsafe.Add(ref blocks, 2 * block)), v1 = TPacked.Create(Unsafe.Add(ref blocks, 2 * block + 1));
        for (nint i = 0; i < length; i += TPacked.Count)
        {
            TPacked a = Row(ref source, i), b = Row(ref source, i + stride), c = Row(ref source, i + 2 * stride), d = Row(ref source, i + 3 * stride);
            TPacked product = TPacked.MultiplyUniform(c, u);
            (a, c) = (a + product, a - product);
            product = TPacked.MultiplyUniform(d, u);
            (b, d) = (b + product, b - product);
            product = TPacked.MultiplyUniform(b, v0);
            (a, b) = (a + product, a - product);
            product = TPacked.MultiplyUniform(d, v1);
            (c, d) = (c + product, c - product);
            TPacked.Store(a, ref Unsafe.Add(ref destination, i));
            TPacked.Store(b, ref Unsafe.Add(ref destination, i + stride));
            TPacked.Store(c, ref Unsafe.Add(ref destination, i + 2 * stride));
            TPacked.Store(d, ref Unsafe.Add(ref destination, i + 3 * stride));
        }
    }

    /// <summary>Three levels: eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Eight(ref TField source, ref TField destination, nint stride, nint length, ref TField blocks, nint block)
    {
        TPacked u = TPacked.Create(Unsafe.Add(ref blocks, block));
        TPacked v0 = TPacked.Create(Unsafe.Add(ref blocks, 2 * block)), v1 = TPacked.Create(Unsafe.Add(ref blocks, 2 * block + 1));
        ref TField last = ref Unsafe.Add(ref blocks, 4 * block);
        TPacked w0 = TPacked.Create(last), w1 = TPacked.Create(Unsafe.Add(ref last, 1));
        TPacked w2 = TPacked.Create(Unsafe.Add(ref last, 2)), w3 = TPacked.Create(Unsafe.Add(ref last, 3));
        for (nint i = 0; i < length; i += TPacked.Count)
        {
            ref TField high = ref Unsafe.Add(ref source, i + 4 * stride);
            ref TField low = ref Unsafe.Add(ref source, i);
            TPacked a = Row(ref low, 0), b = Row(ref low, stride), c = Row(ref low, 2 * stride), d = Row(ref low, 3 * stride);
            TPacked e = Row(ref high, 0), f = Row(ref high, stride), g = Row(ref high, 2 * stride), h = Row(ref high, 3 * stride);
            TPacked product = TPacked.MultiplyUniform(e, u);
            (a, e) = (a + product, a - product);
            product = TPacked.MultiplyUniform(f, u);
            (b, f) = (b + product, b - product);
            product = TPacked.MultiplyUniform(g, u);
            (c, g) = (c + product, c - product);
            product = TPacked.MultiplyUniform(h, u);
            (d, h) = (d + product, d - product);
            product = TPacked.MultiplyUniform(c, v0);
            (a, c) = (a + product, a - product);
            product = TPacked.MultiplyUniform(d, v0);
            (b, d) = (b + product, b - product);
            product = TPacked.MultiplyUniform(g, v1);
            (e, g) = (e + product, e - product);
            product = TPacked.MultiplyUniform(h, v1);
            (f, h) = (f + product, f - product);
            product = TPacked.MultiplyUniform(b, w0);
            (a, b) = (a + product, a - product);
            product = TPacked.MultiplyUniform(d, w1);
            (c, d) = (c + product, c - product);
            product = TPacked.MultiplyUniform(f, w2);
            (e, f) = (e + product, e - product);
            product = TPacked.MultiplyUniform(h, w3);
            (g, h) = (g + product, g - product);
            low = ref Unsafe.Add(ref destination, i);
            high = ref Unsafe.Add(ref destination, i + 4 * stride);
            TPacked.Store(a, ref low);
            TPacked.Store(b, ref Unsafe.Add(ref low, stride));
            TPacked.Store(c, ref Unsafe.Add(ref low, 2 * stride));
            TPacked.Store(d, ref Unsafe.Add(ref low, 3 * stride));
            TPacked.Store(e, ref high);
            TPacked.Store(f, ref Unsafe.Add(ref high, stride));
            TPacked.Store(g, ref Unsafe.Add(ref high, 2 * stride));
            TPacked.Store(h, ref Unsafe.Add(ref high, 3 * stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TPacked Row(ref TField source, nint at) => TPacked.Load(ref Unsafe.Add(ref source, at));
}
