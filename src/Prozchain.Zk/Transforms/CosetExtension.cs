using System.Numerics;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// Extends many columns at once: from values on the subgroup of size n, in natural order, to values on a coset of 2^k
/// times as many points, in bit-reversed order. The factors are computed once.
/// </summary>
/// <remarks>
/// The extended coset falls into 2^k cosets of n points, which in bit-reversed order lie one after the other: each is a
/// transform of n points, and nothing is padded with zeros. The destination is the only memory used; it holds the
/// coefficients on the way. Immutable and thread-safe; the serial way allocates nothing.
/// </remarks>
/// <typeparam name="TField">The field.</typeparam>
public sealed class CosetExtension<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    // A column at a time stays in the second-level cache; factors shared between columns gained nothing where measured.
    private const int GroupSize = 1;
    private readonly NttTable<TField> _inverse;
    private readonly NttTable<TField>[] _cosets;
    private readonly NttTable<TField>?[] _inverseCosets;
    private readonly TField _shift;

    /// <summary>Computes the factors: about 2^k + 1 elements for each point of the subgroup.</summary>
    /// <param name="logSize">log2 of the number of values.</param>
    /// <param name="addedBits">k, at least 1; together at most TwoAdicity and 30.</param>
    /// <param name="shift">The first point of the coset, not zero.</param>
    /// <exception cref="ArgumentException">An argument is out of its domain.</exception>
    public CosetExtension(int logSize, int addedBits, TField shift)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(addedBits, 1);
        TransformPlan<TField>.CheckSize(logSize);
        TransformPlan<TField>.CheckSize(logSize + addedBits);
        if (shift == TField.Zero) throw new ArgumentException("Expected a shift other than zero, got zero.", nameof(shift));
        int laneBits = LaneBits<TField>.For(logSize);
        TField root = TField.TwoAdicGenerator(logSize);
        _inverse = new NttTable<TField>(logSize, root.Inverse(), TField.One, TField.FromUInt64(1UL << logSize).Inverse(), naturalOrder: true, laneBits);
        _shift = shift;
        _cosets = new NttTable<TField>[1 << addedBits];
        _inverseCosets = new NttTable<TField>[1 << addedBits];
        for (int i = 0; i < _cosets.Length; i++) _cosets[i] = new NttTable<TField>(logSize, root, First(i), TField.One, naturalOrder: false, laneBits);
    }

    /// <summary>Values of a column.</summary>
    public int Size => 1 << _inverse.LogSize;

    /// <summary>Values of an extended column.</summary>
    public int ExtendedSize => Size * _cosets.Length;

    /// <summary>Elements that the factors take, but for those of <see cref="InterpolateBlock"/>.</summary>
    internal static long Factors(int logSize, int addedBits) => (1L + (1L << addedBits)) << logSize;

    /// <summary>Extends every column.</summary>
    /// <param name="columns">Columns of <see cref="Size"/> values.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="extended">Columns of <see cref="ExtendedSize"/> values; overlaps no input.</param>
    /// <param name="extendedLayout">Where they lie; as many.</param>
    /// <param name="maxDegreeOfParallelism">Threads: 1, or more, or -1 for as many as there are processors. They take columns; long ones that are left over they share.</param>
    /// <param name="cancellation">Checked between groups of columns.</param>
    /// <exception cref="ArgumentException">A length or layout is not as said, or the spans overlap.</exception>
    public void Extend(
        ReadOnlySpan<TField> columns, ColumnLayout layout, Span<TField> extended, ColumnLayout extendedLayout,
        int maxDegreeOfParallelism = 1, CancellationToken cancellation = default)
    {
        layout.Check(Size, columns.Length, nameof(columns));
        extendedLayout.Check(ExtendedSize, extended.Length, nameof(extended));
        if (layout.Count != extendedLayout.Count) throw new ArgumentException($"Expected {layout.Count} columns, got {extendedLayout.Count}.", nameof(extendedLayout));
        if (columns.Overlaps(extended)) throw new ArgumentException("Expected spans that do not overlap.", nameof(extended));
        Run(columns, layout.Stride, extended, extendedLayout, maxDegreeOfParallelism, cancellation);
    }

    /// <summary>Extends every column within its own memory, and overwrites it: the way without a second copy of a trace.</summary>
    /// <param name="columns">
    /// Columns of <see cref="ExtendedSize"/> values. Before: the first <see cref="Size"/> are the input, the others are
    /// ignored. After: as <see cref="Extend"/> leaves them.
    /// </param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="maxDegreeOfParallelism">Threads: 1, or more, or -1 for as many as there are processors. They take columns; long ones that are left over they share.</param>
    /// <param name="cancellation">Checked between groups of columns; columns done by then are extended, the others as before, but one that threads share is spoilt.</param>
    /// <exception cref="ArgumentException">A length or layout is not as said.</exception>
    public void ExtendInPlace(Span<TField> columns, ColumnLayout layout, int maxDegreeOfParallelism = 1, CancellationToken cancellation = default)
    {
        layout.Check(ExtendedSize, columns.Length, nameof(columns));
        Run(columns, layout.Stride, columns, layout, maxDegreeOfParallelism, cancellation);
    }

    /// <summary>The values on one of the cosets of <see cref="Size"/> points: block <paramref name="block"/> of an extended column.</summary>
    /// <param name="block">0 to 2^k - 1.</param>
    /// <param name="coefficients"><see cref="Size"/> coefficients, constant term first.</param>
    /// <param name="values">As many values in bit-reversed order; the coefficients themselves, or none of them.</param>
    internal void EvaluateBlock(int block, ReadOnlySpan<TField> coefficients, Span<TField> values)
    {
        CheckBlock(block, coefficients, values);
        unsafe
        {
            fixed (TField* from = coefficients, to = values)
            {
                var kernel = new NttColumns<TField>(_cosets[block], 1, from, Size, to, Size, to, Size);
                TField.Dispatch(ref kernel);
            }
        }
    }

    /// <summary>The way back from <see cref="EvaluateBlock"/>. The first call for a block computes its factors: an element a point.</summary>
    /// <param name="block">0 to 2^k - 1.</param>
    /// <param name="values"><see cref="Size"/> values on the block's coset, in bit-reversed order.</param>
    /// <param name="coefficients">As many coefficients, constant term first; the values themselves, or none of them.</param>
    internal void InterpolateBlock(int block, ReadOnlySpan<TField> values, Span<TField> coefficients)
    {
        CheckBlock(block, values, coefficients);
        NttTable<TField> table = _inverseCosets[block] ?? InverseCoset(block);
        unsafe
        {
            fixed (TField* from = values, to = coefficients)
            {
                var kernel = new NttBack<TField>(table, _inverse.Scale, from, to);
                TField.Dispatch(ref kernel);
            }
        }
    }

    /// <summary>The coefficients of the polynomial through values on the subgroup.</summary>
    /// <param name="values"><see cref="Size"/> values in natural order.</param>
    /// <param name="work">As many elements, overwritten.</param>
    /// <param name="coefficients">As many coefficients, constant term first; none of the others.</param>
    internal void Interpolate(ReadOnlySpan<TField> values, Span<TField> work, Span<TField> coefficients)
    {
        CheckBlock(0, values, coefficients);
        CheckBlock(0, values, work);
        unsafe
        {
            fixed (TField* from = values, room = work, to = coefficients)
            {
                var kernel = new NttColumns<TField>(_inverse, 1, from, Size, room, Size, to, Size);
                TField.Dispatch(ref kernel);
            }
        }
    }

    private void CheckBlock(int block, ReadOnlySpan<TField> source, Span<TField> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, _cosets.Length);
        if (source.Length != Size) throw new ArgumentException($"Expected {Size} elements, got {source.Length}.", nameof(source));
        SpanGuard.Check(source, destination);
    }

    // Two threads may both make a table; they are equal.
    private NttTable<TField> InverseCoset(int block)
    {
        TField root = TField.TwoAdicGenerator(_inverse.LogSize).Inverse();
        var table = new NttTable<TField>(_inverse.LogSize, root, First(block).Inverse(), TField.One, naturalOrder: false, _inverse.LaneBits);
        Volatile.Write(ref _inverseCosets[block], table);
        return table;
    }

    private TField First(int block)
    {
        int addedBits = BitOperations.Log2((uint)_cosets.Length);
        TField step = TField.TwoAdicGenerator(_inverse.LogSize + addedBits);
        return _shift * FieldMath.Power(step, (ulong)NttTable<TField>.Reverse(block, addedBits));
    }

    private unsafe void Run(
        ReadOnlySpan<TField> columns, int stride, Span<TField> extended, ColumnLayout extendedLayout, int maxDegreeOfParallelism, CancellationToken cancellation)
    {
        fixed (TField* from = columns, to = extended)
        {
            var work = new ExtensionWork<TField>(_inverse, _cosets, from, stride, to, extendedLayout.Stride);
            int workers = maxDegreeOfParallelism == -1 ? Environment.ProcessorCount : maxDegreeOfParallelism, count = extendedLayout.Count;
            // Whole columns while they keep all busy; the few that are left over are shared.
            int shared = workers < 2 || _inverse.LogSize < NttRunner<ScalarPacked<TField>, TField>.LeastInParts ? 0 : count % workers;
            ColumnGroups.Run(work, count - shared, GroupSize, maxDegreeOfParallelism, cancellation);
            for (int column = count - shared; column < count; column++) work.RunShared(column, workers, cancellation);
        }
    }
}
