using System.Numerics;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>A trace with its AIR, evaluated row by row in the base field.</summary>
internal sealed class TableRows<TAir, TField> where TAir : IAir where TField : struct, IField<TField>
{
    private readonly TAir _air;
    private readonly Trace<TField> _trace;
    private readonly Trace<TField>? _preprocessed;
    private readonly TField[][] _periodic;
    private readonly TField[] _public;
    private readonly TField[] _local, _next, _preprocessedLocal, _preprocessedNext, _periodicLocal;

    public TableRows(TAir air, Trace<TField> trace, ReadOnlySpan<TField> publicValues)
    {
        Shape = air.Shape;
        if (trace.Width != Shape.Width) throw new ArgumentException($"Expected {Shape.Width} columns of {Shape.Name}, got {trace.Width}.", nameof(trace));
        if (Shape.Height != 0 && trace.Height != Shape.Height) throw new ArgumentException($"Expected {Shape.Height} rows of {Shape.Name}, got {trace.Height}.", nameof(trace));
        if (publicValues.Length != Shape.PublicValues)
            throw new ArgumentException($"Expected {Shape.PublicValues} public values of {Shape.Name}, got {publicValues.Length}.", nameof(publicValues));
        _air = air;
        _trace = trace;
        _public = publicValues.ToArray();
        _periodic = [.. Shape.Periodic.Select(column => ToField(column.Span))];
        foreach (TField[] column in _periodic)
        {
            if (!BitOperations.IsPow2(column.Length)) throw new ArgumentException($"Expected a period of a power of two, got {column.Length} in {Shape.Name}.", nameof(air));
            if (column.Length > trace.Height) throw new ArgumentException($"Expected at least the {column.Length} rows of a period of {Shape.Name}, got {trace.Height}.", nameof(trace));
        }
        if (Shape.PreprocessedWidth > 0)
        {
            _preprocessed = new(Shape.PreprocessedWidth, trace.Height);
            air.Preprocess(_preprocessed);
        }
        (_local, _next) = (new TField[Shape.Width], new TField[Shape.Width]);
        (_preprocessedLocal, _preprocessedNext) = (new TField[Shape.PreprocessedWidth], new TField[Shape.PreprocessedWidth]);
        _periodicLocal = new TField[_periodic.Length];
    }

    public AirShape Shape { get; }

    public void Evaluate(int row, List<TraceFault>? faults, BusLedger<TField> ledger, TField sign)
    {
        PointBuilder<TField, RowSink<TField>> builder = new(Point(row), new(Shape.Name, row, _trace.Height, faults, ledger, sign));
        _air.Eval<PointBuilder<TField, RowSink<TField>>, FieldValue<TField>>(ref builder);
    }

    /// <summary>The columns at a row; valid until the next call.</summary>
    public AirPoint<TField> Point(int row)
    {
        int next = (row + 1) & (_trace.Height - 1);
        _trace.CopyRow(row, _local);
        _trace.CopyRow(next, _next);
        _preprocessed?.CopyRow(row, _preprocessedLocal);
        _preprocessed?.CopyRow(next, _preprocessedNext);
        for (int i = 0; i < _periodic.Length; i++) _periodicLocal[i] = _periodic[i][row & (_periodic[i].Length - 1)];
        return new()
        {
            Local = _local,
            Next = _next,
            Preprocessed = _preprocessedLocal,
            PreprocessedNext = _preprocessedNext,
            Periodic = _periodicLocal,
            Public = _public,
        };
    }

    private static TField[] ToField(ReadOnlySpan<ulong> values)
    {
        var elements = new TField[values.Length];
        for (int i = 0; i < elements.Length; i++) elements[i] = TField.FromUInt64(values[i]);
        return elements;
    }
}
