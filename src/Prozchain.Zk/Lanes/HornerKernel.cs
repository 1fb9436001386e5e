using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>
/// Horner by lanes: with m elements in a step, lane i sums the coefficients i, i + m, i + 2m ... times powers of x^m, and
/// the lanes are combined by Horner at x. Four vectors a step, so that the products of one do not wait for each other.
/// </summary>
internal ref struct HornerKernel<TField>(ReadOnlySpan<TField> coefficients, TField point) : IPackedKernel<TField> where TField : struct, IField<TField>
{
    private const int Vectors = 4;
    private readonly ref TField _coefficients = ref MemoryMarshal.GetReference(coefficients);
    private readonly int _length = coefficients.Length;
    private readonly TField _point = point;

    public TField Result { get; private set; }

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        int step = Vectors * TPacked.Count, whole = _length - _length % step;
        TField value = FieldMath.Evaluate(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _coefficients, whole), _length - whole), _point);
        if (whole != 0) value = value * FieldMath.Power(_point, (ulong)whole) + Whole<TPacked>(whole);
        Result = value;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly TField Whole<TPacked>(int whole) where TPacked : struct, IPacked<TPacked, TField>
    {
        TPacked factor = TPacked.Create(FieldMath.Power(_point, (ulong)(Vectors * TPacked.Count)));
        ref TField at = ref Unsafe.Add(ref _coefficients, whole - Vectors * TPacked.Count);
        TPacked a = At<TPacked>(ref at, 0), b = At<TPacked>(ref at, 1), c = At<TPacked>(ref at, 2), d = At<TPacked>(ref at, 3);
        for (int i = whole - 2 * Vectors * TPacked.Count; i >= 0; i -= Vectors * TPacked.Count)
        {
            at = ref Unsafe.Add(ref _coefficients, i);
            a = TPacked.MultiplyUniform(a, factor) + At<TPacked>(ref at, 0);
            b = TPacked.MultiplyUniform(b, factor) + At<TPacked>(ref at, 1);
            c = TPacked.MultiplyUniform(c, factor) + At<TPacked>(ref at, 2);
            d = TPacked.MultiplyUniform(d, factor) + At<TPacked>(ref at, 3);
        }
        Lanes<TField> lanes = default;
        ref TField lane = ref Unsafe.As<Lanes<TField>, TField>(ref lanes);
        TPacked.Store(a, ref lane);
        TPacked.Store(b, ref Unsafe.Add(ref lane, TPacked.Count));
        TPacked.Store(c, ref Unsafe.Add(ref lane, 2 * TPacked.Count));
        TPacked.Store(d, ref Unsafe.Add(ref lane, 3 * TPacked.Count));
        return FieldMath.Evaluate(MemoryMarshal.CreateReadOnlySpan(ref lane, Vectors * TPacked.Count), _point);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TPacked At<TPacked>(ref TField source, int vector) where TPacked : struct, IPacked<TPacked, TField> =>
        TPacked.Load(ref Unsafe.Add(ref source, vector * TPacked.Count));
}

/// <summary>Room for four of the widest vectors.</summary>
[InlineArray(64)]
internal struct Lanes<TField> where TField : struct
{
    private TField _first;
}
