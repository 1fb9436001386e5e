using System.Buffers;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Wire;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>Server and client of the sample protocol over pipes in memory.</summary>
public class SampleProtocolTests
{
    private static readonly ExtendedSquare s_square = TestSquares.Full(8, cellSize: 512);

    [Fact]
    public async Task LightClient_KnowsOnlyTheDataRoot_FindsTheHeaderAndSamples()
    {
        var local = new LocalShareSource(s_square, TestSquares.Full(2));
        var server = new SampleServer(local, local) { Announced = [s_square.DataRoot.ToArray()] };
        (Duplex near, Duplex far) = Duplex.Pair();
        Task<ConnectionEnd> serving = server.ServeAsync(far);
        await using (var remote = new RemoteShareSource(near))
        {
            Assert.Equal(s_square.DataRoot.ToArray(), Assert.Single(await remote.Announced).ToArray());
            HeaderResult found = await new HeaderSearch().FindAsync([remote], s_square.DataRoot.ToArray());
            Assert.Equal(HeaderOutcome.Accepted, Assert.Single(found.Sources));
            var seen = new List<SampleReport>();
            SamplingResult result = await new LightClient(found.Header!, TestSquares.Seed(1))
                .SampleAsync(remote, 0.9999, new Recorder<SampleReport>(seen));
            Assert.True(result.IsAvailable);
            Assert.Equal(result.Accepted, result.Sources[0].Accepted);
            Assert.Equal(result.Accepted, seen.Count);
            Assert.Equal(seen.Select(report => report.Confidence).Order(), seen.Select(report => report.Confidence));
            Assert.Equal(1, server.Connections);
        }
        Assert.Equal(ConnectionFault.None, (await serving).Fault);
        Assert.Equal(0, server.Connections);
    }

    /// <summary>The same seeds give the same samples and the same outcomes, whatever the threads do.</summary>
    [Fact]
    public async Task SampleAsync_SameSeeds_TheSameRun()
    {
        Assert.Equal(await RunAsync(), await RunAsync());

        static async Task<string> RunAsync()
        {
            var seen = new List<SampleReport>();
            await using Served good = Serve(new LocalShareSource(s_square));
            await using Served half = Serve(new WithholdingShareSource(new LocalShareSource(s_square), cell => cell.Row < 9));
            var client = new LightClient(s_square.Header, TestSquares.Seed(5)) { MaxInFlight = 1 };
            SamplingResult result = await client.SampleAsync([half.Remote, good.Remote], 0.999, new Recorder<SampleReport>(seen));
            Assert.True(result.IsAvailable);
            Assert.True(result.Sources[0].Missing > 0 && result.Sources[1].Missing == 0);
            return string.Join('\n', seen);
        }
    }

    [Fact]
    public async Task SampleAsync_ALyingSource_IsNamedWithItsAnswerAndLeftOut()
    {
        ExtendedSquare other = TestSquares.Full(8, 2, 512);
        await using Served liar = Serve(new Relabelled(other));
        await using Served honest = Serve(new LocalShareSource(s_square));
        var client = new LightClient(s_square.Header, TestSquares.Seed(5)) { MaxInFlight = 1 };
        SamplingResult result = await client.SampleAsync([liar.Remote, honest.Remote], 0.999);
        Assert.True(result.IsAvailable);
        SampleFault fault = result.Sources[0].Fault!;
        Assert.Equal(SampleOutcome.BadProof, fault.Outcome);
        Assert.Null(result.Sources[1].Fault);
        Assert.Equal(0, result.Sources[0].Accepted);
        // The evidence judges the same again, by anyone with the header.
        Assert.Equal(SampleOutcome.BadProof, new SquareSampleCheck(s_square.Header).Check(fault.Coordinate, fault.Answer.Span, out _));

        result = await new LightClient(s_square.Header, TestSquares.Seed(5)).SampleAsync([liar.Remote], 0.999);
        Assert.False(result.IsAvailable);
        Assert.Equal(0, result.Confidence);
    }

    [Fact]
    public async Task FindAsync_HostileSources_AreNamedUntilOneHasIt()
    {
        byte[] root = s_square.DataRoot.ToArray();
        HeaderSource Answering(ExtendedSquare square) => new(TestSquares.Encoded(square.Header.WriteTo), ShareStatus.Served);
        byte[] wrongSize = TestSquares.Encoded(s_square.Header.WriteTo);
        wrongSize[3]++;
        HeaderResult found = await new HeaderSearch().FindAsync(
            [
                new HeaderSource([], ShareStatus.Missing), new HeaderSource([], ShareStatus.Failed), new HeaderSource([1, 2], ShareStatus.Served),
                Answering(TestSquares.Full(8)), new HeaderSource(wrongSize, ShareStatus.Served), Answering(s_square), Answering(s_square),
            ], root);
        Assert.True(found.Header!.IsSame(s_square.Header));
        Assert.Equal(
            [
                HeaderOutcome.Missing, HeaderOutcome.Failed, HeaderOutcome.Malformed, HeaderOutcome.WrongRoot, HeaderOutcome.WrongSize,
                HeaderOutcome.Accepted, HeaderOutcome.NotAsked,
            ], found.Sources);
        await Assert.ThrowsAsync<ArgumentException>(() => new HeaderSearch().FindAsync([], new byte[31]));
        Assert.Null((await new HeaderSearch().FindAsync([], root)).Header);
    }

    [Fact]
    public async Task Server_RateLimit_IsBusyAndTheClientComesBackLater()
    {
        var time = new VirtualTime();
        var limits = new SampleServerLimits { TokenBurst = 3, TokensPerSecond = 10 };
        await using Served served = Serve(new LocalShareSource(s_square), limits, time);
        var statuses = new List<ShareStatus>();
        for (int i = 0; i < 5; i++) statuses.Add(await served.AskAsync(0, i));
        Assert.Equal([ShareStatus.Served, ShareStatus.Served, ShareStatus.Served, ShareStatus.Busy, ShareStatus.Busy], statuses);
        time.Advance(TimeSpan.FromSeconds(0.11));
        Assert.Equal(ShareStatus.Served, await served.AskAsync(0, 0));
        Assert.Equal(ShareStatus.Busy, await served.AskAsync(0, 0));

        // The light client waits for the bucket to fill, by the same clock.
        Task<SamplingResult> sampling = new LightClient(s_square.Header, TestSquares.Seed(1), time) { MaxInFlight = 1 }.SampleAsync(served.Remote, 0.9);
        while (!sampling.IsCompleted)
        {
            await Task.Yield();
            // A pause is due soon; a timeout, which runs while an answer is on its way, is not.
            if (time.NextDue - time.Elapsed < TimeSpan.FromSeconds(1)) time.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.True((await sampling).IsAvailable);
    }

    [Fact]
    public async Task Server_TotalRate_IsSharedByConnections()
    {
        var local = new LocalShareSource(s_square);
        var server = new SampleServer(local, local, new SampleServerLimits { TotalTokenBurst = 2, TotalTokensPerSecond = 0 }, new VirtualTime());
        await using Served first = Serve(server), second = Serve(server);
        Assert.Equal(ShareStatus.Served, await first.AskAsync(0, 0));
        Assert.Equal(ShareStatus.Served, await second.AskAsync(0, 0));
        Assert.Equal(ShareStatus.Busy, await first.AskAsync(0, 0));
        Assert.Equal(ShareStatus.Busy, await second.AskAsync(0, 0));
    }

    [Fact]
    public async Task Server_SpentAndFull_SaysSo()
    {
        await using Served spent = Serve(new LocalShareSource(s_square), new SampleServerLimits { BytesPerConnection = 1500 });
        for (int i = 0; i < 3; i++) await spent.AskAsync(0, i);
        Assert.Equal(new ConnectionEnd(ConnectionFault.Spent, true), await spent.Remote.Completion);
        Assert.Equal(new ConnectionEnd(ConnectionFault.Spent), await spent.Serving);
        Assert.Equal(ShareStatus.Failed, await spent.AskAsync(0, 0));

        var local = new LocalShareSource(s_square);
        var server = new SampleServer(local, local, new SampleServerLimits { Connections = 1 });
        await using Served one = Serve(server);
        await one.AskAsync(0, 0);
        await using Served two = Serve(server);
        Assert.Equal(new ConnectionEnd(ConnectionFault.Full, true), await two.Remote.Completion);
    }

    [Fact]
    public async Task Remote_ManyRequestsAtOnce_AreAllAnsweredRight()
    {
        await using Served served = Serve(new LocalShareSource(s_square), new SampleServerLimits { SharesPerRequest = 7 });
        var answers = new ArrayBufferWriter<byte>[200];
        Task<ShareStatus>[] asking = [.. answers.Select((_, i) => served.Remote.FetchAsync(
            new ShareRequest(s_square.DataRoot.ToArray(), i / 16 % 17, i % 16), answers[i] = new ArrayBufferWriter<byte>(), default).AsTask())];
        ShareStatus[] statuses = await Task.WhenAll(asking);
        for (int i = 0; i < answers.Length; i++)
        {
            Assert.Equal(ShareStatus.Served, statuses[i]);
            Assert.Equal(TestSquares.Encoded(s_square.GetShare(i / 16 % 17, i % 16).WriteTo), answers[i].WrittenSpan.ToArray());
        }
        Assert.Equal(ShareStatus.Missing, await served.AskAsync(16, 0));
        Assert.Equal(ShareStatus.Missing, await served.AskAsync(-1, 0));
    }

    private static Served Serve(IShareSource shares, SampleServerLimits? limits = null, TimeProvider? time = null) =>
        Serve(new SampleServer(shares, new LocalShareSource(s_square), limits, time), time);

    private static Served Serve(SampleServer server, TimeProvider? time = null)
    {
        (Duplex near, Duplex far) = Duplex.Pair();
        Task<ConnectionEnd> serving = server.ServeAsync(far);
        return new Served(new RemoteShareSource(near, null, time), serving);
    }

    private sealed record Served(RemoteShareSource Remote, Task<ConnectionEnd> Serving) : IAsyncDisposable
    {
        public async Task<ShareStatus> AskAsync(int row, int column) =>
            await Remote.FetchAsync(new ShareRequest(s_square.DataRoot.ToArray(), row, column), new ArrayBufferWriter<byte>(), default);

        public async ValueTask DisposeAsync()
        {
            await Remote.DisposeAsync();
            await Serving;
        }
    }

    private sealed class Relabelled(ExtendedSquare other) : IShareSource
    {
        public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken)
        {
            other.GetShare(request.Row, request.Column).WriteTo(share);
            return ValueTask.FromResult(ShareStatus.Served);
        }
    }

    private sealed class HeaderSource(byte[] answer, ShareStatus status) : IHeaderSource
    {
        public ValueTask<ShareStatus> FetchHeaderAsync(ReadOnlyMemory<byte> dataRoot, IBufferWriter<byte> header, CancellationToken cancellationToken)
        {
            header.Write(answer);
            return ValueTask.FromResult(status);
        }
    }
}
