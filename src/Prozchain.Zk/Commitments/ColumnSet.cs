using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>A matrix to commit to: columns of values on the coset shift · ⟨w⟩ of 2^<see cref="LogRows"/> points.</summary>
internal sealed class ColumnSet<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    /// <param name="logRows">log2 of the values of a column.</param>
    /// <param name="values">The columns. With room they become the extension; else they are only read, at the commitment.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="shift">The first point, not zero: one for a trace.</param>
    /// <param name="hasRoom">Whether there is room behind each column for its whole extension, which then takes no memory of its own.</param>
    /// <param name="order">The order of the values.</param>
    public ColumnSet(int logRows, Memory<TField> values, ColumnLayout layout, TField shift, bool hasRoom = false, TransformOrder order = TransformOrder.Natural)
    {
        TransformPlan<TField>.CheckSize(logRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(layout.Count, 1, nameof(layout));
        layout.Check(1 << logRows, values.Length, nameof(values));
        if (shift == TField.Zero) throw new ArgumentException("Expected a shift other than zero, got zero.", nameof(shift));
        (LogRows, Values, Layout, Shift, HasRoom, Order) = (logRows, values, layout, shift, hasRoom, order);
    }

    public int LogRows { get; }

    public int Width => Layout.Count;

    public Memory<TField> Values { get; }

    public ColumnLayout Layout { get; }

    public TField Shift { get; }

    public bool HasRoom { get; }

    public TransformOrder Order { get; }
}
