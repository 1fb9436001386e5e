using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using E = Prozchain.Zk.Fields.KoalaBear5;

namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>Quotients and lookups: what tapes are run for. On columns of values that satisfy nothing, which cost the same.</summary>
internal static class MeasuredTapes
{
    private const int LogBlowup = 1;

    public static void Measure(SelfTestBench bench)
    {
        Quotient(bench, "Poseidon2", new Poseidon2Air<KoalaBear>(bench.Options.PermutationsInARow));
        Quotient(bench, "Keccak-f", new KeccakAir(isAlone: true));
        Lookups(bench);
    }

    private static StarkTable<F> Table(IAir air) => StarkKey<F>.TablesOf([air], false, out _)[0];

    private static void Quotient(SelfTestBench bench, string name, IAir air)
    {
        StarkTable<F> table = Table(air);
        AirShape shape = table.Shape;
        int degree = E.Degree, lookupColumns = table.Lookups.Columns * degree, logChunks = table.LogChunks(false), logBlowup = Math.Max(LogBlowup, logChunks);
        int logRows = bench.Fit(bench.Options.LogProofRows, log => 4L * (shape.Width + shape.PreprocessedWidth + lookupColumns + 4 * degree) << (log + logBlowup));
        WorkCost row = WorkCost.Tape(LoweredTape.Of(table.Tape.Quotient, lookupColumns, degree), degree, 1);
        int logSmall = Math.Max(5, shape.Periodic.Select(column => BitOperations.Log2((uint)column.Length)).DefaultIfEmpty(0).Max());
        foreach (TapeExecution execution in (ReadOnlySpan<TapeExecution>)[TapeExecution.Interpreted, TapeExecution.Generated])
        {
            string full = $"quotient of {name}, 2^{logRows} rows x {shape.Width}, {(execution == TapeExecution.Interpreted ? "interpreted" : "generated")}";
            bench.Measure(full, row * (1L << (logRows + logChunks)), null, session => CheckQuotient(session, table, logSmall, execution), session =>
            {
                QuotientColumns columns = Columns(session, table, logRows, logBlowup);
                return () => Evaluate(session, table, logRows, columns, execution).Dispose();
            });
        }
    }

    private static QuotientColumns Columns(DeviceSession session, StarkTable<F> table, int logRows, int logBlowup)
    {
        return new(Some(table.Shape.Width, 11)!, Some(table.Shape.PreprocessedWidth, 12), Some(table.Lookups.Columns * E.Degree, 13));

        DeviceMatrix? Some(int width, uint seed) => width == 0 ? null : SelfTestData.Columns(session, logRows, logBlowup, width, seed);
    }

    private static DeviceMatrix Evaluate(DeviceSession session, StarkTable<F> table, int logRows, QuotientColumns columns, TapeExecution execution) =>
        new DeviceQuotient<F, E>(session, execution).Evaluate(
            new()
            {
                Tape = table.Tape,
                LogRows = logRows,
                LogDegree = logRows,
                LogChunks = table.LogChunks(false),
                Main = default,
                PublicValues = SelfTestData.Elements(table.Shape.PublicValues, 14),
                Gamma = SelfTestData.Challenge<E>(1),
                Alpha = SelfTestData.Challenge<E>(2),
                Beta = SelfTestData.Challenge<E>(3),
                Terminal = SelfTestData.Challenge<E>(4),
            },
            columns, (_, _) => throw new InvalidOperationException("Expected columns on the quotient's whole domain, got too few of their blocks."));

    private static bool CheckQuotient(DeviceSession session, StarkTable<F> table, int logRows, TapeExecution execution)
    {
        int logChunks = table.LogChunks(false), logBlowup = Math.Max(LogBlowup, logChunks), size = 1 << (logRows + logChunks), stride = 1 << (logRows + logBlowup);
        QuotientColumns columns = Columns(session, table, logRows, logBlowup);
        using DeviceMatrix quotient = Evaluate(session, table, logRows, columns, execution);
        F[]? main = Values(columns.Main), preprocessed = Values(columns.Preprocessed), lookup = Values(columns.Lookup);
        var expected = new F[E.Degree * size];
        for (int block = 0; block < 1 << logChunks; block++)
        {
            int first = block << logRows;
            QuotientTask<F, E> task = new()
            {
                Tape = table.Tape,
                LogRows = logRows,
                LogBlock = logRows,
                Shift = DomainPoints<F>.BlockShift(logRows, block) * F.MultiplicativeGenerator,
                Main = On(main),
                Preprocessed = On(preprocessed),
                Lookup = On(lookup),
                PublicValues = SelfTestData.Elements(table.Shape.PublicValues, 14),
                Gamma = SelfTestData.Challenge<E>(1),
                Alpha = SelfTestData.Challenge<E>(2),
                Beta = SelfTestData.Challenge<E>(3),
                Terminal = SelfTestData.Challenge<E>(4),
            };
            QuotientEvaluator.Evaluate(task, expected.AsMemory(first), new(E.Degree, size), 1);

            ColumnBlock<F> On(F[]? values) => values is null ? default : new(new ColumnMemory<F>(values, new(values.Length / stride, stride)), first);
        }
        return expected.AsSpan().SequenceEqual(SelfTestData.Read(session, quotient));

        F[]? Values(DeviceMatrix? matrix) => matrix is null ? null : SelfTestData.Read(session, matrix);
    }

    private static void Lookups(SelfTestBench bench)
    {
        StarkTable<F> table = Table(new Poseidon2Air<KoalaBear>(1, onBus: true));
        int degree = E.Degree, columns = table.Lookups.Columns * degree, groups = table.Lookups.Groups.Count;
        int logRows = bench.Fit(bench.Options.LogRows, log => 4L * (table.Shape.Width + 4 * columns) << log);
        long rows = 1L << logRows;
        // A tape of fractions, and 5 words a group and coordinate and 4 products a group for what is made of them: Kernels/lookups.cu.
        WorkCost row = WorkCost.Tape(LoweredTape.Of(table.Tape.Fractions, 0, degree), degree, 2 * groups)
            + new WorkCost((5L * groups + 4) * degree * DeviceMatrix.ElementSize, 4L * groups * WorkCost.ExtensionProduct(degree)) + WorkCost.Inverse(degree);
        Lazy<Trace<F>> trace = new(() => Trace(table, logRows));
        bench.Measure(
            $"lookups, 2^{logRows} rows x {columns}, without copies", row * rows, null, session => CheckLookups(session, table, 8),
            session => Run(session, table, trace.Value), interval => !interval.IsCopy);
        bench.Measure(
            $"inverses of 2^{logRows} values in lookups", WorkCost.Inverse(degree) * rows, null, session => CheckLookups(session, table, 8),
            session => Run(session, table, trace.Value), interval => interval.Name.EndsWith("multiply_up", StringComparison.Ordinal) || interval.Name.EndsWith("invert_down", StringComparison.Ordinal));
    }

    private static Action Run(DeviceSession session, StarkTable<F> table, Trace<F> trace)
    {
        ColumnLayout layout = new(table.Lookups.Columns * E.Degree, trace.Height);
        var destination = new F[layout.Count * layout.Stride];
        return () => TryGenerate(session, table, trace, destination, layout, out _);
    }

    private static bool TryGenerate(DeviceSession session, StarkTable<F> table, Trace<F> trace, F[] destination, ColumnLayout layout, out Extension<F, E> terminal) =>
        new DeviceLookups<F, E>(session).TryGenerate(
            table.Tape, trace, null, default, SelfTestData.Challenge<E>(5), SelfTestData.Challenge<E>(6), destination, layout, out terminal);

    private static bool CheckLookups(DeviceSession session, StarkTable<F> table, int logRows)
    {
        Trace<F> trace = Trace(table, logRows);
        ColumnLayout layout = new(table.Lookups.Columns * E.Degree, trace.Height);
        F[] expected = new F[layout.Count * layout.Stride], got = new F[layout.Count * layout.Stride];
        return LookupColumns.TryGenerate(table.Tape, trace, null, default, SelfTestData.Challenge<E>(5), SelfTestData.Challenge<E>(6), expected, layout, out Extension<F, E> terminal)
            && TryGenerate(session, table, trace, got, layout, out Extension<F, E> gotTerminal) && terminal == gotTerminal && expected.AsSpan().SequenceEqual(got);
    }

    private static Trace<F> Trace(StarkTable<F> table, int logRows) =>
        Trace<F>.TakeOwnership(Enumerable.Range(0, table.Shape.Width).Select(column => (Memory<F>)SelfTestData.Elements(1 << logRows, (uint)column << logRows)));
}
