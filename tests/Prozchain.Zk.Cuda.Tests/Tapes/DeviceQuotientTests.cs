using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Cuda.Tests.Tapes;

/// <summary>The quotient on the device against the host's, block by block, on columns of random values.</summary>
[Collection(nameof(DeviceTests))]
public sealed class DeviceQuotientTests
{
    public static TheoryData<string> All => [.. ShippedAirs.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void Evaluate_OfAShippedAir_IsTheHosts(string name)
    {
        TableLookups lookups = ShippedAirs.Lookups(name);
        int least = lookups.Graph.Shape.Periodic.Select(column => BitOperations.Log2((uint)column.Length)).DefaultIfEmpty(0).Max();
        int rows = Math.Max(least, lookups.Graph.Shape.Width > 400 ? 3 : 5);
        Check<Field31<KoalaBear>, KoalaBear4>(lookups, rows, isHiding: false, logChunks: 1, logBlowup: 1);
        Check<Field31<KoalaBear>, KoalaBear4>(lookups, rows, isHiding: true, logChunks: 2, logBlowup: 1);
    }

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(0, true, 1)]
    [InlineData(3, true, 3)]
    [InlineData(7, false, 2)]
    public void Evaluate_InEveryField_IsTheHosts(int rows, bool isHiding, int logChunks)
    {
        TableLookups lookups = LookupPlan.Of([ConstraintGraph.Of(new EverythingAir(Math.Min(rows, 3)))]).Tables[0];
        Check<Field31<KoalaBear>, KoalaBear4>(lookups, rows, isHiding, logChunks, 1);
        Check<Field31<KoalaBear>, KoalaBear5>(lookups, rows, isHiding, logChunks, 1);
        Check<Field31<KoalaBear>, KoalaBear6>(lookups, rows, isHiding, logChunks, 1);
        Check<Field31<KoalaBear>, KoalaBear8>(lookups, rows, isHiding, logChunks, 2);
        Check<Field31<BabyBear>, BabyBear4>(lookups, rows, isHiding, logChunks, 1);
    }

    [Fact]
    public void Evaluate_OfAProgramWhoseKernelsAreLoaded_UsesThem()
    {
        TestDevice.RequireEmulated();
        TableLookups lookups = ShippedAirs.Lookups("sha256");
        TableQuotient<Field31<KoalaBear>, KoalaBear4> table = Table<Field31<KoalaBear>, KoalaBear4>(lookups, 6, isHiding: false, 1);
        using CudaDevice device = TestDevice.OpenAsSet();
        using DeviceSession session = new(device, 8 << 20);
        using DeviceMatrix main = DeviceMatrix.Allocate(session, 6, 1, lookups.Graph.Shape.Width, "test"), lookup = DeviceMatrix.Allocate(session, 6, 1, lookups.Columns * 4, "test");
        session.Clear(main.Values, 0, main.Values.Bytes);
        session.Clear(lookup.Values, 0, lookup.Values.Bytes);
        long few = Launches(TapeExecution.Fitting), many = Launches(TapeExecution.Generated);
        Assert.True(many > few);
        Assert.Equal(many, Launches(TapeExecution.Fitting));
        Assert.Equal(few, Launches(TapeExecution.Interpreted));

        long Launches(TapeExecution execution)
        {
            long before = EmulatedDriver.Count(0);
            new DeviceQuotient<Field31<KoalaBear>, KoalaBear4>(session, execution).Evaluate(table, new(main, null, lookup), (_, _) => throw new InvalidOperationException()).Dispose();
            return EmulatedDriver.Count(0) - before;
        }
    }

    [Fact]
    public void Evaluate_WrongShapes_AreRefused()
    {
        TableLookups lookups = ShippedAirs.Lookups("everything");
        TableQuotient<Field31<KoalaBear>, KoalaBear4> table = Table<Field31<KoalaBear>, KoalaBear4>(lookups, 3, isHiding: false, 1);
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1 << 20);
        DeviceQuotient<Field31<KoalaBear>, KoalaBear4> quotient = new(session);
        DeviceMatrix main = Matrix(3, 5), preprocessed = Matrix(3, 2), lookup = Matrix(3, lookups.Columns * 4);
        Refused(new(Matrix(3, 4), preprocessed, lookup));
        Refused(new(Matrix(4, 5), preprocessed, lookup));
        Refused(new(main, null, lookup));
        Refused(new(main, preprocessed, preprocessed));
        Assert.Throws<ArgumentException>(() => quotient.Evaluate(Table<Field31<KoalaBear>, KoalaBear4>(lookups, 2, isHiding: true, 1), new(main, preprocessed, lookup), (_, _) => main));

        void Refused(QuotientColumns columns) => Assert.Throws<ArgumentException>(() => quotient.Evaluate(table, columns, (_, _) => main));

        DeviceMatrix Matrix(int logRows, int width) => DeviceMatrix.Allocate(session, logRows, 1, width, "test");
    }

    private static TableQuotient<TField, TParameters> Table<TField, TParameters>(TableLookups lookups, int logRows, bool isHiding, int logChunks)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField> => new()
        {
            Tape = new(lookups),
            LogRows = logRows,
            LogDegree = logRows + (isHiding ? 1 : 0),
            LogChunks = logChunks,
            Main = default,
            PublicValues = Draw.Elements<TField>(lookups.Graph.Shape.PublicValues, 3),
            Gamma = Draw.Challenge<TField, TParameters>(4),
            Alpha = Draw.Challenge<TField, TParameters>(5),
            Beta = Draw.Challenge<TField, TParameters>(6),
            Terminal = Draw.Challenge<TField, TParameters>(7),
        };

    private static void Check<TField, TParameters>(TableLookups lookups, int logRows, bool isHiding, int logChunks, int logBlowup)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        Check<TField, TParameters>(lookups, logRows, isHiding, logChunks, logBlowup, TapeExecution.Interpreted);
        Check<TField, TParameters>(lookups, logRows, isHiding, logChunks, logBlowup, TapeExecution.Generated);
    }

    private static void Check<TField, TParameters>(TableLookups lookups, int logRows, bool isHiding, int logChunks, int logBlowup, TapeExecution execution)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        TableQuotient<TField, TParameters> table = Table<TField, TParameters>(lookups, logRows, isHiding, logChunks);
        int logBlock = table.LogDegree, block = 1 << logBlock, size = 1 << (logRows + logChunks), degree = TParameters.Degree;
        int[] widths = [lookups.Graph.Shape.Width, lookups.Graph.Shape.PreprocessedWidth, lookups.Columns * degree];
        // The columns on all blocks of the domain, of which the device has the first ones as if they were committed.
        int all = Math.Max(size, block << logBlowup);
        TField[][] columns = [.. widths.Select((width, i) => Draw.Elements<TField>(width * all, 20 + i))];
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 64 << 20);
        DeviceMatrix?[] matrices = [.. columns.Select((values, i) => widths[i] == 0 ? null : Upload(values, 0, logBlowup))];
        int continued = 0;
        using DeviceMatrix quotient = new DeviceQuotient<TField, TParameters>(session, execution).Evaluate(table, new(matrices[0]!, matrices[1], matrices[2]), (matrix, number) =>
        {
            continued++;
            return Upload(columns[Array.IndexOf(matrices, matrix)], number << logBlock, 0);
        });
        Assert.Equal(Math.Max(0, size / block - (1 << logBlowup)) * matrices.Count(matrix => matrix is not null), continued);
        var got = new TField[degree * size];
        session.Read(quotient.Values, 0, got.AsSpan());
        var expected = new TField[degree * size];
        for (int i = 0; i < size / block; i++)
        {
            QuotientTask<TField, TParameters> task = new()
            {
                Tape = table.Tape,
                LogRows = logRows,
                LogBlock = logBlock,
                Shift = DomainPoints<TField>.BlockShift(logBlock, i) * TField.MultiplicativeGenerator,
                Main = On(0),
                Preprocessed = On(1),
                Lookup = On(2),
                PublicValues = table.PublicValues,
                Gamma = table.Gamma,
                Alpha = table.Alpha,
                Beta = table.Beta,
                Terminal = table.Terminal,
            };
            QuotientEvaluator.Evaluate(task, expected.AsMemory(i << logBlock), new(degree, size), 1, TestContext.Current.CancellationToken);

            ColumnBlock<TField> On(int which) => widths[which] == 0 ? default : new(new ColumnMemory<TField>(columns[which], new(widths[which], all)), i << logBlock);
        }
        Assert.Equal(expected, got);
        // All but the quotient and the matrices has been given back.
        Assert.Equal(quotient.Values.Bytes + matrices.Sum(matrix => matrix?.Values.Bytes ?? 0), session.Used);

        DeviceMatrix Upload(TField[] values, int first, int logBlowup)
        {
            int width = values.Length / all, length = block << logBlowup;
            DeviceMatrix matrix = DeviceMatrix.Allocate(session, logBlock, logBlowup, width, "test");
            for (int c = 0; c < width; c++) session.Write<TField>(matrix.Values, c * matrix.Stride * DeviceMatrix.ElementSize, values.AsSpan(c * all + first, length));
            return matrix;
        }
    }
}
