using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>The columns of the lookup argument on the device: as <see cref="LookupColumns"/>, to the bit.</summary>
/// <remarks>
/// Each row's fractions are brought over the product of its values, whose inverses are found for all rows together: products of four rows, of
/// four such and so on, until the host inverts the few that are left. A product that is zero tells of a value that is.
/// </remarks>
/// <param name="session">The session.</param>
/// <param name="execution">By which kernels.</param>
/// <param name="makesTraces">Whether a trace that is described is made on the device, in memory that it then takes beside the columns; else on the host.</param>
/// <param name="cancellation">Checked between pieces of the work.</param>
internal sealed class DeviceLookups<TField, TParameters>(DeviceSession session, TapeExecution execution = default, bool makesTraces = true, CancellationToken cancellation = default)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    // As the kernels have them: values of a product, and of a block's tile in a scan.
    private const int Factors = 4, ScanTile = 2048, ScanThreads = 256;

    // Values that the host inverts.
    private const int Few = 64;

    private readonly string _prefix = KernelPrefix.Of<TField, TParameters>(), _field = KernelPrefix.Of<TField>();

    private static int Degree => TParameters.Degree;

    /// <summary>Computes the columns on the trace's rows, for the processor: <see cref="LookupColumns.TryGenerate"/>.</summary>
    /// <returns>False if the value of a message is zero: other challenges are needed.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    /// <exception cref="CudaException">The device fails.</exception>
    public bool TryGenerate(
        AirTape<TField> tape, Trace<TField> main, Trace<TField>? preprocessed, ReadOnlyMemory<TField> publicValues,
        Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, Memory<TField> destination, ColumnLayout layout,
        out Extension<TField, TParameters> terminal)
    {
        LookupColumns.Check(tape.Lookups, main, preprocessed, publicValues.Length, Degree, destination.Length, layout);
        if (!TryGenerate(tape, main, preprocessed, publicValues, alpha, beta, out DeviceMatrix? columns, out terminal)) return false;
        using DeviceMatrix made = columns;
        for (int column = 0; column < layout.Count; column++) session.Read(made.Values, made.At(column), destination.Span.Slice(column * layout.Stride, main.Height));
        return true;
    }

    /// <summary>The same, of shapes that fit, on the device: Degree columns for each, in natural order; the caller's to dispose.</summary>
    public bool TryGenerate(
        AirTape<TField> tape, Trace<TField> main, Trace<TField>? preprocessed, ReadOnlyMemory<TField> publicValues,
        Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, [NotNullWhen(true)] out DeviceMatrix? columns, out Extension<TField, TParameters> terminal)
    {
        (terminal, columns) = (default, null);
        int height = main.Height, groups = tape.Lookups.Groups.Count;
        DeviceMatrix made = DeviceMatrix.Allocate(session, BitOperations.Log2((uint)height), 0, tape.Lookups.Columns * Degree, "lookup columns");
        try
        {
            using (TraceUpload<TField> trace = new(session, tape.Lookups.Graph.Shape, main, preprocessed, makesTraces))
                Cross(tape, trace, new(tape.Fractions, tape.Lookups, publicValues.Span, new(default, alpha, beta, default)), made);
            if (!TryInvert(made.Values, made.Stride, height)) return false;
            cancellation.ThrowIfCancellationRequested();
            session.Launch(KernelPrefix.Of("lookups", _prefix, "finish_fractions"), Grid(height, 256), made.Values, made.Stride, groups, height);
            terminal = SumUp(made, height);
            columns = made;
            return true;
        }
        finally
        {
            if (columns is null) made.Dispose();
        }
    }

    private static KernelGrid Grid(int items, int threads) => new((items + threads - 1) / threads, threads);

    private void Cross(AirTape<TField> tape, TraceUpload<TField> trace, TapeValues<TField, TParameters> values, DeviceMatrix columns)
    {
        int height = 1 << columns.LogRows, groups = tape.Lookups.Groups.Count;
        using TapeRunner<TField, TParameters> runner = new(session, tape.Fractions, values, 0, TapeRows.Natural(columns.LogRows), 2 * groups, execution);
        runner.Point(trace.Find);
        for (int start = 0; start < height; start += runner.Tile)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(runner.Tile, height - start);
            runner.Execute(start, count);
            session.Launch(
                KernelPrefix.Of("lookups", _prefix, "cross"), Grid(count, 256), columns.Values, columns.Stride, runner.Outputs, runner.Stride, groups, start, count);
        }
    }

    // Inverts values over the extension whose coordinates lie apart, in place.
    private bool TryInvert(DeviceBuffer values, long stride, int count)
    {
        if (count <= Few) return TryInvertFew(values, stride, count);
        int fewer = count / Factors;
        using DeviceBuffer products = session.Allocate((long)Degree * fewer * DeviceMatrix.ElementSize, "products of values");
        session.Launch(KernelPrefix.Of("lookups", _prefix, "multiply_up"), Grid(fewer, 128), products, (long)fewer, values, stride, fewer);
        if (!TryInvert(products, fewer, fewer)) return false;
        session.Launch(KernelPrefix.Of("lookups", _prefix, "invert_down"), Grid(fewer, 128), values, stride, products, (long)fewer, fewer);
        return true;
    }

    private bool TryInvertFew(DeviceBuffer values, long stride, int count)
    {
        var coordinates = new TField[Degree][];
        for (int k = 0; k < Degree; k++) session.Read(values, k * stride * DeviceMatrix.ElementSize, (coordinates[k] = new TField[count]).AsSpan());
        var elements = new Extension<TField, TParameters>[count];
        for (int i = 0; i < count; i++)
        {
            elements[i] = Extension<TField, TParameters>.FromCoefficients([.. coordinates.Select(coordinate => coordinate[i])]);
            if (elements[i] == default) return false;
        }
        FieldSpans.Invert<Extension<TField, TParameters>>(elements, elements);
        for (int k = 0; k < Degree; k++)
        {
            for (int i = 0; i < count; i++) coordinates[k][i] = elements[i][k];
            session.Write<TField>(values, k * stride * DeviceMatrix.ElementSize, coordinates[k]);
        }
        return true;
    }

    // To each row of the first column, what the rows before it add; the sum of all is returned.
    private Extension<TField, TParameters> SumUp(DeviceMatrix columns, int height)
    {
        int blocks = (height + ScanTile - 1) / ScanTile, stride = blocks + 1, shared = ScanThreads * DeviceMatrix.ElementSize;
        using DeviceBuffer totals = session.Allocate((long)Degree * stride * DeviceMatrix.ElementSize, "sums of blocks");
        KernelGrid grid = new(blocks, ScanThreads, shared, Degree);
        session.Launch(new($"lookups-{_prefix}", $"{_field}_add_up"), grid, totals, (long)stride, columns.Values, columns.Stride, height);
        session.Launch(new($"lookups-{_prefix}", $"{_field}_scan"), grid with { Blocks = 1 }, totals, (long)stride, blocks, 0L, 0L);
        session.Launch(new($"lookups-{_prefix}", $"{_field}_scan"), grid, columns.Values, columns.Stride, height, totals, (long)stride);
        var sums = new TField[Degree * stride];
        session.Read(totals, 0, sums.AsSpan());
        return Extension<TField, TParameters>.FromCoefficients([.. Enumerable.Range(0, Degree).Select(k => sums[k * stride + blocks])]);
    }
}
