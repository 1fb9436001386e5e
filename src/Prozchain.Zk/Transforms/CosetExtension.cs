using Prozchain.Zk.Fields;

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
        TField root = TField.TwoAdicGenerator(logSize), step = TField.TwoAdicGenerator(logSize + addedBits);
        _inverse = new NttTable<TField>(logSize, root.Inverse(), TField.One, TField.FromUInt64(1UL << logSize).Inverse(), naturalOrder: true, laneBits);
        _cosets = new NttTable<TField>[1 << addedBits];
        for (int i = 0; i < _cosets.Length; i++)
        {
            TField first = shift * FieldMath.Power(step, (ulong)NttTable<TField>.Reverse(i, addedBits));
            _cosets[i] = new NttTable<TField>(logSize, root, first, TField.One, naturalOrder: false, laneBits);
        }
    }

    /// <summary>Values of a column.</summary>
    public int Size => 1 << _inverse.LogSize;

    /// <summary>Values of an extended column.</summary>
    public int ExtendedSize => Size * _cosets.Length;

    /// <summary>Extends every column.</summary>
    /// <param name="columns">Columns of <see cref="Size"/> values.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="extended">Columns of <see cref="ExtendedSize"/> values; overlaps no input.</param>
    /// <param name="extendedLayout">Where they lie; as many.</param>
    /// <param name="maxDegreeOfParallelism">Columns at once: 1, or more, or -1 for as many as there are processors.</param>
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
        unsafe
        {
            fixed (TField* from = columns, to = extended)
            {
                var work = new ExtensionWork<TField>(_inverse, _cosets, from, layout.Stride, to, extendedLayout.Stride);
                ColumnGroups.Run(work, layout.Count, GroupSize, maxDegreeOfParallelism, cancellation);
            }
        }
    }
}
