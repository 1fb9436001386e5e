using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>
/// Columns of a trace in the host's memory, each copied to the device when it is first asked for; a trace that is described is made there, if
/// the memory is.
/// </summary>
internal sealed class TraceUpload<TField>(DeviceSession session, AirShape shape, Trace<TField> main, Trace<TField>? preprocessed) : IDisposable
    where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly TapeRows _rows = TapeRows.Natural(BitOperations.Log2((uint)main.Height));
    private readonly Dictionary<(CellSource, int), DeviceBuffer> _columns = [];
    private readonly DeviceMatrix? _made = Make(session, main);

    /// <summary>Where a cell's values are.</summary>
    public CellColumn Find(LoweredCell cell)
    {
        if (cell.Source == CellSource.Main && _made is not null) return CellColumn.Of(_made.Column(cell.Column), cell.IsNext);
        if (!_columns.TryGetValue((cell.Source, cell.Column), out DeviceBuffer? column))
        {
            ReadOnlySpan<TField> values = cell.Source switch
            {
                CellSource.Main => main.Column(cell.Column),
                CellSource.Preprocessed => preprocessed!.Column(cell.Column),
                _ => PeriodicColumns.OnTrace<TField>(shape.Periodic[cell.Column].Span),
            };
            _columns.Add((cell.Source, cell.Column), column = session.Upload(values, "a column of a trace"));
        }
        return cell.Source == CellSource.Periodic
            ? _rows.Repeated(column.Address, BitOperations.Log2((uint)shape.Periodic[cell.Column].Length)) : CellColumn.Of(column.Address, cell.IsNext);
    }

    public void Dispose()
    {
        foreach (DeviceBuffer column in _columns.Values) column.Dispose();
        _made?.Dispose();
    }

    private static DeviceMatrix? Make(DeviceSession session, Trace<TField> main)
    {
        // Half of what is left, for what the lookups take.
        if (main.Source is not { } source || !DeviceTraces.Makes(source) || (long)DeviceMatrix.ElementSize * source.Width * source.Height > (session.Budget - session.Used) / 2) return null;
        DeviceMatrix made = DeviceMatrix.Allocate(session, BitOperations.Log2((uint)source.Height), 0, source.Width, "a trace");
        DeviceTraces.Make(session, source, made);
        return made;
    }
}
