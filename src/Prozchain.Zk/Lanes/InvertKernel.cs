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

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Invert<TPacked>(int from, int length) where TPacked : struct, IPacked<TPacked, TField>
    {
        PrefixProducts<TField> room;
        Unsafe.SkipInit(out room);
        ref TField prefixes = ref Unsafe.As<PrefixProducts<TField>, TField>(ref room);
        ref TField values = ref Unsafe.Add(ref _values, from);
        ref TField destination = ref Unsafe.Add(ref _destination, from);
        int step = Vectors * TPacked.Count;
        for (int i = 0; i < step; i += TPacked.Count) TPacked.Store(TPacked.Load(ref Unsafe.Add(ref values, i)), ref Unsafe.Add(ref prefixes, i));
        for (int i = step; i < length; i += TPacked.Count)
            TPacked.Store(TPacked.Load(ref Unsafe.Add(ref prefixes, i - step)) * TPacked.Load(ref Unsafe.Add(ref values, i)), ref Unsafe.Add(ref prefixes, i));

        Lanes<TField> last;
        Unsafe.SkipInit(out last);
        ref TField inverses = ref Unsafe.As<Lanes<TField>, TField>(ref last);
        InvertFew(ref Unsafe.Add(ref prefixes, length - step), ref inverses, step);

        for (int i = length - TPacked.Count; i >= step; i -= TPacked.Count)
        {
            ref TField inverse = ref Unsafe.Add(ref inverses, i % step);
            TPacked suffix = TPacked.Load(ref inverse), value = TPacked.Load(ref Unsafe.Add(ref values, i));
            TPacked.Store(suffix * TPacked.Load(ref Unsafe.Add(ref prefixes, i - step)), ref Unsafe.Add(ref destination, i));
            TPacked.Store(suffix * value, ref inverse);
        }
        for (int i = 0; i < step; i += TPacked.Count) TPacked.Store(TPacked.Load(ref Unsafe.Add(ref inverses, i)), ref Unsafe.Add(ref destination, i));
    }

    // The trick itself; the inversion throws if any element is zero.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
