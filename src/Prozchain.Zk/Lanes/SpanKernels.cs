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

/// <summary>An operator over two runs of elements: whole vectors, then single elements.</summary>
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
        nint head = Loop<ScalarPacked<TField>>(LaneDispatch.Unaligned<TPacked, TField>(ref _destination, _length), 0);
        Loop<ScalarPacked<TField>>(_length, Loop<TPacked>(_length - TPacked.Count + 1, head));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private nint Loop<TPacked>(nint end, nint from) where TPacked : struct, IPacked<TPacked, TField>
    {
        ref TField left = ref _left, right = ref _right, destination = ref _destination;
        nint i = from;
        for (; i < end; i += TPacked.Count)
        {
            TPacked value = TOperation.Apply<TPacked, TField>(TPacked.Load(ref Unsafe.Add(ref left, i)), TPacked.Load(ref Unsafe.Add(ref right, i)));
            TPacked.Store(value, ref Unsafe.Add(ref destination, i));
        }
        return i;
    }
}

/// <summary>left * factor + right.</summary>
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
        nint head = Loop<ScalarPacked<TField>>(LaneDispatch.Unaligned<TPacked, TField>(ref _destination, _length), 0);
        Loop<ScalarPacked<TField>>(_length, Loop<TPacked>(_length - TPacked.Count + 1, head));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private nint Loop<TPacked>(nint end, nint from) where TPacked : struct, IPacked<TPacked, TField>
    {
        ref TField left = ref _left, right = ref _right, destination = ref _destination;
        TPacked factor = TPacked.Create(_factor);
        nint i = from;
        for (; i < end; i += TPacked.Count)
        {
            TPacked product = TPacked.MultiplyUniform(TPacked.Load(ref Unsafe.Add(ref left, i)), factor);
            TPacked.Store(product + TPacked.Load(ref Unsafe.Add(ref right, i)), ref Unsafe.Add(ref destination, i));
        }
        return i;
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
