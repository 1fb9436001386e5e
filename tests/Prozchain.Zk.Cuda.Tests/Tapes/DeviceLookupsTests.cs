using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Cuda.Tests.Tapes;

/// <summary>Lookup columns from the device against the host's, on traces of random values.</summary>
[Collection(nameof(DeviceTests))]
public sealed class DeviceLookupsTests
{
    [Theory]
    [InlineData("range bytes", 4)]
    [InlineData("byte range", 5)]
    [InlineData("byte table", 5)]
    [InlineData("words", 3)]
    [InlineData("poseidon2 on its bus", 3)]
    public void TryGenerate_OfAShippedAir_IsTheHosts(string name, int logRows) => Check<Field31<KoalaBear>, KoalaBear4>(ShippedAirs.Lookups(name), logRows);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(12)]
    public void TryGenerate_InEveryField_IsTheHosts(int logRows)
    {
        TableLookups lookups = LookupPlan.Of([ConstraintGraph.Of(new EverythingAir(Math.Min(3, logRows)))]).Tables[0];
        Check<Field31<KoalaBear>, KoalaBear4>(lookups, logRows);
        Check<Field31<BabyBear>, BabyBear4>(lookups, logRows);
        if (logRows > 7) return;
        Check<Field31<KoalaBear>, KoalaBear5>(lookups, logRows);
        Check<Field31<KoalaBear>, KoalaBear6>(lookups, logRows);
        Check<Field31<KoalaBear>, KoalaBear8>(lookups, logRows);
    }

    [Fact]
    public void TryGenerate_OfMoreSlotsThanSharedMemoryHolds_IsTheHosts()
    {
        TableLookups lookups = LookupPlan.Of([ConstraintGraph.Of(new CrowdedAir())]).Tables[0];
        Assert.True(LoweredTape.Of(new AirTape<Field31<KoalaBear>>(lookups).Fractions, 0, 8).Slots > 256);
        Check<Field31<KoalaBear>, KoalaBear8>(lookups, 3);
        Check<Field31<KoalaBear>, KoalaBear8>(lookups, 8);
    }

    [Fact]
    public void TryGenerate_OfAMessageOfValueZero_IsFalse()
    {
        TableLookups lookups = LookupPlan.Of([ConstraintGraph.Of(new ByteRangeAir())]).Tables[0];
        Trace<Field31<KoalaBear>> main = new(lookups.Graph.Shape.Width, 256), preprocessed = new(lookups.Graph.Shape.PreprocessedWidth, 256);
        for (int row = 0; row < 256; row++) preprocessed[0, row] = Field31<KoalaBear>.FromUInt32((uint)row);
        var destination = new Field31<KoalaBear>[lookups.Columns * 4 * 256];
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 8 << 20);
        // alpha + byte + beta (bus + 1), with beta = 1 and bus 0, is zero for the byte 77.
        foreach ((uint negative, bool expected) in new[] { (78u, false), (300u, true) })
        {
            Extension<Field31<KoalaBear>, KoalaBear4> alpha = Extension<Field31<KoalaBear>, KoalaBear4>.FromBase(-Field31<KoalaBear>.FromUInt32(negative)), one = Extension<Field31<KoalaBear>, KoalaBear4>.One;
            AirTape<Field31<KoalaBear>> tape = new(lookups);
            ColumnLayout layout = new(lookups.Columns * 4, 256);
            Assert.Equal(expected, LookupColumns.TryGenerate(tape, main, preprocessed, default, alpha, one, destination, layout, out _, cancellation: TestContext.Current.CancellationToken));
            Assert.Equal(expected, new DeviceLookups<Field31<KoalaBear>, KoalaBear4>(session).TryGenerate(tape, main, preprocessed, default, alpha, one, destination, layout, out _));
            Assert.Equal(0, session.Used);
        }
    }

    private static void Check<TField, TParameters>(TableLookups lookups, int logRows)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        AirShape shape = lookups.Graph.Shape;
        int height = 1 << logRows, stride = height + 5;
        Trace<TField> main = Columns(shape.Width, 1);
        Trace<TField>? preprocessed = shape.PreprocessedWidth == 0 ? null : Columns(shape.PreprocessedWidth, 2);
        TField[] publicValues = Draw.Elements<TField>(shape.PublicValues, 3);
        AirTape<TField> tape = new(lookups);
        Extension<TField, TParameters> alpha = Draw.Challenge<TField, TParameters>(4), beta = Draw.Challenge<TField, TParameters>(5);
        ColumnLayout layout = new(lookups.Columns * TParameters.Degree, stride);
        TField[] expected = new TField[layout.Count * stride], got = new TField[layout.Count * stride];
        Assert.True(LookupColumns.TryGenerate(
            tape, main, preprocessed, publicValues, alpha, beta, expected, layout, out Extension<TField, TParameters> expectedTerminal, cancellation: TestContext.Current.CancellationToken));
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 64 << 20);
        foreach (TapeExecution execution in (ReadOnlySpan<TapeExecution>)[TapeExecution.Fitting, TapeExecution.Generated])
        {
            got.AsSpan().Clear();
            Assert.True(new DeviceLookups<TField, TParameters>(session, execution).TryGenerate(
                tape, main, preprocessed, publicValues, alpha, beta, got, layout, out Extension<TField, TParameters> terminal));
            Assert.Equal(expected, got);
            Assert.Equal(expectedTerminal, terminal);
            Assert.Equal(0, session.Used);
        }

        Trace<TField> Columns(int width, int seed) =>
            Trace<TField>.Borrow(Enumerable.Range(0, width).Select(column => (Memory<TField>)Draw.Elements<TField>(height, 100 * seed + column)));
    }
}
