using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>A matrix to commit to: columns of values on the coset shift · ⟨w⟩ of 2^<see cref="LogRows"/> points.</summary>
internal sealed class ColumnSet<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly Trace<TField>? _described;
    private ColumnMemory<TField>? _values;

    /// <param name="logRows">log2 of the values of a column.</param>
    /// <param name="values">The columns. With room they become the extension; else they are only read, at the commitment.</param>
    /// <param name="shift">The first point, not zero: one for a trace.</param>
    /// <param name="hasRoom">Whether there is room behind each column for its whole extension, which then takes no memory of its own.</param>
    /// <param name="order">The order of the values.</param>
    /// <param name="isKept">
    /// Whether the extension is kept. Else the values are, unchanged until the end of the proof, and the extension is computed where it is
    /// asked for: then they are in natural order, on the coset that starts at one.
    /// </param>
    public ColumnSet(int logRows, ColumnMemory<TField> values, TField shift, bool hasRoom = false, TransformOrder order = TransformOrder.Natural, bool isKept = true)
    {
        TransformPlan<TField>.CheckSize(logRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Width, 1, nameof(values));
        values.Check(1 << logRows, nameof(values));
        if (shift == TField.Zero) throw new ArgumentException("Expected a shift other than zero, got zero.", nameof(shift));
        if (!isKept && (hasRoom || shift != TField.One || order != TransformOrder.Natural)) throw new ArgumentException("Expected rows in order that have no room, got others.", nameof(isKept));
        (LogRows, Width, _values, Shift, HasRoom, Order, IsKept) = (logRows, values.Width, values, shift, hasRoom, order, isKept);
    }

    /// <summary>A trace that is described, for a backend that makes it: see <see cref="Source"/>.</summary>
    /// <param name="logRows">log2 of the values of a column.</param>
    /// <param name="described">The trace.</param>
    /// <param name="isKept">Whether the extension is kept.</param>
    public ColumnSet(int logRows, Trace<TField> described, bool isKept)
    {
        TransformPlan<TField>.CheckSize(logRows);
        (LogRows, _described, Source, Width, Shift, IsKept) = (logRows, described, described.Source, described.Width, TField.One, isKept);
    }

    private ColumnSet(int logRows, int width, object held) => (LogRows, Width, Held, Shift, IsKept) = (logRows, width, held, TField.One, true);

    /// <summary>Columns that a backend has computed, in natural order on the coset that starts at one, and kept: for a commitment of the same run.</summary>
    /// <param name="logRows">log2 of the values of a column.</param>
    /// <param name="width">Columns.</param>
    /// <param name="held">What it knows them by.</param>
    public static ColumnSet<TField> Of(int logRows, int width, object held) => new(logRows, width, held);

    public int LogRows { get; }

    public int Width { get; }

    /// <summary>What makes the columns, values of which the processor then need not have; null for columns that are there.</summary>
    public TraceSource<TField>? Source { get; }

    /// <summary>What a backend knows the columns by if it holds them, and then nobody else does; else null.</summary>
    public object? Held { get; }

    /// <summary>The columns in the processor's memory; those of a trace that is described it makes when they are first asked for.</summary>
    public ColumnMemory<TField> Values => _values ??= _described is { } described
        ? new([.. Enumerable.Range(0, Width).Select(described.ColumnMemory)])
        : throw new System.Diagnostics.UnreachableException("Expected columns in the processor's memory, got some that a backend holds.");

    public TField Shift { get; }

    public bool HasRoom { get; }

    public TransformOrder Order { get; }

    public bool IsKept { get; }
}
