using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>The columns of a table on the device: its committed extensions, of one degree bound and blowup each.</summary>
/// <param name="Main">The trace's.</param>
/// <param name="Preprocessed">Those of the preprocessed columns, if there are any.</param>
/// <param name="Lookup">Those of the lookups, Degree base columns for each, if there are any.</param>
internal sealed record QuotientColumns(DeviceMatrix Main, DeviceMatrix? Preprocessed, DeviceMatrix? Lookup);

/// <summary>The quotient of a table's constraints on the device: the values that <see cref="QuotientSource{TField, TParameters}"/> has before it splits them.</summary>
internal sealed class DeviceQuotient<TField, TParameters>(DeviceSession session, TapeExecution execution = default, CancellationToken cancellation = default)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private const int Threads = 256;

    private readonly string _prefix = KernelPrefix.Of<TField, TParameters>();

    private static int Degree => TParameters.Degree;

    /// <summary>Evaluates the quotient over its whole domain, bit-reversed.</summary>
    /// <param name="table">What from; its handles of matrices are not looked at.</param>
    /// <param name="columns">The matrices on the device.</param>
    /// <param name="further">
    /// The columns of a matrix on a block beyond its extension, as a matrix of the same degree bound with one value for each of its 2^LogRows
    /// points, bit-reversed. It is disposed after use.
    /// </param>
    /// <returns>Degree columns, one for each coordinate; chunk i is 2^LogRows values from i * 2^LogRows on. The caller's to dispose.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    /// <exception cref="CudaException">The device fails.</exception>
    public DeviceMatrix Evaluate(TableQuotient<TField, TParameters> table, QuotientColumns columns, Func<DeviceMatrix, int, DeviceMatrix> further)
    {
        Check(table, columns);
        return Evaluate(table, table.LogDegree, (rows, block, _) => new(session, columns, table.Tape.Lookups.Graph.Shape.Periodic, rows, block, further));
    }

    /// <summary>Evaluates the quotient, a window of its domain at a time.</summary>
    /// <param name="table">What from; its handles of matrices are not looked at.</param>
    /// <param name="logWindow">log2 of the points of a window, at most a block's.</param>
    /// <param name="place">Gives the columns on a window: of so many rows, by its number, and by its first point.</param>
    /// <returns>As of a whole domain.</returns>
    public DeviceMatrix Evaluate(TableQuotient<TField, TParameters> table, int logWindow, Func<TapeRows, int, TField, BlockColumns<TField>> place)
    {
        int windows = 1 << (table.LogRows + table.LogChunks - logWindow);
        TapeProgram program = table.Tape.Quotient;
        TapeValues<TField, TParameters> values = new(program, table.Tape.Lookups, table.PublicValues.Span, new(table.Gamma, table.Alpha, table.Beta, table.Terminal));
        TapeRows rows = logWindow < table.LogRows ? TapeRows.Window(logWindow) : TapeRows.BitReversed(logWindow, table.LogRows);
        using TapeRunner<TField, TParameters> runner = new(session, program, values, table.Tape.Lookups.Columns * Degree, rows, TapeCompiler.Sums, execution);
        DeviceMatrix quotient = DeviceMatrix.Allocate(session, table.LogRows, table.LogChunks, Degree, "a quotient");
        try
        {
            for (int window = 0; window < windows; window++)
            {
                TField shift = TField.MultiplicativeGenerator * DomainPoints<TField>.BlockShift(logWindow, window);
                using BlockColumns<TField> here = place(rows, window, shift);
                runner.Point(cell => here.Find(cell, table.LogRows, shift), here.Matrices);
                using DivisionPoints<TField> points = new(session, logWindow, table.LogRows, shift);
                for (int start = 0; start < 1 << logWindow; start += runner.Tile)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int count = Math.Min(runner.Tile, (1 << logWindow) - start);
                    runner.Execute(start, count);
                    session.Launch(
                        KernelPrefix.Of("tape", _prefix, "divide"), new((count + Threads - 1) / Threads, Threads), quotient.Values.Address + ((ulong)window << logWindow) * DeviceMatrix.ElementSize,
                        quotient.Stride, runner.Outputs, runner.Stride, start, count, logWindow, table.LogRows,
                        points.Low, points.High, points.LogLow, points.Inverses, points.BeforeFirst, HasEnds(table.Tape) ? 1 : 0);
                }
            }
            return quotient;
        }
        catch
        {
            quotient.Dispose();
            throw;
        }
    }

    private static bool HasEnds(AirTape<TField> tape) => tape.Lookups.HasAny || tape.Lookups.Graph.Constraints.Any(constraint => constraint.Rows is Rows.First or Rows.Last);

    private static void Check(TableQuotient<TField, TParameters> table, QuotientColumns columns)
    {
        AirShape shape = table.Tape.Lookups.Graph.Shape;
        if (table.LogDegree - table.LogRows is not (0 or 1) || table.LogRows < 0 || table.LogRows + table.LogChunks < table.LogDegree)
            throw new ArgumentException($"Expected a degree bound of 2^{table.LogRows} or twice that, and a block of it at least, got 2^{table.LogDegree} and 2^{table.LogChunks} chunks.", nameof(table));
        foreach (ReadOnlyMemory<ulong> column in shape.Periodic)
        {
            if (column.Length > 1 << table.LogRows) throw new ArgumentException($"Expected at least the {column.Length} rows of a period, got 2^{table.LogRows}.", nameof(table));
        }
        if (table.PublicValues.Length != shape.PublicValues) throw new ArgumentException($"Expected {shape.PublicValues} public values, got {table.PublicValues.Length}.", nameof(table));
        Require(columns.Main, shape.Width, nameof(columns.Main));
        Require(columns.Preprocessed, shape.PreprocessedWidth, nameof(columns.Preprocessed));
        Require(columns.Lookup, table.Tape.Lookups.Columns * Degree, nameof(columns.Lookup));

        void Require(DeviceMatrix? matrix, int width, string name)
        {
            if ((matrix?.Width ?? 0) != width) throw new ArgumentException($"Expected {width} columns, got {matrix?.Width ?? 0}.", name);
            if (matrix is not null && matrix.LogRows != table.LogDegree) throw new ArgumentException($"Expected a degree bound of 2^{table.LogDegree}, got 2^{matrix.LogRows}.", name);
        }
    }
}
