using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

// Loops are compiled at full strength at once: the tiers between cost a kernel a hundredfold for its first seconds.

/// <summary>One of the field's operators, at any width.</summary>
internal interface IPackedOperation
{
    static abstract TPacked Apply<TPacked, TField>(TPacked left, TPacked right) where TPacked : struct, IPacked<TPacked, TField> where TField : struct;
}

internal readonly struct AddOperation : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TPacked Apply<TPacked, TField>(TPacked left, TPacked right) where TPacked : struct, IPacked<TPacked, TField> where TField : struct => left + right;
}

internal readonly struct SubtractOperation : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TPacked Apply<TPacked, TField>(TPacked left, TPacked right) where TPacked : struct, IPacked<TPacked, TField> where TField : struct => left - right;
}

internal readonly struct MultiplyOperation : IPackedOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TPacked Apply<TPacked, TField>(TPacked left, TPacked right) where TPacked : struct, IPacked<TPacked, TField> where TField : struct => left * right;
}

/// <summary>
/// An operator over two runs of elements. The vectors at both ends overlap those of the loop between them, whose stores
/// start on a whole vector: they are computed before it, from operands that it may overwrite, and stored after it.
/// </summary>
internal readonly ref struct BinaryKernel<TField, TOperation>(ReadOnlySpan<TField> left, ReadOnlySpan<TField> right, Span<TField> destination)
    : IPackedKernel<TField>
    where TField : struct, IField<TField>
    where TOperation : struct, IPackedOperation
{
    private readonly ref TField _left = ref MemoryMarshal.GetReference(left);
    private readonly ref TField _right = ref MemoryMarshal.GetReference(right);
    private readonly ref TField _destination = ref MemoryMarshal.GetReference(destination);
    private readonly nint _length = left.Length;

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        if (_length >= TPacked.Count) Loop<TPacked>();
        else if (_length > 0) Singles();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Loop<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        ref TField left = ref _left, right = ref _right, destination = ref _destination;
        nint last = _length - TPacked.Count;
        TPacked head = TOperation.Apply<TPacked, TField>(TPacked.Load(ref left), TPacked.Load(ref right));
        TPacked tail = TOperation.Apply<TPacked, TField>(TPacked.Load(ref Unsafe.Add(ref left, last)), TPacked.Load(ref Unsafe.Add(ref right, last)));
        for (nint i = LaneDispatch.AfterHead<TPacked, TField>(ref destination, _length); i < last; i += TPacked.Count)
        {
            TPacked value = TOperation.Apply<TPacked, TField>(TPacked.Load(ref Unsafe.Add(ref left, i)), TPacked.Load(ref Unsafe.Add(ref right, i)));
            TPacked.Store(value, ref Unsafe.Add(ref destination, i));
        }
        TPacked.Store(head, ref destination);
        TPacked.Store(tail, ref Unsafe.Add(ref destination, last));
    }

    private void Singles()
    {
        for (nint i = 0; i < _length; i++)
        {
            ScalarPacked<TField> left = ScalarPacked<TField>.Load(ref Unsafe.Add(ref _left, i)), right = ScalarPacked<TField>.Load(ref Unsafe.Add(ref _right, i));
            ScalarPacked<TField>.Store(TOperation.Apply<ScalarPacked<TField>, TField>(left, right), ref Unsafe.Add(ref _destination, i));
        }
    }
}

/// <summary>left * factor + right, ends as in <see cref="BinaryKernel{TField, TOperation}"/>.</summary>
internal readonly ref struct MultiplyAddKernel<TField>(ReadOnlySpan<TField> left, TField factor, ReadOnlySpan<TField> right, Span<TField> destination)
    : IPackedKernel<TField>
    where TField : struct, IField<TField>
{
    private readonly ref TField _left = ref MemoryMarshal.GetReference(left);
    private readonly ref TField _right = ref MemoryMarshal.GetReference(right);
    private readonly ref TField _destination = ref MemoryMarshal.GetReference(destination);
    private readonly nint _length = left.Length;
    private readonly TField _factor = factor;

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        if (_length >= TPacked.Count) Loop<TPacked>();
        else if (_length > 0) Singles();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Loop<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        ref TField left = ref _left, right = ref _right, destination = ref _destination;
        TPacked factor = TPacked.Create(_factor);
        nint last = _length - TPacked.Count;
        TPacked head = TPacked.MultiplyUniform(TPacked.Load(ref left), factor) + TPacked.Load(ref right);
        TPacked tail = TPacked.MultiplyUniform(TPacked.Load(ref Unsafe.Add(ref left, last)), factor) + TPacked.Load(ref Unsafe.Add(ref right, last));
        for (nint i = LaneDispatch.AfterHead<TPacked, TField>(ref destination, _length); i < last; i += TPacked.Count)
        {
            TPacked product = TPacked.MultiplyUniform(TPacked.Load(ref Unsafe.Add(ref left, i)), factor);
            TPacked.Store(product + TPacked.Load(ref Unsafe.Add(ref right, i)), ref Unsafe.Add(ref destination, i));
        }
        TPacked.Store(head, ref destination);
        TPacked.Store(tail, ref Unsafe.Add(ref destination, last));
    }

    private void Singles()
    {
        for (nint i = 0; i < _length; i++) Unsafe.Add(ref _destination, i) = Unsafe.Add(ref _left, i) * _factor + Unsafe.Add(ref _right, i);
    }
}

/// <summary>The sum of products.</summary>
internal ref struct DotKernel<TField>(ReadOnlySpan<TField> left, ReadOnlySpan<TField> right) : IPackedKernel<TField> where TField : struct, IField<TField>
{
    private readonly ref TField _left = ref MemoryMarshal.GetReference(left);
    private readonly ref TField _right = ref MemoryMarshal.GetReference(right);
    private readonly nint _length = left.Length;

    public TField Result { get; private set; }

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField> => Result = TPacked.Dot(ref _left, ref _right, _length);
}
