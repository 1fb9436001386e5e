using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>Adds four columns, each times its own factor, to a sum; the four products are reduced once.</summary>
internal readonly ref struct CombineKernel<TField>(
    ReadOnlySpan<TField> a, ReadOnlySpan<TField> b, ReadOnlySpan<TField> c, ReadOnlySpan<TField> d, ReadOnlySpan<TField> factors, Span<TField> sum)
    : IPackedKernel<TField>
    where TField : struct, IField<TField>
{
    private readonly ref TField _a = ref MemoryMarshal.GetReference(a);
    private readonly ref TField _b = ref MemoryMarshal.GetReference(b);
    private readonly ref TField _c = ref MemoryMarshal.GetReference(c);
    private readonly ref TField _d = ref MemoryMarshal.GetReference(d);
    private readonly ref TField _factors = ref MemoryMarshal.GetReference(factors);
    private readonly ref TField _sum = ref MemoryMarshal.GetReference(sum);
    private readonly int _length = sum.Length;

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField> => Loop<ScalarPacked<TField>>(_length, Loop<TPacked>(_length - TPacked.Count + 1, 0));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Loop<TPacked>(int end, int from) where TPacked : struct, IPacked<TPacked, TField>
    {
        TPacked first = TPacked.Create(_factors), second = TPacked.Create(Unsafe.Add(ref _factors, 1));
        TPacked third = TPacked.Create(Unsafe.Add(ref _factors, 2)), fourth = TPacked.Create(Unsafe.Add(ref _factors, 3));
        int i = from;
        for (; i < end; i += TPacked.Count)
        {
            TPacked value = TPacked.SumOfProducts(
                TPacked.Load(ref Unsafe.Add(ref _a, i)), first, TPacked.Load(ref Unsafe.Add(ref _b, i)), second,
                TPacked.Load(ref Unsafe.Add(ref _c, i)), third, TPacked.Load(ref Unsafe.Add(ref _d, i)), fourth);
            TPacked.Store(TPacked.Load(ref Unsafe.Add(ref _sum, i)) + value, ref Unsafe.Add(ref _sum, i));
        }
        return i;
    }
}
