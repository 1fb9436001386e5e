using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// A fast transform of one size, direction and coset, with its factors computed once: O(n log n), at the vector width of
/// the machine, over many columns at once.
/// </summary>
/// <remarks>
/// Input is in natural order. Holds about one element of factors for each point. Immutable and thread-safe. The serial
/// way allocates nothing once warm; bit-reversed results need no memory of its own.
/// </remarks>
/// <typeparam name="TField">The field.</typeparam>
public sealed class TransformPlan<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    // Columns that take turns at each factor.
    private const int GroupSize = 4;
    private readonly NttTable<TField> _table;

    private TransformPlan(NttTable<TField> table) => _table = table;

    /// <summary>Points of the transform.</summary>
    public int Size => 1 << _table.LogSize;

    /// <summary>The order of the results.</summary>
    public TransformOrder Order => _table.NaturalOrder ? TransformOrder.Natural : TransformOrder.BitReversed;

    /// <summary>From coefficients to values at <c>shift * TField.TwoAdicGenerator(logSize)^k</c>.</summary>
    /// <param name="logSize">log2 of the number of points, 0 to TwoAdicity and at most 30.</param>
    /// <param name="shift">The coset's first point, not zero; one for the subgroup itself.</param>
    /// <param name="order">The order of the values.</param>
    /// <exception cref="ArgumentException">An argument is out of its domain.</exception>
    public static TransformPlan<TField> Forward(int logSize, TField shift, TransformOrder order)
    {
        CheckSize(logSize);
        if (shift == TField.Zero) throw new ArgumentException("Expected a shift other than zero, got zero.", nameof(shift));
        return Create(logSize, TField.TwoAdicGenerator(logSize), shift, TField.One, order);
    }

    /// <summary>From values on the subgroup to coefficients.</summary>
    /// <param name="logSize">log2 of the number of points, 0 to TwoAdicity and at most 30.</param>
    /// <param name="order">The order of the coefficients.</param>
    /// <exception cref="ArgumentException">An argument is out of its domain.</exception>
    public static TransformPlan<TField> Inverse(int logSize, TransformOrder order)
    {
        CheckSize(logSize);
        return Create(logSize, TField.TwoAdicGenerator(logSize).Inverse(), TField.One, TField.FromUInt64(1UL << logSize).Inverse(), order);
    }

    /// <summary>Transforms every column.</summary>
    /// <param name="source">Columns of <see cref="Size"/> elements.</param>
    /// <param name="sourceLayout">Where they lie.</param>
    /// <param name="destination">Columns of as many elements; the same memory in the same layout, or none of it.</param>
    /// <param name="destinationLayout">Where they lie; as many as in the source.</param>
    /// <param name="maxDegreeOfParallelism">Columns at once: 1, or more, or -1 for as many as there are processors.</param>
    /// <param name="cancellation">Checked between groups of columns.</param>
    /// <exception cref="ArgumentException">A length or layout is not as said, or the spans overlap otherwise.</exception>
    public void Run(
        ReadOnlySpan<TField> source, ColumnLayout sourceLayout, Span<TField> destination, ColumnLayout destinationLayout,
        int maxDegreeOfParallelism = 1, CancellationToken cancellation = default)
    {
        sourceLayout.Check(Size, source.Length, nameof(source));
        destinationLayout.Check(Size, destination.Length, nameof(destination));
        if (sourceLayout.Count != destinationLayout.Count)
            throw new ArgumentException($"Expected {sourceLayout.Count} columns, got {destinationLayout.Count}.", nameof(destinationLayout));
        if (source.Overlaps(destination, out int offset) && (offset != 0 || (sourceLayout.Count > 1 && sourceLayout.Stride != destinationLayout.Stride)))
            throw new ArgumentException("Expected a destination that is the source or overlaps none of it.", nameof(destination));
        unsafe
        {
            fixed (TField* from = source, to = destination)
            {
                var work = new TransformWork<TField>(_table, from, sourceLayout.Stride, to, destinationLayout.Stride);
                ColumnGroups.Run(work, sourceLayout.Count, GroupSize, maxDegreeOfParallelism, cancellation);
            }
        }
    }

    /// <summary>Transforms one column.</summary>
    /// <param name="source"><see cref="Size"/> elements.</param>
    /// <param name="destination">As many; the source itself, or none of it.</param>
    /// <param name="cancellation">Checked before.</param>
    /// <exception cref="ArgumentException">A length is not as said, or the spans overlap otherwise.</exception>
    public void Run(ReadOnlySpan<TField> source, Span<TField> destination, CancellationToken cancellation = default) =>
        Run(source, new ColumnLayout(1, source.Length), destination, new ColumnLayout(1, destination.Length), 1, cancellation);

    internal static void CheckSize(int logSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(logSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(logSize, Math.Min(TField.TwoAdicity, 30));
    }

    private static TransformPlan<TField> Create(int logSize, TField root, TField shift, TField scale, TransformOrder order) =>
        new(new NttTable<TField>(logSize, root, shift, scale, order == TransformOrder.Natural, LaneBits<TField>.For(logSize)));
}
