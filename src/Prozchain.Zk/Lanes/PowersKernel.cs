using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>values[i] * ratio^i: a vector of neighbouring powers, moved on by one power a step.</summary>
internal readonly ref struct PowersKernel<TField>(ReadOnlySpan<TField> values, TField ratio, Span<TField> destination) : IPackedKernel<TField>
    where TField : struct, IField<TField>
{
    private readonly ref TField _values = ref MemoryMarshal.GetReference(values);
    private readonly ref TField _destination = ref MemoryMarshal.GetReference(destination);
    private readonly int _length = values.Length;
    private readonly TField _ratio = ratio;

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        int whole = _length - _length % TPacked.Count;
        if (whole > 0) Whole<TPacked>(whole);
        TField power = FieldMath.Power(_ratio, (ulong)whole);
        for (int i = whole; i < _length; i++, power *= _ratio) Unsafe.Add(ref _destination, i) = Unsafe.Add(ref _values, i) * power;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Whole<TPacked>(int whole) where TPacked : struct, IPacked<TPacked, TField>
    {
        Lanes<TField> lanes = default;
        ref TField lane = ref Unsafe.As<Lanes<TField>, TField>(ref lanes);
        TField power = TField.One;
        for (int i = 0; i < TPacked.Count; i++, power *= _ratio) Unsafe.Add(ref lane, i) = power;
        TPacked powers = TPacked.Load(ref lane), step = TPacked.Create(power);
        for (int i = 0; i < whole; i += TPacked.Count)
        {
            TPacked.Store(TPacked.Load(ref Unsafe.Add(ref _values, i)) * powers, ref Unsafe.Add(ref _destination, i));
            powers = TPacked.MultiplyUniform(powers, step);
        }
    }
}
