using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>
/// Montgomery's trick, on 4 * Count chains at once: chain i takes every 4 * Count-th element, the last products of all
/// chains are inverted together by the trick itself. Blocks of a thousand elements keep the prefix products on the stack,
/// so that the destination may be the input.
/// </summary>
internal readonly ref struct InvertKernel<TField>(ReadOnlySpan<TField> values, Span<TField> destination) : IPackedKernel<TField> where TField : struct, IField<TField>
{
    private const int Vectors = 4, Block = 1024;
    private readonly ref TField _values = ref MemoryMarshal.GetReference(values);
    private readonly ref TField _destination = ref MemoryMarshal.GetReference(destination);
    private readonly int _length = values.Length;

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        int from = 0;
        for (int step = Vectors * TPacked.Count; _length - from >= step;)
        {
            int length = Math.Min(Block, _length - from) / step * step;
            Invert<TPacked>(from, length);
            from += length;
        }
        if (from == _length) return;
        // Fewer than a step: one chain.
        Lanes<TField> room = default;
        ref TField inverses = ref Unsafe.As<Lanes<TField>, TField>(ref room);
        InvertFew(ref Unsafe.Add(ref _values, from), ref inverses, _length - from);
        MemoryMarshal.CreateReadOnlySpan(ref inverses, _length - from).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref _destination, from), _length - from));
    }

    // Not inlined: within its caller it would exceed what the JIT inlines, and calls a function for each operator.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Invert<TPacked>(int from, int length) where TPacked : struct, IPacked<TPacked, TField>
    {
        Unsafe.SkipInit(out PrefixProducts<TField> room);
        ref TField prefixes = ref Unsafe.As<PrefixProducts<TField>, TField>(ref room);
        ref TField values = ref Unsafe.Add(ref _values, from);
        ref TField destination = ref Unsafe.Add(ref _destination, from);
        nint step = Vectors * TPacked.Count;
        TPacked a = At<TPacked>(ref values, 0), b = At<TPacked>(ref values, 1), c = At<TPacked>(ref values, 2), d = At<TPacked>(ref values, 3);
        for (nint i = step; i < length; i += step)
        {
            ref TField prefix = ref Unsafe.Add(ref prefixes, i);
            Put(a, ref prefix, 0);
            Put(b, ref prefix, 1);
            Put(c, ref prefix, 2);
            Put(d, ref prefix, 3);
            ref TField value = ref Unsafe.Add(ref values, i);
            a *= At<TPacked>(ref value, 0);
            b *= At<TPacked>(ref value, 1);
            c *= At<TPacked>(ref value, 2);
            d *= At<TPacked>(ref value, 3);
        }
        Together(ref a, ref b, ref c, ref d);
        for (nint i = length - step; i > 0; i -= step)
        {
            ref TField value = ref Unsafe.Add(ref values, i);
            ref TField prefix = ref Unsafe.Add(ref prefixes, i);
            ref TField to = ref Unsafe.Add(ref destination, i);
            TPacked e = At<TPacked>(ref value, 0), f = At<TPacked>(ref value, 1), g = At<TPacked>(ref value, 2), h = At<TPacked>(ref value, 3);
            Put(a * At<TPacked>(ref prefix, 0), ref to, 0);
            Put(b * At<TPacked>(ref prefix, 1), ref to, 1);
            Put(c * At<TPacked>(ref prefix, 2), ref to, 2);
            Put(d * At<TPacked>(ref prefix, 3), ref to, 3);
            a *= e;
            b *= f;
            c *= g;
            d *= h;
        }
        Put(a, ref destination, 0);
        Put(b, ref destination, 1);
        Put(c, ref destination, 2);
        Put(d, ref destination, 3);
    }

    // The inverses of four vectors: of their product's lanes, then shared out.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Together<TPacked>(ref TPacked a, ref TPacked b, ref TPacked c, ref TPacked d) where TPacked : struct, IPacked<TPacked, TField>
    {
        Lanes<TField> room = default;
        ref TField lanes = ref Unsafe.As<Lanes<TField>, TField>(ref room);
        TPacked ab = a * b, cd = c * d;
        TPacked.Store(ab * cd, ref lanes);
        InvertFew(ref lanes, ref Unsafe.Add(ref lanes, TPacked.Count), TPacked.Count);
        TPacked inverse = At<TPacked>(ref lanes, 1);
        TPacked inverseAb = inverse * cd, inverseCd = inverse * ab;
        (a, b) = (inverseAb * b, inverseAb * a);
        (c, d) = (inverseCd * d, inverseCd * c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TPacked At<TPacked>(ref TField source, int vector) where TPacked : struct, IPacked<TPacked, TField> =>
        TPacked.Load(ref Unsafe.Add(ref source, vector * TPacked.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TPacked>(TPacked value, ref TField destination, int vector) where TPacked : struct, IPacked<TPacked, TField> =>
        TPacked.Store(value, ref Unsafe.Add(ref destination, vector * TPacked.Count));

    // The trick itself; the inversion throws if any element is zero.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void InvertFew(ref TField values, ref TField inverses, int count)
    {
        TField product = TField.One;
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref inverses, i) = product;
            product *= Unsafe.Add(ref values, i);
        }
        TField inverse = product.Inverse();
        for (int i = count - 1; i >= 0; i--)
        {
            Unsafe.Add(ref inverses, i) *= inverse;
            inverse *= Unsafe.Add(ref values, i);
        }
    }
}

/// <summary>Room for a block of prefix products.</summary>
[InlineArray(1024)]
internal struct PrefixProducts<TField> where TField : struct
{
    private TField _first;
}
