using System.Runtime.InteropServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>One worker's memory for a program, and the runs it is pointed at. Not thread-safe.</summary>
internal sealed unsafe class TapeWorker<TField, TParameters> : IDisposable
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : struct, IExtensionParameters<TField>
{
    private readonly TapeProgram _program;
    private readonly TapeColumns<TField> _columns;
    private readonly RunOrder _order;
    private readonly TField* _memory, _gathered;
    private readonly nuint _bytes;
    private readonly nint[] _table;
    private TapeFrame<TField> _frame;

    /// <param name="program">The program.</param>
    /// <param name="values">What is the same for all rows.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="order">The runs.</param>
    /// <param name="extra">Runs of the caller's own.</param>
    public TapeWorker(TapeProgram program, TapeValues<TField, TParameters> values, TapeColumns<TField> columns, RunOrder order, int extra)
    {
        (_program, _columns, _order) = (program, columns, order);
        int degree = TParameters.Degree, run = order.Run, cells = program.Cells.Length;
        // A scratch run for each cell that may have to be gathered.
        long runs = program.Temporaries + (long)program.ExtensionSlots * degree + degree + extra;
        foreach (TapeCell cell in program.Cells) runs += IsGathered(cell) ? 1 : 0;
        _bytes = (nuint)(runs * run * sizeof(TField));
        _memory = (TField*)NativeMemory.AlignedAlloc(_bytes + 64, 64);
        TField* at = _memory;
        _table = GC.AllocateArray<nint>(cells + program.Temporaries + columns.Lookups.Length + degree, pinned: true);
        for (int i = 0; i < program.Temporaries; i++, at += run) _table[cells + i] = (nint)at;
        _frame.Extensions = at;
        at += (nint)program.ExtensionSlots * degree * run;
        Extra = at;
        _gathered = at + (nint)extra * run;
        _frame.Runs = (TField**)Address(_table);
        _frame.Lookups = _frame.Runs + cells + program.Temporaries;
        _frame.LookupColumns = columns.Lookups.Length;
        _frame.Uniforms = (TField*)Address(values.Uniforms);
        _frame.Terms = (TField*)Address(values.Terms);
        _frame.Factors = (TField*)Address(values.Factors);
        _frame.Starts = (TField*)Address(values.Starts);
        _frame.Length = run;
    }

    /// <summary>The caller's runs, one after the other.</summary>
    public TField* Extra { get; }

    /// <summary>The first coordinate of an E slot; the others follow.</summary>
    public TField* Extension(int slot) => _frame.Extensions + (nint)slot * TParameters.Degree * (nint)_frame.Length;

    /// <summary>Executes the program on a run.</summary>
    public void Execute(int run)
    {
        Point(run);
        fixed (TapeFrame<TField>* frame = &_frame)
        {
            var kernel = new TapeKernel<TField, TParameters>(_program, frame);
            TField.Dispatch(ref kernel);
        }
    }

    /// <summary>Clears what may tell of a witness, and frees it.</summary>
    public void Dispose()
    {
        NativeMemory.Clear(_memory, _bytes);
        NativeMemory.AlignedFree(_memory);
    }

    private static nint Address<T>(T[] pinned) => (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    private static bool IsGathered(TapeCell cell) => cell.Operation is GraphOperation.Next or GraphOperation.PreprocessedNext or GraphOperation.Periodic;

    private void Point(int run)
    {
        int length = _order.Run, start = run * length, next = _order.Next(run, out int[]? moved);
        TField* scratch = _gathered;
        for (int i = 0; i < _program.Cells.Length; i++)
        {
            TField* column = (TField*)_columns.Cells[i];
            TapeCell cell = _program.Cells[i];
            if (!IsGathered(cell))
            {
                _frame.Runs[i] = column + start;
                continue;
            }
            _frame.Runs[i] = scratch;
            if (_columns.Periodic[i] is { } period) _order.Repeat(period, start, new Span<TField>(scratch, length));
            else if (moved is not null) Gather(column, next, moved, scratch);
            else _frame.Runs[i] = column + next;
            scratch += length;
        }
        int lookups = _frame.LookupColumns;
        for (int i = 0; i < lookups; i++) _frame.Lookups[i] = (TField*)_columns.Lookups[i] + start;
        for (int k = 0; k < TParameters.Degree && lookups > 0; k++, scratch += length)
        {
            if (moved is not null) Gather((TField*)_columns.NextLookups[k], next, moved, scratch);
            _frame.Lookups[lookups + k] = moved is null ? (TField*)_columns.NextLookups[k] + next : scratch;
        }
    }

    private void Gather(TField* column, int start, int[] moved, TField* target)
    {
        int last = _order.Run * _order.Count - 1;
        for (int j = 0; j < moved.Length; j++) target[j] = column[(start + moved[j]) & last];
    }
}
