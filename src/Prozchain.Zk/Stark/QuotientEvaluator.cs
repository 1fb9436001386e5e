using System.Buffers;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>The quotient of a table's constraints by the polynomial that vanishes on its rows, block by block.</summary>
internal static class QuotientEvaluator
{
    // Positions in a run: its temporaries stay in the caches, and the choice of an instruction costs little.
    private const int LogRun = 8;

    /// <summary>Evaluates the quotient on a block.</summary>
    /// <param name="task">The block and the columns on it.</param>
    /// <param name="destination">Degree columns of 2^LogBlock values, one for each coordinate, in bit-reversed order.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="threads">Workers: 1, or more, or -1 for as many as there are processors.</param>
    /// <param name="cancellation">Checked between ranges of positions.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static void Evaluate<TField, TParameters>(
        QuotientTask<TField, TParameters> task, Memory<TField> destination, ColumnLayout layout, int threads = 1, CancellationToken cancellation = default)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : struct, IExtensionParameters<TField>
    {
        task.Check();
        if (layout.Count != TParameters.Degree) throw new ArgumentException($"Expected {TParameters.Degree} columns, got {layout.Count}.", nameof(layout));
        layout.Check(1 << task.LogBlock, destination.Length, nameof(destination));
        TapeProgram program = task.Tape.Quotient;
        TapeValues<TField, TParameters> values = new(program, task.Tape.Lookups, task.PublicValues.Span, new(task.Gamma, task.Alpha, task.Beta, task.Terminal));
        RunOrder order = task.Next is null ? RunOrder.BitReversed(task.LogBlock, task.LogRows, LogRun) : RunOrder.Window(task.LogBlock, LogRun);
        using TapeColumns<TField> columns = TapeColumns<TField>.OnBlock(program, task);
        using MemoryHandle handle = destination.Pin();
        nint address = Address(handle);
        RunWork.Execute(order.Count, threads, () => Worker(address), cancellation);

        unsafe QuotientWorker<TField, TParameters> Worker(nint target) => new(task, values, columns, order, (TField*)target, layout.Stride);

        static unsafe nint Address(MemoryHandle pinned) => (nint)pinned.Pointer;
    }
}
