using System.Buffers;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Sampling;

public class LightClientTests
{
    [Fact]
    public async Task SampleAsync_HonestSource_ReachesTheConfidenceWithTheFewestSamples()
    {
        ExtendedSquare square = TestSquares.Full(16);
        var seen = new List<SampleReport>();
        var client = new LightClient(square.Header, TestSquares.Seed(1));
        SamplingResult result = await client.SampleAsync(new LocalShareSource(square), 0.999, new Recorder<SampleReport>(seen));
        Assert.True(result.IsAvailable);
        Assert.Equal(SamplingConfidence.SamplesNeeded(16, 0.999), result.Accepted);
        Assert.True(result.Confidence >= 0.999);
        Assert.Null(result.Failure);
        Assert.Equal(result.Accepted, seen.Count);
        Assert.Equal(seen.Select(report => report.Confidence).Order(), seen.Select(report => report.Confidence));

        // More confidence later costs only the difference.
        result = await client.SampleAsync(new LocalShareSource(square), 0.99999);
        Assert.Equal(SamplingConfidence.SamplesNeeded(16, 0.99999), result.Accepted);
    }

    [Fact]
    public async Task SampleAsync_FailedCell_IsAskedAgainFromAnotherSource()
    {
        ExtendedSquare square = TestSquares.Full(4);
        var client = new LightClient(square.Header, TestSquares.Seed(2));
        Assert.True(client.Sampler.TryNext(out CellCoordinate first));
        var honest = new LocalShareSource(square);
        SamplingResult result = await client.SampleAsync(new WithholdingShareSource(honest, cell => cell == first), 0.9);
        Assert.False(result.IsAvailable);
        Assert.Equal((first, SampleOutcome.Missing), (result.Failure!.Value.Coordinate, result.Failure.Value.Outcome));
        result = await client.SampleAsync(honest, 0.9);
        Assert.True(result.IsAvailable);
        Assert.Equal(first, client.Sampler.Accepted[0].Coordinate);
    }

    /// <summary>
    /// 3000 clients take 4 samples each of a square of 64 cells of which the least unrecoverable set, 25 cells, is withheld.
    /// Each is deceived with C(39,4)/C(64,4) = 12.95 %: 388 ± 18.4; the bounds are 5 deviations wide.
    /// </summary>
    [Fact]
    public async Task SampleAsync_UnrecoverableSquare_IsCaughtAtThePredictedRate()
    {
        ExtendedSquare square = TestSquares.Full(4);
        var source = new WithholdingShareSource(new LocalShareSource(square), cell => cell.Row < 5 && cell.Column < 5);
        double target = SamplingConfidence.Confidence(4, 4);
        int deceived = 0;
        for (int i = 0; i < 3000; i++)
        {
            SamplingResult result = await new LightClient(square.Header, TestSquares.Seed(i)).SampleAsync(source, target);
            if (result.IsAvailable) deceived++;
        }
        double expected = 3000 * SamplingConfidence.MissProbability(4, 4);
        Assert.Equal(388.4, expected, 0.5);
        Assert.InRange(deceived, expected - 92, expected + 92);
    }

    [Fact]
    public async Task SampleAsync_SourceFaults_BecomeOutcomes()
    {
        await Expect(SampleOutcome.Failed, (_, _) => throw new IOException("cable"));
        await Expect(SampleOutcome.Failed, (_, _) => throw new OperationCanceledException());
        await Expect(SampleOutcome.TimedOut, (_, _) => throw new TimeoutException());
        await Expect(SampleOutcome.Failed, (_, _) => ValueTask.FromResult(ShareStatus.Failed));
        await Expect(SampleOutcome.Malformed, (_, _) => ValueTask.FromResult(ShareStatus.Served));
        await Expect(SampleOutcome.Malformed, (output, _) => { output.Write(new byte[200_000]); return ValueTask.FromResult(ShareStatus.Served); });

        static async Task Expect(SampleOutcome outcome, Func<IBufferWriter<byte>, CancellationToken, ValueTask<ShareStatus>> answer)
        {
            SamplingResult result = await new LightClient(TestSquares.Full(2).Header, TestSquares.Seed(1)).SampleAsync(new ScriptedSource(answer), 0.5);
            Assert.Equal(outcome, result.Failure!.Value.Outcome);
        }
    }

    [Fact]
    public async Task SampleAsync_SilentSource_TimesOutByTheGivenClock()
    {
        var time = new VirtualTime();
        CancellationToken seen = default;
        var source = new ScriptedSource((_, token) => { seen = token; return new ValueTask<ShareStatus>(new TaskCompletionSource<ShareStatus>().Task); });
        var client = new LightClient(TestSquares.Full(2).Header, TestSquares.Seed(1), time) { Timeout = TimeSpan.FromSeconds(3) };
        Task<SamplingResult> sampling = client.SampleAsync(source, 0.5);
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(sampling.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        SamplingResult result = await sampling;
        Assert.Equal(SampleOutcome.TimedOut, result.Failure!.Value.Outcome);
        Assert.True(seen.IsCancellationRequested);
    }

    [Fact]
    public async Task SampleAsync_Cancelled_Throws()
    {
        using var cancel = new CancellationTokenSource();
        var source = new ScriptedSource((_, _) => { cancel.Cancel(); return new ValueTask<ShareStatus>(new TaskCompletionSource<ShareStatus>().Task); });
        var client = new LightClient(TestSquares.Full(2).Header, TestSquares.Seed(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SampleAsync(source, 0.5, null, cancel.Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.SampleAsync(source, 1.5));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(0, 4)]
    [InlineData(-1, 0)]
    public async Task LocalShareSource_NoSuchCell_IsMissing(int row, int column)
    {
        ExtendedSquare square = TestSquares.Full(2);
        var output = new ArrayBufferWriter<byte>();
        var source = new LocalShareSource(square);
        Assert.Equal(ShareStatus.Missing, await source.FetchAsync(new ShareRequest(square.DataRoot.ToArray(), row, column), output, default));
        Assert.Equal(ShareStatus.Missing, await source.FetchAsync(new ShareRequest(new byte[32], 0, 0), output, default));
        Assert.Equal(0, output.WrittenCount);
    }

    private sealed class ScriptedSource(Func<IBufferWriter<byte>, CancellationToken, ValueTask<ShareStatus>> answer) : IShareSource
    {
        public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken) => answer(share, cancellationToken);
    }
}
