using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Rows;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Tests.Rows;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>Sample servers in this process, the light clients in another, TCP over loopback between them.</summary>
public class TwoProcessTests
{
    private const string Ports = "PROZCHAIN_SAMPLE_PORTS";
    private static readonly ExtendedSquare s_square = TestSquares.Full(16, cellSize: 512);
    private static readonly ExtendedRows s_rows = TestRows.Full(16, 48, 8192);

    [Fact]
    public async Task LightClient_InAnotherProcess_TellsHonestLyingAndWithholdingServersApart()
    {
        if (ChildTest.Role is not null)
        {
            ChildTest.RunInChild("light client", () => ClientAsync().GetAwaiter().GetResult());
            return;
        }
        var local = new LocalShareSource(s_square);
        await ServeChildAsync("light client", local,
            local, new LocalShareSource(s_square, TestSquares.Full(2)), new Mislabelling(TestSquares.Full(16, 2, 512)),
            new WithholdingShareSource(local, cell => cell.Row < 17 && cell.Column < 17));
    }

    /// <summary>Squares and rows from one server; a withholder of rows that is as bad as can be, and one that can be repaired from.</summary>
    [Fact]
    public async Task RowLightClient_InAnotherProcess_SamplesAndRestores()
    {
        if (ChildTest.Role is not null)
        {
            ChildTest.RunInChild("row light client", () => RowClientAsync().GetAwaiter().GetResult());
            return;
        }
        var local = new LocalShareSource(s_square);
        local.Add(s_rows);
        await ServeChildAsync("row light client", local,
            new WithholdingShareSource(local, at => at.Row >= 15), new WithholdingShareSource(local, at => at.Row < 48), local);
    }

    private static async Task ServeChildAsync(string role, IHeaderSource headers, params IShareSource[] sources)
    {
        using var stop = new CancellationTokenSource();
        var listeners = new List<TcpListener>();
        var serving = new List<Task<List<ConnectionEnd>>>();
        foreach (IShareSource source in sources)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            listeners.Add(listener);
            serving.Add(ServeAsync(listener, new SampleServer(source, headers), stop.Token));
        }
        string ports = string.Join(',', listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)));
        ChildResult child = await Task.Run(() => ChildTest.Run(role, new Dictionary<string, string?> { [Ports] = ports }));
        child.AssertSuccess();
        Assert.True(child.ReachedEnd, child.Describe());
        await stop.CancelAsync();
        // Every server saw the client go, and none found anything wrong with it.
        foreach (List<ConnectionEnd> ends in await Task.WhenAll(serving))
            Assert.All(ends, end => Assert.True(end.Fault is ConnectionFault.None or ConnectionFault.Broken, end.ToString()));
        foreach (TcpListener listener in listeners) listener.Dispose();
    }

    private static async Task RowClientAsync()
    {
        RemoteShareSource[] servers = await ConnectAsync();
        RowVerifier verifier = (await new RowSearch().FindAsync(servers, s_rows.Commitment.Digest.ToArray())).Verifier!;

        SamplingResult withheld = await new RowLightClient(verifier, TestSquares.Seed(1)).SampleAsync(servers[0], 0.999999);
        Assert.Equal((false, SampleOutcome.Missing), (withheld.IsAvailable, withheld.Failure!.Value.Outcome));
        SamplingResult mixed = await new RowLightClient(verifier, TestSquares.Seed(2)).SampleAsync(servers, 0.999999);
        Assert.True(mixed.IsAvailable && mixed.Sources.All(source => source.Fault is null));

        // Fifteen rows here, sixteen there, none of both at both: what clients get out of them together is enough.
        var repair = new RowRepair(verifier.Commitment);
        for (int i = 3; repair.Needed > 0; i++)
        {
            var client = new RowLightClient(verifier, TestSquares.Seed(i));
            await client.SampleAsync([servers[0], servers[1]], 0.999);
            foreach (CheckedRow row in client.Sampler.Accepted) repair.Add(row);
        }
        Assert.Equal(RepairStatus.Repaired, repair.Repair(out ExtendedRows? again));
        Assert.Equal(s_rows.Data.ToArray(), again!.Data.ToArray());
        foreach (RemoteShareSource server in servers) await server.DisposeAsync();
    }

    private static async Task ClientAsync()
    {
        RemoteShareSource[] servers = await ConnectAsync();
        HeaderResult found = await new HeaderSearch().FindAsync(servers, s_square.DataRoot.ToArray());
        SquareHeader header = found.Header!;

        SamplingResult honest = await new LightClient(header, TestSquares.Seed(1)).SampleAsync([servers[0], servers[1]], 0.999);
        Assert.True(honest.IsAvailable);
        Assert.True(honest.Sources[0].Accepted > 0 && honest.Sources[1].Accepted > 0, "The load is shared.");

        // With an honest server in reach neither a liar nor a withholder does harm, and both are known for what they are.
        SamplingResult mixed = await new LightClient(header, TestSquares.Seed(2)).SampleAsync([servers[2], servers[3], servers[0]], 0.999);
        Assert.True(mixed.IsAvailable);
        Assert.Equal(SampleOutcome.BadProof, mixed.Sources[0].Fault!.Outcome);
        Assert.True(mixed.Sources[1].Missing > 0);

        SamplingResult withheld = await new LightClient(header, TestSquares.Seed(3)).SampleAsync(servers[3], 0.999999);
        Assert.False(withheld.IsAvailable);
        Assert.Equal(SampleOutcome.Missing, withheld.Failure!.Value.Outcome);
        foreach (RemoteShareSource server in servers) await server.DisposeAsync();
    }

    private static Task<RemoteShareSource[]> ConnectAsync() => Task.WhenAll(
        Environment.GetEnvironmentVariable(Ports)!.Split(',').Select(port => ConnectAsync(int.Parse(port, CultureInfo.InvariantCulture))));

    private static async Task<RemoteShareSource> ConnectAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        return new RemoteShareSource(Over(client.GetStream()));
    }

    private static async Task<List<ConnectionEnd>> ServeAsync(TcpListener listener, SampleServer server, CancellationToken cancellationToken)
    {
        var connections = new List<Task<ConnectionEnd>>();
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(cancellationToken);
                connections.Add(server.ServeAsync(Over(client.GetStream()), cancellationToken));
            }
        }
        catch (OperationCanceledException)
        {
            return [.. await Task.WhenAll(connections)];
        }
    }

    private static Duplex Over(NetworkStream stream) => new(PipeReader.Create(stream), PipeWriter.Create(stream));

    private sealed class Mislabelling(ExtendedSquare other) : IShareSource
    {
        public ValueTask<ShareStatus> FetchAsync(ShareRequest request, System.Buffers.IBufferWriter<byte> share, CancellationToken cancellationToken)
        {
            other.GetShare(request.Row, request.Column).WriteTo(share);
            return ValueTask.FromResult(ShareStatus.Served);
        }
    }
}
