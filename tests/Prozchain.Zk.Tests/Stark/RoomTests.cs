using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Traces that are extended where they lie.</summary>
public sealed class RoomTests
{
    private static readonly StarkProverOptions s_overwrite = new() { OverwriteTraces = true };

    private static void Fill(Trace<F> trace)
    {
        Trace<F> rows = FibonacciAir.Generate<F>(F.Zero, F.One, trace.Height);
        for (int i = 0; i < trace.Width; i++) rows.Column(i).CopyTo(trace.Column(i));
    }

    private static F[] Publics(int height) => [F.Zero, F.One, FibonacciAir.Generate<F>(F.Zero, F.One, height)[1, height - 1]];

    /// <summary>The memory serves the next proof, after one that was cancelled too, and its bytes are those of any trace.</summary>
    [Fact]
    public void FilledAgain()
    {
        StarkKey<F> key = PitfallCase.Key([new FibonacciAir()]);
        Trace<F> trace = Trace<F>.WithRoom(2, 256, key.Parameters.LogBlowup);
        byte[] expected = StarkProver.Prove(key, [FibonacciAir.Generate<F>(F.Zero, F.One, 256)], [Publics(256)]).Messages.ToArray();
        for (int i = 0; i < 12; i++)
        {
            Fill(trace);
            using CancellationTokenSource source = new();
            Cancel progress = new(source, (StarkStage)(i / 2));
            try
            {
                StarkProver.Prove(key, [trace], [Publics(256)], s_overwrite, i % 2 == 0 ? progress : null, cancellation: source.Token);
            }
            catch (OperationCanceledException)
            {
            }
            Fill(trace);
            Assert.Equal(expected, StarkProver.Prove(key, [trace], [Publics(256)], s_overwrite).Messages.ToArray());
        }
    }

    /// <summary>A trace that two tables share is extended for both.</summary>
    [Fact]
    public void OneTraceOfTwoTables()
    {
        StarkKey<F> key = PitfallCase.Key([new FibonacciAir(), new FibonacciAir()]);
        Trace<F> trace = Trace<F>.WithRoom(2, 256, key.Parameters.LogBlowup);
        Fill(trace);
        F[][] publics = [Publics(256), Publics(256)];
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publics, StarkProver.Prove(key, [trace, trace], publics, s_overwrite)));
    }

    /// <summary>A table in several arrays, the last with a single column or with a few, gives the bytes of one in one piece.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(100)]
    public void SeveralArrays(int columns)
    {
        Poseidon2Air<KoalaBear> air = new(1);
        StarkKey<F> key = PitfallCase.Key([air]);
        Trace<F> rows = air.Generate(FieldTools.Elements<F>(16 << 6, 3));
        byte[] expected = StarkProver.Prove(key, [rows], [[]]).Messages.ToArray();
        int logBlowup = key.Parameters.LogBlowup, stride = ColumnLayout.PaddedStride(rows.Height << logBlowup);
        Trace<F> trace = Trace<F>.WithRoom(rows.Width, rows.Height, logBlowup, columns * stride);
        Assert.Equal((rows.Width + columns - 1) / columns, trace.Room!.Memory.Segments);
        for (int i = 0; i < rows.Width; i++) rows.Column(i).CopyTo(trace.Column(i));
        Assert.Equal(expected, StarkProver.Prove(key, [trace], [[]], s_overwrite with { MaxDegreeOfParallelism = 2 }).Messages.ToArray());
    }

    [Fact]
    public void ColumnsBeyondAnArrayAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Trace<F>.WithRoom(1, 1 << 30, 1));
        Assert.Throws<ArgumentException>(() => Trace<F>.WithRoom(2, 64, 1, 100));
    }

    private sealed class Cancel(CancellationTokenSource source, StarkStage at) : IProgress<StarkProgress>
    {
        public void Report(StarkProgress value)
        {
            if (value.Stage == at) source.Cancel();
        }
    }
}
