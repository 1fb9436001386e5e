using System.Buffers;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>The columns that a program reads, held in place until disposed.</summary>
internal sealed unsafe class TapeColumns<TField> : IDisposable where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly List<MemoryHandle> _handles = [];

    private TapeColumns(TapeProgram program)
    {
        Cells = new nint[program.Cells.Length];
        Periodic = new TField[]?[program.Cells.Length];
    }

    /// <summary>The address of each cell's column; 0 for a periodic one.</summary>
    public nint[] Cells { get; }

    /// <summary>The values of each periodic cell, or null.</summary>
    public TField[]?[] Periodic { get; }

    /// <summary>The addresses of the lookups' base columns.</summary>
    public nint[] Lookups { get; private set; } = [];

    /// <summary>Columns on a block.</summary>
    public static TapeColumns<TField> OnBlock<TParameters>(TapeProgram program, QuotientTask<TField, TParameters> task) where TParameters : struct, IExtensionParameters<TField>
    {
        TapeColumns<TField> columns = new(program);
        TField* main = columns.Pin(task.Main.Values), preprocessed = columns.Pin(task.Preprocessed.Values), lookup = columns.Pin(task.Lookup.Values);
        columns.Lookups = [.. Enumerable.Range(0, task.Lookup.Layout.Count).Select(column => (nint)(lookup + (nint)column * task.Lookup.Layout.Stride))];
        columns.Place(program, cell => cell.Operation is GraphOperation.Local or GraphOperation.Next
            ? main + (nint)cell.Column * task.Main.Layout.Stride : preprocessed + (nint)cell.Column * task.Preprocessed.Layout.Stride,
            cell => PeriodicColumns.OnBlock(task.Tape.Lookups.Graph.Shape.Periodic[cell.Column].Span, task.LogRows, task.LogBlock, task.Shift));
        return columns;
    }

    /// <summary>Columns of a trace.</summary>
    public static TapeColumns<TField> OnTrace(TapeProgram program, AirShape shape, Trace<TField> main, Trace<TField>? preprocessed)
    {
        TapeColumns<TField> columns = new(program);
        Dictionary<(bool, int), nint> pinned = [];
        columns.Place(program, cell =>
        {
            bool isMain = cell.Operation is GraphOperation.Local or GraphOperation.Next;
            if (!pinned.TryGetValue((isMain, cell.Column), out nint address))
                pinned.Add((isMain, cell.Column), address = (nint)columns.Pin((isMain ? main : preprocessed!).ColumnMemory(cell.Column)));
            return (TField*)address;
        }, cell => PeriodicColumns.OnTrace<TField>(shape.Periodic[cell.Column].Span));
        return columns;
    }

    public void Dispose()
    {
        foreach (MemoryHandle handle in _handles) handle.Dispose();
        _handles.Clear();
    }

    private TField* Pin(ReadOnlyMemory<TField> memory)
    {
        MemoryHandle handle = memory.Pin();
        _handles.Add(handle);
        return (TField*)handle.Pointer;
    }

    private void Place(TapeProgram program, Placing column, Func<TapeCell, TField[]> periodic)
    {
        for (int i = 0; i < Cells.Length; i++)
        {
            if (program.Cells[i].Operation == GraphOperation.Periodic) Periodic[i] = periodic(program.Cells[i]);
            else Cells[i] = (nint)column(program.Cells[i]);
        }
    }

    private delegate TField* Placing(TapeCell cell);
}
