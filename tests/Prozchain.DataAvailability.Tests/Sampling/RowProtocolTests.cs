using System.Buffers;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Rows;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Tests.Rows;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>Row codes through the sample protocol, over pipes in memory.</summary>
public class RowProtocolTests
{
    private static readonly ExtendedRows s_rows = TestRows.Full(16, 48, 256);

    private static ReadOnlyMemory<byte> Digest => s_rows.Commitment.Digest.ToArray();

    /// <summary>Clients that know 32 bytes and nothing else sample with seeds of their own; what they accepted restores the data.</summary>
    [Fact]
    public async Task LightClients_KnowOnlyTheDigest_SampleAndRestoreTogether()
    {
        var local = new LocalShareSource(TestSquares.Full(2));
        local.Add(s_rows);
        // The server keeps as many rows back as it can without making the data unrecoverable.
        var server = new SampleServer(new WithholdingShareSource(local, at => at.Row is >= 10 and < 40), local) { Announced = [Digest] };
        var repair = new RowRepair(s_rows.Commitment);
        int clients = 0, failed = 0;
        for (; repair.Needed > 0; clients++)
        {
            await using Served served = Serve(server);
            RowSearchResult found = await new RowSearch().FindAsync([served.Remote], Assert.Single(await served.Remote.Announced));
            Assert.Equal([HeaderOutcome.Accepted], found.Sources);
            Assert.True(found.Verifier!.Commitment.IsSame(s_rows.Commitment));
            var seen = new List<SampleReport>();
            var client = new RowLightClient(found.Verifier, TestSquares.Seed(clients)) { MaxInFlight = 3 };
            SamplingResult result = await client.SampleAsync(served.Remote, 0.99, new Recorder<SampleReport>(seen), TestContext.Current.CancellationToken);
            if (!result.IsAvailable) failed++;
            Assert.Null(result.ProducerFault);
            Assert.Equal(result.Accepted, seen.Count(report => report.Outcome == SampleOutcome.Accepted));
            Assert.Equal(seen.Select(report => report.Confidence).Order(), seen.Select(report => report.Confidence));
            Assert.Equal(result.Sources[0].Accepted, result.Accepted);
            foreach (CheckedRow row in client.Sampler.Accepted) repair.Add(row);
        }
        Assert.True(clients > 4 && failed > 0, $"{clients} clients, {failed} failed.");
        Assert.Equal(RepairStatus.Repaired, repair.Repair(out ExtendedRows? again));
        Assert.Equal(s_rows.Rows.ToArray(), again!.Rows.ToArray());
    }

    [Fact]
    public async Task FindAsync_HostileSources_AreNamedUntilOneHasIt()
    {
        byte[] right = TestSquares.Encoded(s_rows.Header.WriteTo), shape = [.. right], vector = [.. right];
        shape[^1] ^= 1;
        vector[40] ^= 1;
        var honest = new LocalShareSource(s_rows);
        RowSearchResult found = await new RowSearch().FindAsync(
            [
                new LocalShareSource(TestSquares.Full(2)), new Scripted(header: []), new Scripted(header: TestSquares.Encoded(TestSquares.Full(2).Header.WriteTo)),
                new Scripted(header: vector), new Scripted(header: TestSquares.Encoded(TestRows.Full(16, 48, 256, 2).Header.WriteTo)),
                new Scripted(header: shape), honest, honest,
            ], Digest);
        Assert.Equal(
            [
                HeaderOutcome.Missing, HeaderOutcome.Malformed, HeaderOutcome.Malformed, HeaderOutcome.WrongRoot, HeaderOutcome.WrongRoot,
                HeaderOutcome.WrongShape, HeaderOutcome.Accepted, HeaderOutcome.NotAsked,
            ], found.Sources);
        Assert.NotNull(found.Verifier);
        Assert.Null((await new RowSearch().FindAsync([new Scripted(header: shape)], Digest)).Verifier);
        await Assert.ThrowsAsync<ArgumentException>(() => new RowSearch().FindAsync([honest], new byte[31]));
    }

    [Fact]
    public async Task SampleAsync_ALyingSource_IsNamedWithItsAnswerAndLeftOut()
    {
        ExtendedRows other = TestRows.Full(16, 48, 256, 2);
        await using Served liar = Serve(new SampleServer(new Scripted(request => TestSquares.Encoded(other.Prove(request.Row).WriteTo)), new LocalShareSource(s_rows)));
        await using Served honest = Serve(Server(s_rows));
        var client = new RowLightClient(TestRows.Verifier(s_rows), TestSquares.Seed(5)) { MaxInFlight = 1 };
        SamplingResult result = await client.SampleAsync([liar.Remote, honest.Remote], 0.9999);
        Assert.True(result.IsAvailable);
        SampleFault fault = result.Sources[0].Fault!;
        Assert.Equal(SampleOutcome.BadProof, fault.Outcome);
        Assert.Null(result.Sources[1].Fault);
        Assert.Null(result.ProducerFault);
        Assert.Equal(SampleOutcome.BadProof, client.Sampler.Check.Check(fault.Coordinate, fault.Answer.Span, out _));
    }

    /// <summary>A row that the producer committed to and that the code does not make: no source is blamed, and none could help.</summary>
    [Fact]
    public async Task SampleAsync_RowThatTheCodeDoesNotMake_IsTheProducersFault()
    {
        byte[] bytes = s_rows.Rows.ToArray();
        for (int row = 16; row < 64; row++) bytes[row * 256 + 9] ^= 1;
        ExtendedRows bad = new RowWork(s_rows.Parameters, bytes, 1, null, default).Commit();
        await using Served first = Serve(Server(bad)), second = Serve(Server(bad));
        RowSearchResult found = await new RowSearch().FindAsync([first.Remote], bad.Commitment.Digest.ToArray());
        var client = new RowLightClient(found.Verifier!, TestSquares.Seed(5)) { MaxInFlight = 1 };
        var seen = new List<SampleReport>();
        SamplingResult result = await client.SampleAsync([first.Remote, second.Remote], 0.999999, new Recorder<SampleReport>(seen));
        Assert.False(result.IsAvailable);
        Assert.Equal(SampleOutcome.NotACodeword, result.Failure!.Value.Outcome);
        Assert.All(result.Sources, source => Assert.Null(source.Fault));
        Assert.Single(seen, report => report.Outcome == SampleOutcome.NotACodeword);
        SampleFault fault = result.ProducerFault!;
        Assert.InRange(fault.Coordinate.Row, 16, 63);
        // The evidence judges the same for anyone who has the verifier.
        Assert.Equal(SampleOutcome.NotACodeword, new RowSampleCheck(TestRows.Verifier(bad)).Check(fault.Coordinate, fault.Answer.Span, out _));

        // It stays failed: another round asks for it first.
        result = await client.SampleAsync(second.Remote, 0.999999);
        Assert.Equal(fault.Coordinate, result.ProducerFault!.Coordinate);
    }

    /// <summary>
    /// 2000 clients take 2 samples each of 16 rows of which the least unrecoverable set, 13 rows, is withheld. Each is
    /// deceived with C(3,2)/C(16,2) = 2.5 %: 50 ± 7; the bounds are 5 deviations wide.
    /// </summary>
    [Fact]
    public async Task SampleAsync_UnrecoverableRows_AreCaughtAtThePredictedRate()
    {
        ExtendedRows rows = TestRows.Full(4, 12, 64);
        RowVerifier verifier = TestRows.Verifier(rows);
        var source = new WithholdingShareSource(new LocalShareSource(rows), at => at.Row >= rows.Parameters.DataRows - 1);
        double target = SamplingConfidence.Complement(SamplingConfidence.MissProbability(SamplingScheme.Rows(rows.Parameters), 2));
        int deceived = 0;
        for (int i = 0; i < 2000; i++)
            if ((await new RowLightClient(verifier, TestSquares.Seed(i)).SampleAsync(source, target)).IsAvailable) deceived++;
        Assert.InRange(deceived, 50 - 35, 50 + 35);
    }

    /// <summary>The longest rows that there are, each way; a server charges them by their bytes.</summary>
    [Fact]
    public async Task Remote_LongestRows_GoThroughAndCostTheirBytes()
    {
        ExtendedRows rows = TestRows.Full(2, 2, RowParameters.MaxRowSize);
        var local = new LocalShareSource(rows);
        var limits = new SampleServerLimits { TokenBurst = 523, TokensPerSecond = 0 };
        await using Served served = Serve(new SampleServer(local, local, limits));
        RowSearchResult found = await new RowSearch().FindAsync([served.Remote], rows.Commitment.Digest.ToArray());
        var client = new RowLightClient(found.Verifier!, TestSquares.Seed(1)) { MaxInFlight = 1, Timeout = TimeSpan.FromSeconds(0.5) };
        // One and 512.x tokens for the header; one and 8 for the first row, which is owed from then on.
        SamplingResult result = await client.SampleAsync(served.Remote, 1);
        Assert.Equal((false, SampleOutcome.Busy), (result.IsAvailable, result.Failure!.Value.Outcome));
        Assert.Equal(1, result.Accepted);
        await using Served rich = Serve(Server(rows));
        Assert.True((await client.SampleAsync(rich.Remote, 1)).IsAvailable);
    }

    [Fact]
    public async Task LocalShareSource_AddAndRemove_TakeEffect()
    {
        var local = new LocalShareSource();
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(ShareStatus.Missing, await local.FetchHeaderAsync(Digest, output, default));
        local.Add(s_rows);
        foreach ((int row, int column) in new[] { (64, 0), (-1, 0), (0, 1), (0, -1) })
            Assert.Equal(ShareStatus.Missing, await local.FetchAsync(new ShareRequest(Digest, row, column), output, default));
        Assert.Equal(0, output.WrittenCount);
        Assert.Equal(ShareStatus.Served, await local.FetchAsync(new ShareRequest(Digest, 63, 0), output, default));
        Assert.Equal(TestSquares.Encoded(s_rows.Prove(63).WriteTo), output.WrittenSpan.ToArray());
        Assert.True(local.Remove(Digest.Span));
        Assert.False(local.Remove(Digest.Span));
        Assert.Equal(ShareStatus.Missing, await local.FetchAsync(new ShareRequest(Digest, 63, 0), output, default));
    }

    private static SampleServer Server(ExtendedRows rows)
    {
        var local = new LocalShareSource(rows);
        return new SampleServer(local, local);
    }

    private static Served Serve(SampleServer server)
    {
        (Duplex near, Duplex far) = Duplex.Pair();
        Task<ConnectionEnd> serving = server.ServeAsync(far);
        return new Served(new RemoteShareSource(near), serving);
    }

    private sealed record Served(RemoteShareSource Remote, Task<ConnectionEnd> Serving) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Remote.DisposeAsync();
            await Serving;
        }
    }

    private sealed class Scripted(Func<ShareRequest, byte[]>? share = null, byte[]? header = null) : IShareSource, IHeaderSource
    {
        public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> output, CancellationToken cancellationToken)
        {
            output.Write(share!(request));
            return ValueTask.FromResult(ShareStatus.Served);
        }

        public ValueTask<ShareStatus> FetchHeaderAsync(ReadOnlyMemory<byte> dataRoot, IBufferWriter<byte> output, CancellationToken cancellationToken)
        {
            output.Write(header);
            return ValueTask.FromResult(ShareStatus.Served);
        }
    }
}
