using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>
/// Columns of a trace in the host's memory, each copied to the device when it is first asked for; a trace that is described is made there, or
/// on the host where it is not to take that much of the device.
/// </summary>
internal sealed class TraceUpload<TField>(DeviceSession session, AirShape shape, Trace<TField> main, Trace<TField>? preprocessed, bool makesTraces) : IDisposable
    where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly TapeRows _rows = TapeRows.Natural(BitOperations.Log2((uint)main.Height));
    private readonly Dictionary<(CellSource, int), DeviceBuffer> _columns = [];
    private readonly DeviceMatrix? _made = makesTraces ? Make(session, main) : null;

    /// <summary>Bytes that one takes at most.</summary>
    /// <param name="tape">What asks for cells.</param>
    /// <param name="shape">The AIR's.</param>
    /// <param name="logRows">log2 of the rows.</param>
    /// <param name="made">What makes the trace on the device, or null.</param>
    public static long Bytes(LoweredTape tape, AirShape shape, int logRows, TraceSource<TField>? made)
    {
        long rows = tape.Cells.Select(cell => (cell.Source, cell.Column)).Distinct().Sum(cell => cell.Source switch
        {
            CellSource.Periodic => shape.Periodic[cell.Column].Length,
            CellSource.Main when made is not null => 0,
            _ => 1L << logRows,
        });
        return DeviceMatrix.ElementSize * (rows + (made is null ? 0 : (long)made.Width * made.Height)) + (made is null ? 0 : DeviceTraces.Bytes(made));
    }

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
        if (main.Source is not { } source || !DeviceTraces.Makes(source)) return null;
        DeviceMatrix made = DeviceMatrix.Allocate(session, BitOperations.Log2((uint)source.Height), 0, source.Width, "a trace");
        DeviceTraces.Make(session, source, made);
        return made;
    }
}
