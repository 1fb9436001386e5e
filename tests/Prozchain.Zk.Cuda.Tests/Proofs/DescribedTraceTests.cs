using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Cuda.Tests.Backend;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Stark;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>A trace that the device makes gives the proof of one that is brought to it.</summary>
[Collection(nameof(DeviceTests))]
public sealed class DescribedTraceTests
{
    [Theory]
    [InlineData(3, 1)]
    [InlineData(40, 2)]
    public void Poseidon2(int count, int permutations)
    {
        Alone<KoalaBear, KoalaBear4>(count, permutations);
        Alone<BabyBear, BabyBear4>(count, permutations);
    }

    [Fact]
    public void Keccak()
    {
        KeccakInput[] inputs = [new(Enumerable.Range(0, 25).Select(i => 0x9E3779B97F4A7C15UL * (ulong)i).ToArray(), 0)];
        Compare<F>([new KeccakAir(isAlone: true)], [KeccakInput.Generate<F>(inputs)], () => [KeccakInput.Describe<F>(inputs)]);
    }

    /// <summary>The lookup columns come from a trace that is made once more.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OnABus(bool hiding)
    {
        BusCase statement = new();
        Compare<F>(statement.Airs, statement.Traces(isDescribed: false), () => statement.Traces(isDescribed: true), hiding);
    }

    /// <summary>Lookup columns of a trace that is made beside them, or on the host.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lookups(bool onDevice)
    {
        Poseidon2Air<KoalaBear> air = new(1, onBus: true);
        F[] inputs = new Samples<F, KoalaBear4>(3).Elements(16 * 256), challenges = new Samples<F, KoalaBear4>(4).Elements(8);
        Extension<F, KoalaBear4> alpha = Extension<F, KoalaBear4>.FromCoefficients(challenges.AsSpan(0, 4)), beta = Extension<F, KoalaBear4>.FromCoefficients(challenges.AsSpan(4));
        StarkTable<F> table = StarkKey<F>.TablesOf([air], false, out _)[0];
        Trace<F> described = air.Describe(inputs);
        ColumnLayout layout = new(table.Lookups.Columns * 4, described.Height);
        F[] expected = new F[layout.Count * layout.Stride], got = new F[expected.Length];
        Assert.True(LookupColumns.TryGenerate(table.Tape, air.Generate(inputs), null, default, alpha, beta, expected, layout, out Extension<F, KoalaBear4> sum));
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 4L * 3 * described.Width * described.Height);
        Assert.True(new DeviceLookups<F, KoalaBear4>(session, makesTraces: onDevice).TryGenerate(table.Tape, described, null, default, alpha, beta, got, layout, out Extension<F, KoalaBear4> gotSum));
        Assert.Equal(expected, got);
        Assert.Equal(sum, gotSum);
        Assert.Equal(onDevice, described.Source is not null);
        int logRows = System.Numerics.BitOperations.Log2((uint)described.Height);
        long reckoned = 4L * expected.Length + TapeRunner<F, KoalaBear4>.Bytes(table.Tape.Fractions, 0, logRows, 2 * table.Lookups.Groups.Count)
            + TraceUpload<F>.Bytes(LoweredTape.Of(table.Tape.Fractions, 0, 4), table.Shape, logRows, described.Source);
        Assert.InRange(session.Peak, reckoned * 3 / 4, reckoned);
    }

    /// <summary>All stays on the device but a trace for lookups, so the host makes it.</summary>
    [Fact]
    public void OnABus_WithoutRoomForATrace()
    {
        BusCase statement = new();
        Trace<F>[] described = statement.Traces(isDescribed: true);
        byte[] expected = StarkProver.Prove(statement.Key(), statement.Traces(isDescribed: false), [[], []]).Messages.ToArray();
        using (CudaDevice device = TestDevice.Open())
        {
            PlannedBackend backend = new(device, new(IsResident: true, 0, 1 << 16));
            Assert.Equal(expected, StarkProver.Prove(statement.Key(), described, [[], []], new() { Backend = backend }).Messages.ToArray());
            Assert.Null(described[0].Source);
            if (!TestDevice.IsReal) Assert.InRange(EmulatedDriver.Count(3), backend.Bytes / 3, backend.Bytes);
        }
        if (!TestDevice.IsReal) Assert.Equal(0, EmulatedDriver.Outstanding());
    }

    /// <summary>Only inputs go to the device, until somebody looks at the trace here.</summary>
    [Fact]
    public void Bytes_ThatAreCopied_AreThoseOfTheInputs()
    {
        TestDevice.RequireEmulated();
        const int Count = 256;
        Poseidon2Air<KoalaBear> air = new(1);
        F[] inputs = new Samples<F, KoalaBear4>(3).Elements(16 * Count);
        StarkKey<F> key = Key<F>([air], 8, false);
        Trace<F> filled = air.Generate(inputs), described = air.Describe(inputs);
        using CudaDevice device = TestDevice.OpenAsSet();
        (byte[] expected, long all) = Prove(filled, false);
        (byte[] proof, long few) = Prove(described, false);
        Assert.Equal(expected, proof);
        // The constants of permutations besides.
        long trace = 4L * filled.Width * filled.Height, given = 4L * inputs.Length;
        Assert.InRange(all - few, trace - given - 1024, trace - given);
        (proof, long again) = Prove(described, true);
        Assert.Equal(expected, proof);
        Assert.Equal(all, again);
        Assert.Null(described.Source);

        (byte[] Proof, long Copied) Prove(Trace<F> of, bool check)
        {
            long before = EmulatedDriver.Count(1);
            byte[] made = StarkProver.Prove(key, [of], [[]], new StarkProverOptions { CheckTraces = check }.WithCuda(device)).Messages.ToArray();
            return (made, EmulatedDriver.Count(1) - before);
        }
    }

    private static void Alone<TParameters, TExtension>(int count, int permutations)
        where TParameters : struct, IField31Parameters
        where TExtension : unmanaged, IExtensionParameters<Field31<TParameters>>
    {
        Poseidon2Air<TParameters> air = new(permutations);
        Field31<TParameters>[] inputs = new Samples<Field31<TParameters>, TExtension>(count).Elements(16 * count);
        Compare<Field31<TParameters>>([air], [air.Generate(inputs)], () => [air.Describe(inputs)]);
    }

    private static StarkKey<TField> Key<TField>(IAir[] airs, int logRows, bool hiding) where TField : unmanaged, ITwoAdicField<TField> =>
        StarkKey.Create<TField>(airs, StarkParameters.ForBenchmark(StarkKey.ShapeOf<TField>(airs, logRows, logRows, hiding), 4, 1, 20, default, 2, 0));

    private static void Compare<TField>(IAir[] airs, Trace<TField>[] filled, Func<Trace<TField>[]> describe, bool hiding = false) where TField : unmanaged, ITwoAdicField<TField>
    {
        StarkKey<TField> key = Key<TField>(airs, System.Numerics.BitOperations.Log2((uint)filled.Max(trace => trace.Height)), hiding);
        TField[][] publics = [.. airs.Select(_ => Array.Empty<TField>())];
        byte[] expected = Prove(filled, null);
        Trace<TField>[] described = describe();
        Assert.Equal(expected, Prove(described, null));
        using (CudaDevice device = TestDevice.Open())
        {
            described = describe();
            Assert.Equal(expected, Prove(described, device));
            // Nobody asked for a cell on the host. What hides is made there.
            Assert.Equal(hiding, described[0].Source is null);
        }
        if (!TestDevice.IsReal) Assert.Equal(0, EmulatedDriver.Outstanding());

        byte[] Prove(Trace<TField>[] traces, CudaDevice? device)
        {
            using SeededGenerator randomness = new(7);
            StarkProverOptions options = new() { Randomness = randomness };
            return StarkProver.Prove(key, traces, publics, device is null ? options : options.WithCuda(device)).Messages.ToArray();
        }
    }
}
