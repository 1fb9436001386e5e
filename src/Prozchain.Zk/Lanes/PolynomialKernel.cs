using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>The values of one polynomial of few coefficients, constant term first, at many points: Horner, a lane a point.</summary>
internal readonly ref struct PolynomialKernel<TField>(ReadOnlySpan<TField> coefficients, ReadOnlySpan<TField> points, Span<TField> values) : IPackedKernel<TField>
    where TField : struct, IField<TField>
{
    private readonly ref TField _coefficients = ref MemoryMarshal.GetReference(coefficients);
    private readonly ref TField _points = ref MemoryMarshal.GetReference(points);
    private readonly ref TField _values = ref MemoryMarshal.GetReference(values);
    private readonly int _count = coefficients.Length, _length = points.Length;

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField> => Loop<ScalarPacked<TField>>(_length, Loop<TPacked>(_length - TPacked.Count + 1, 0));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Loop<TPacked>(int end, int from) where TPacked : struct, IPacked<TPacked, TField>
    {
        int i = from;
        for (; i < end; i += TPacked.Count)
        {
            TPacked point = TPacked.Load(ref Unsafe.Add(ref _points, i)), value = TPacked.Create(Unsafe.Add(ref _coefficients, _count - 1));
            for (int k = _count - 2; k >= 0; k--) value = value * point + TPacked.Create(Unsafe.Add(ref _coefficients, k));
            TPacked.Store(value, ref Unsafe.Add(ref _values, i));
        }
        return i;
    }
}
