using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// Evaluates polynomials given by their values on a coset at one point outside it, many columns after one preparation.
/// </summary>
/// <remarks>
/// On the coset shift * H of n points x_i: f(z) = (z^n - shift^n) / (n shift^n) times the sum of f(x_i) w_i, w_i = x_i / (z - x_i).
/// The weights are kept coordinate by coordinate, so that each column costs one dot product over the base field for
/// each coordinate. Immutable and thread-safe.
/// </remarks>
/// <typeparam name="TBase">The columns' field.</typeparam>
/// <typeparam name="TExtension">The point's field.</typeparam>
public sealed class Barycentric<TBase, TExtension>
    where TBase : unmanaged, ITwoAdicField<TBase>
    where TExtension : unmanaged, IExtensionField<TExtension, TBase>
{
    // A piece of a column that stays in the first-level cache for all coordinates.
    private const int Piece = 2048;
    private readonly TBase[] _weights;
    private readonly TExtension _factor;
    private readonly int _size;

    /// <summary>Computes the weights: at base-field cost, with one inversion for every thousand points or so.</summary>
    /// <param name="logSize">log2 of the number of points, 0 to TwoAdicity and at most 30.</param>
    /// <param name="shift">The coset's first point, not zero.</param>
    /// <param name="point">Not in the coset.</param>
    /// <param name="order">The order of the columns' values.</param>
    /// <exception cref="ArgumentException">An argument is out of its domain.</exception>
    public Barycentric(int logSize, TBase shift, TExtension point, TransformOrder order)
    {
        TransformPlan<TBase>.CheckSize(logSize);
        if (shift == TBase.Zero) throw new ArgumentException("Expected a shift other than zero, got zero.", nameof(shift));
        _size = 1 << logSize;
        TExtension vanishing = FieldMath.Power(point, (ulong)_size) - TExtension.FromBase(FieldMath.Power(shift, (ulong)_size));
        if (vanishing == TExtension.Zero) throw new ArgumentException("Expected a point outside the coset.", nameof(point));
        _factor = vanishing * (TBase.FromUInt64((ulong)_size) * FieldMath.Power(shift, (ulong)_size)).Inverse();
        var points = new TBase[_size];
        TBase root = TBase.TwoAdicGenerator(logSize), x = shift;
        for (int i = 0; i < _size; i++, x *= root) points[order == TransformOrder.Natural ? i : NttTable<TBase>.Reverse(i, logSize)] = x;
        _weights = new TBase[_size * TExtension.Degree];
        new PointInverses<TBase, TExtension>(point).Compute(points, _weights, new TBase[_size]);
        for (int k = 0; k < TExtension.Degree; k++)
        {
            Span<TBase> weights = _weights.AsSpan(k * _size, _size);
            FieldSpans.Multiply<TBase>(weights, points, weights);
        }
    }

    /// <summary>With weights that the caller has computed, coordinate by coordinate, but for a factor.</summary>
    internal Barycentric(int logSize, TBase[] weights, TExtension factor) => (_size, _weights, _factor) = (1 << logSize, weights, factor);

    /// <summary>Evaluates every column.</summary>
    /// <param name="columns">Columns of values on the coset.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="values">The value of each column at the point; as many as columns.</param>
    /// <param name="maxDegreeOfParallelism">Columns at once: 1, or more, or -1 for as many as there are processors.</param>
    /// <param name="cancellation">Checked between columns.</param>
    /// <exception cref="ArgumentException">A length or layout is not as said.</exception>
    public void Evaluate(
        ReadOnlySpan<TBase> columns, ColumnLayout layout, Span<TExtension> values, int maxDegreeOfParallelism = 1, CancellationToken cancellation = default)
    {
        layout.Check(_size, columns.Length, nameof(columns));
        if (values.Length != layout.Count) throw new ArgumentException($"Expected {layout.Count} values, got {values.Length}.", nameof(values));
        unsafe
        {
            fixed (TBase* from = columns)
            fixed (TExtension* to = values)
                ColumnGroups.Run(new Work(_weights, _factor, _size, from, layout.Stride, to), layout.Count, 1, maxDegreeOfParallelism, cancellation);
        }
    }

    private readonly unsafe struct Work(TBase[] weights, TExtension factor, int size, TBase* columns, nint stride, TExtension* values) : IColumnWork
    {
        private readonly TBase* _columns = columns;
        private readonly TExtension* _values = values;

        public void Run(int firstColumn, int columns)
        {
            for (int column = firstColumn; column < firstColumn + columns; column++)
            {
                var values = new ReadOnlySpan<TBase>(_columns + column * stride, size);
                Sums sums = default;
                for (int from = 0; from < size; from += Piece)
                {
                    ReadOnlySpan<TBase> piece = values.Slice(from, Math.Min(Piece, size - from));
                    for (int k = 0; k < TExtension.Degree; k++) sums[k] += FieldSpans.DotProduct(piece, weights.AsSpan(k * size + from, piece.Length));
                }
                _values[column] = factor * TExtension.FromCoefficients(((ReadOnlySpan<TBase>)sums)[..TExtension.Degree]);
            }
        }
    }

    [InlineArray(8)]
    private struct Sums
    {
        private TBase _first;
    }
}
