using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Lookups;

/// <summary>The columns of the lookup argument, from a trace: see <see cref="TableLookups"/>.</summary>
internal static class LookupColumns
{
    // Rows in a run.
    private const int LogRun = 8;

    /// <summary>Computes the columns on the trace's rows, in natural order.</summary>
    /// <param name="tape">The table, with at least one interaction.</param>
    /// <param name="main">Its trace.</param>
    /// <param name="preprocessed">Its preprocessed columns, or null if there are none.</param>
    /// <param name="publicValues">Its public values.</param>
    /// <param name="alpha">The challenge that messages start from.</param>
    /// <param name="beta">The challenge that their elements are told apart by.</param>
    /// <param name="destination">Degree base columns for each of <see cref="TableLookups.Columns"/>.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="terminal">The sum of all fractions.</param>
    /// <param name="threads">Workers: 1, or more, or -1 for as many as there are processors.</param>
    /// <param name="cancellation">Checked between ranges of rows.</param>
    /// <returns>False if the value of a message is zero: other challenges are needed. The probability is negligible.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static bool TryGenerate<TField, TParameters>(
        AirTape<TField> tape, Trace<TField> main, Trace<TField>? preprocessed, ReadOnlyMemory<TField> publicValues,
        Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, Memory<TField> destination, ColumnLayout layout,
        out Extension<TField, TParameters> terminal, int threads = 1, CancellationToken cancellation = default)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : struct, IExtensionParameters<TField>
    {
        terminal = default;
        TableLookups lookups = tape.Lookups;
        Check(lookups, main, preprocessed, publicValues.Length, TParameters.Degree, destination.Length, layout);
        TapeProgram program = tape.Fractions;
        TapeValues<TField, TParameters> values = new(program, lookups, publicValues.Span, new(default, alpha, beta, default));
        RunOrder order = RunOrder.Natural(BitOperations.Log2((uint)main.Height), LogRun);
        Failure failure = new();
        using TapeColumns<TField> columns = TapeColumns<TField>.OnTrace(program, lookups.Graph.Shape, main, preprocessed);
        using MemoryHandle handle = destination.Pin();
        nint address = Address(handle);
        RunWork.Execute(order.Count, threads, () => Worker(address), cancellation);
        if (failure.Happened) return false;
        cancellation.ThrowIfCancellationRequested();
        var sums = new TField[TParameters.Degree];
        for (int k = 0; k < sums.Length; k++) sums[k] = SumUp(destination.Span.Slice(k * layout.Stride, main.Height));
        terminal = Extension<TField, TParameters>.FromCoefficients(sums);
        return true;

        unsafe FractionWorker<TField, TParameters> Worker(nint target) => new(program, values, columns, order, lookups.Groups.Count, (TField*)target, layout.Stride, failure);

        static unsafe nint Address(MemoryHandle pinned) => (nint)pinned.Pointer;
    }

    /// <summary>Refuses what does not fit together.</summary>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static void Check<TField>(
        TableLookups lookups, Trace<TField> main, Trace<TField>? preprocessed, int publicValues, int degree, int destination, ColumnLayout layout)
        where TField : struct, IField<TField>
    {
        AirShape shape = lookups.Graph.Shape;
        if (!lookups.HasAny) throw new ArgumentException($"Expected a table with interactions, got {shape.Name}.", nameof(lookups));
        if (main.Width != shape.Width) throw new ArgumentException($"Expected {shape.Width} columns of {shape.Name}, got {main.Width}.", nameof(main));
        if ((preprocessed?.Width ?? 0) != shape.PreprocessedWidth || (preprocessed is not null && preprocessed.Height != main.Height))
            throw new ArgumentException($"Expected {shape.PreprocessedWidth} preprocessed columns of {main.Height} rows.", nameof(preprocessed));
        if (publicValues != shape.PublicValues) throw new ArgumentException($"Expected {shape.PublicValues} public values, got {publicValues}.", nameof(publicValues));
        if (layout.Count != lookups.Columns * degree) throw new ArgumentException($"Expected {lookups.Columns * degree} columns, got {layout.Count}.", nameof(layout));
        layout.Check(main.Height, destination, nameof(destination));
    }

    // To each row, what the rows before it add; the sum of all is left over.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TField SumUp<TField>(Span<TField> column) where TField : struct, IField<TField>
    {
        TField sum = TField.Zero;
        for (int i = 0; i < column.Length; i++)
        {
            TField added = column[i];
            column[i] = sum;
            sum += added;
        }
        return sum;
    }
}
