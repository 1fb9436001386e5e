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

    /// <summary>Where the next rows of their first ones are.</summary>
    public nint[] NextLookups { get; private set; } = [];

    /// <summary>Columns on a block.</summary>
    public static TapeColumns<TField> OnBlock<TParameters>(TapeProgram program, QuotientTask<TField, TParameters> task) where TParameters : struct, IExtensionParameters<TField>
    {
        TapeColumns<TField> columns = new(program);
        nint[] main = columns.Pin(task.Main), preprocessed = columns.Pin(task.Preprocessed);
        nint[] nextMain = main, nextPreprocessed = preprocessed;
        columns.Lookups = columns.NextLookups = columns.Pin(task.Lookup);
        if (task.Next is { } next)
        {
            nextMain = Spread(columns.Pin(next.Main), next.MainColumns, main.Length);
            nextPreprocessed = Spread(columns.Pin(next.Preprocessed), next.PreprocessedColumns, preprocessed.Length);
            columns.NextLookups = columns.Pin(next.Lookup);
        }
        columns.Place(program, cell => (cell.Operation switch
        {
            GraphOperation.Local => main,
            GraphOperation.Next => nextMain,
            GraphOperation.PreprocessedNext => nextPreprocessed,
            _ => preprocessed,
        })[cell.Column],
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
            return address;
        }, cell => PeriodicColumns.OnTrace<TField>(shape.Periodic[cell.Column].Span));
        return columns;
    }

    public void Dispose()
    {
        foreach (MemoryHandle handle in _handles) handle.Dispose();
        _handles.Clear();
    }

    private static nint[] Spread(nint[] addresses, int[] columns, int width)
    {
        var spread = new nint[width];
        for (int i = 0; i < columns.Length; i++) spread[columns[i]] = addresses[i];
        return spread;
    }

    // The address of each column on a block.
    private nint[] Pin(ColumnBlock<TField> block)
    {
        var addresses = new nint[block.Width];
        for (int segment = 0; segment < (block.Memory?.Segments ?? 0); segment++)
        {
            TField* start = Pin(block.Memory!.Segment(segment)) + block.Start;
            int first = block.Memory.FirstOf(segment);
            for (int i = 0; i < block.Memory.LayoutOf(segment).Count; i++) addresses[first + i] = (nint)(start + (nint)i * block.Memory.Stride);
        }
        return addresses;
    }

    private TField* Pin(ReadOnlyMemory<TField> memory)
    {
        MemoryHandle handle = memory.Pin();
        _handles.Add(handle);
        return (TField*)handle.Pointer;
    }

    private void Place(TapeProgram program, Func<TapeCell, nint> column, Func<TapeCell, TField[]> periodic)
    {
        for (int i = 0; i < Cells.Length; i++)
        {
            if (program.Cells[i].Operation == GraphOperation.Periodic) Periodic[i] = periodic(program.Cells[i]);
            else Cells[i] = column(program.Cells[i]);
        }
    }
}
