using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Airs;
using Prozchain.Zk.Tests.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Air;

/// <summary>Traces that are made where they are needed are those that are made at once.</summary>
public sealed class DescribedTraceTests
{
    private static readonly Poseidon2Air<KoalaBear> s_air = new(3);
    private static readonly F[] s_inputs = FieldTools.Elements<F>(16 * 3 * 200, 5);

    [Fact]
    public void CellsOnFirstAccess()
    {
        Poseidon2Air<KoalaBear> onBus = new(2, onBus: true);
        uint[] asked = [.. Enumerable.Range(0, 600).Select(i => (uint)i)];
        Same(s_air.Generate(s_inputs), s_air.Describe(s_inputs));
        Same(s_air.Generate(s_inputs), s_air.Describe(s_inputs, 3));
        Same(onBus.Generate(s_inputs, 1, asked), onBus.Describe(s_inputs, 2, asked));
        Same(s_air.Generate(default), s_air.Describe(default));
        var random = new SeededRandom(4);
        KeccakInput[] inputs = [.. Enumerable.Range(0, 30).Select(_ => AirCases.Keccak(random))];
        Same(KeccakInput.Generate<F>(inputs), KeccakInput.Describe<F>(inputs, 2));
        Same(KeccakInput.Generate<F>([]), KeccakInput.Describe<F>(default));
        Assert.Equal(32, KeccakInput.Describe<F>(default).Height);
        Blake3Compression[] blake3 = [AirCases.Blake3(random), AirCases.Blake3(random)];
        Same(Blake3Compression.Generate<F>(blake3, 5), Blake3Compression.Describe<F>(blake3, 5));
        Sha256Compression[] sha256 = [.. Enumerable.Range(0, 3).Select(_ => new Sha256Compression(AirCases.Words(random, 8), AirCases.Words(random, 16), 7))];
        Same(Sha256Compression.Generate<F>(sha256), Sha256Compression.Describe<F>(sha256, 2));
    }

    /// <summary>Of work that is cancelled nothing is left, and the trace is made later.</summary>
    [Fact]
    public void CancelledMaking()
    {
        Trace<F> trace = s_air.Describe(s_inputs);
        Assert.ThrowsAny<OperationCanceledException>(() => trace.Make(2, new CancellationToken(canceled: true)));
        Assert.NotNull(trace.Source);
        trace.Make(2, default);
        Assert.Null(trace.Source);
        Same(s_air.Generate(s_inputs), trace);
        trace.Make(2, new CancellationToken(canceled: true));
    }

    [Fact]
    public void SourcesWriteEveryCell()
    {
        Dirty(new Poseidon2Source<KoalaBear>(3, onBus: true, s_inputs.AsMemory(0, 16 * 10), default));
        Dirty(new KeccakSource<F>(new KeccakInput[] { new(new ulong[25], 3) }));
        Dirty(new Blake3Source<F>(new Blake3Compression[] { new(new uint[8], new uint[16], 1, 2, 3, 4) }, 5));
        Dirty(new Sha256Source<F>(new Sha256Compression[] { new(new uint[8], new uint[16], 3), new(new uint[8], new uint[16], 3) }));

        static void Dirty(TraceSource<F> source)
        {
            Trace<F> expected = new(source.Width, source.Height), dirty = new(source.Width, source.Height);
            for (int i = 0; i < dirty.Width; i++) dirty.Column(i).Fill(-F.One);
            source.Fill(expected, 1, default);
            source.Fill(dirty, 2, default);
            Same(expected, dirty);
        }
    }

    /// <summary>Each way of accessing it makes the trace, once; what is written then stays.</summary>
    [Fact]
    public void AccessMakesIt()
    {
        Trace<F> expected = s_air.Generate(s_inputs), trace = s_air.Describe(s_inputs);
        Assert.Equal((expected.Width, expected.Height, true), (trace.Width, trace.Height, trace.IsOwned));
        Assert.NotNull(trace.Source);
        trace[3, 7] += F.One;
        Assert.Null(trace.Source);
        Assert.Equal(expected[3, 7] + F.One, trace[3, 7]);
        F[] row = new F[trace.Width];
        trace = s_air.Describe(s_inputs);
        trace.CopyRow(5, row);
        Assert.Equal(expected[1, 5], row[1]);
        trace = s_air.Describe(s_inputs);
        Parallel.For(0, 64, i => Assert.Equal(expected[i, i], trace[i, i]));
        Assert.Throws<IndexOutOfRangeException>(() => _ = s_air.Describe(s_inputs)[-1, 0]);
    }

    /// <summary>Within every budget the proof is that of a trace that is there, and one that has room for all makes no trace besides.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 2)]
    public void SameProof(bool hiding, int threads)
    {
        StarkKey<F> key = StarkKey.Create<F>([s_air], StarkParameters.ForBenchmark(StarkKey.ShapeOf<F>([s_air], 8, 8, hiding), 4, 1, 24, default, 2, 0));
        byte[] expected = Prove(s_air.Generate(s_inputs), long.MaxValue);
        foreach (MemoryPlan way in MemoryPlan.Ways(key, new ProofLayout<F>(key, [8]), [false], threads))
        {
            Trace<F> trace = s_air.Describe(s_inputs);
            Assert.Equal(expected, Prove(trace, way.Bytes));
            Assert.Equal(hiding || !way.IsKept, trace.Source is null);
        }
        Trace<F> overwritten = s_air.Describe(s_inputs);
        for (int i = 0; i < 2 && !hiding; i++) Assert.Equal(expected, Prove(overwritten, long.MaxValue, overwrite: true));
        Trace<F> one = s_air.Describe(s_inputs), other = s_air.Describe(s_inputs);
        Assert.Equal(expected, Prove(one, long.MaxValue, check: true));
        other[40, 9] += F.One;
        Assert.Throws<InvalidTraceException>(() => Prove(other, long.MaxValue, check: true));
        Assert.Throws<InvalidTraceException>(() => Prove(other, long.MaxValue));

        byte[] Prove(Trace<F> trace, long budget, bool check = false, bool overwrite = false)
        {
            using SeededGenerator randomness = new(3);
            return StarkProver.Prove(key, [trace], [[]], new()
            {
                MemoryBudget = budget,
                MaxDegreeOfParallelism = threads,
                Randomness = randomness,
                CheckTraces = check,
                OverwriteTraces = overwrite,
            }).Messages.ToArray();
        }
    }

    [Fact]
    public void ShapesAreRefusedAtOnce()
    {
        Assert.Throws<ArgumentException>(() => s_air.Describe(new F[17]));
        Assert.Throws<ArgumentException>(() => s_air.Describe(new F[16], 1, new uint[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_air.Describe(new F[16], 0));
        Assert.Throws<ArgumentException>(() => KeccakInput.Describe<F>(new KeccakInput[] { new(new ulong[24]) }));
        Assert.Throws<ArgumentException>(() => Blake3Compression.Describe<F>(new Blake3Compression[] { new(new uint[7], new uint[16], 0, 0, 0) }));
        Assert.Throws<ArgumentException>(() => Sha256Compression.Describe<F>(new Sha256Compression[] { new(new uint[8], new uint[15]) }));
    }

    private static void Same(Trace<F> expected, Trace<F> got)
    {
        Assert.Equal((expected.Width, expected.Height), (got.Width, got.Height));
        for (int i = 0; i < expected.Width; i++) Assert.True(expected.Column(i).SequenceEqual(got.Column(i)), $"Column {i}.");
    }
}
