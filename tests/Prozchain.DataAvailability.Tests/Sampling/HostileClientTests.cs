using System.Buffers;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Wire;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>The server of the sample protocol against clients that send what they like.</summary>
public class HostileClientTests
{
    private const string Hello = "06000000005044415300";
    private static readonly string s_root = new('0', 64);
    private static readonly ExtendedSquare s_square = TestSquares.Full(4);

    public static TheoryData<string, ConnectionFault> Streams => new()
    {
        { "", ConnectionFault.None },
        { Hello, ConnectionFault.None },
        { "05", ConnectionFault.Malformed },
        { "0600000000504441530", ConnectionFault.Malformed },
        { "07000000005044415300AA", ConnectionFault.Malformed },
        { "07000000005044415301AA", ConnectionFault.UnknownVersion },
        { "4200000000", ConnectionFault.TooLong },
        { "FFFFFFFF00", ConnectionFault.TooLong },
        { "2600000001", ConnectionFault.Malformed },                                    // a request before the greeting
        { Hello + Hello, ConnectionFault.Malformed },
        { Hello + "0000000001", ConnectionFault.Malformed },
        { Hello + "2600000001", ConnectionFault.TooLong },
        { Hello + "FFFFFF7F02", ConnectionFault.TooLong },
        { Hello + "0600000082000000000000", ConnectionFault.Malformed },                // what only servers send
        { Hello + "2600000002" + "00000000" + s_root + "00", ConnectionFault.Malformed },       // no shares
        { Hello + "2800000002" + "00000000" + s_root + "020000", ConnectionFault.Malformed },   // fewer than stated
        { Hello + "2900000002" + "00000000" + s_root + "01000000", ConnectionFault.Malformed }, // more than stated
        { Hello + "2900000002" + "00000000" + s_root + "01800000", ConnectionFault.Malformed }, // a longer number than needed
        { Hello + "2700000002" + "00000000" + s_root + "0500", ConnectionFault.Malformed },     // more than the server takes
        { Hello + "2500000001" + "00000000" + s_root, ConnectionFault.None },
        { Hello + "2800000002" + "00000000" + s_root + "010000", ConnectionFault.None },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Server_BadStream_EndsWithTheReasonAndSaysIt(string hex, ConnectionFault expected)
    {
        hex = hex.Length % 2 == 0 ? hex : hex[..^1];
        (Duplex client, Duplex server) = Duplex.Pair();
        Task<ConnectionEnd> serving = Server().ServeAsync(server);
        await client.Output.WriteAsync(Convert.FromHexString(hex));
        await client.Output.CompleteAsync();
        Assert.Equal(new ConnectionEnd(expected), await serving.WaitAsync(TimeSpan.FromSeconds(10)));
        byte[] sent = await AllAsync(client);
        if (expected != ConnectionFault.None) Assert.Equal([2, 0, 0, 0, 0x83, (byte)expected], sent[^6..]);
    }

    [Fact]
    public async Task Server_MutatedStreams_AlwaysEnds()
    {
        byte[] root = s_square.DataRoot.ToArray();
        byte[] transcript =
        [
            .. Convert.FromHexString(Hello), .. TestSquares.Encoded(output => SampleFrames.WriteGetHeader(output, 1, root)),
            .. TestSquares.Encoded(output => SampleFrames.WriteGetShares(output, 2, root, [new CellCoordinate(1, 2), new CellCoordinate(700, 3)])),
        ];
        var random = new SeededRandom(TestSettings.Seed + 1);
        for (int run = 0; run < 1000; run++)
        {
            (Duplex client, Duplex server) = Duplex.Pair();
            Task<ConnectionEnd> serving = Server().ServeAsync(server);
            await client.Output.WriteAsync(run == 0 ? transcript : HostileBytes.Mutate(transcript, random));
            await client.Output.CompleteAsync();
            ConnectionEnd end = await serving.WaitAsync(TimeSpan.FromSeconds(10));
            Assert.False(end.IsNamedByPeer);
            Assert.True((await AllAsync(client)).Length < 4096);
        }
    }

    [Fact]
    public async Task Server_DrippingClient_IsDroppedAsStalled()
    {
        var time = new VirtualTime();
        (Duplex client, Duplex server) = Duplex.Pair();
        Task<ConnectionEnd> serving = Server(time).ServeAsync(server);
        byte[] request = TestSquares.Encoded(output => SampleFrames.WriteGetHeader(output, 1, new byte[32]));
        await client.Output.WriteAsync(Convert.FromHexString(Hello));
        int sent = 0;
        for (; !serving.IsCompleted && sent < request.Length - 1; sent++)
        {
            await client.Output.WriteAsync(request.AsMemory(sent, 1));
            await Task.Delay(2, TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(new ConnectionEnd(ConnectionFault.Stalled), await serving.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.InRange(sent, 29, request.Length - 1);
    }

    /// <summary>A client that asks and never reads: the server stops reading it, holds no more than the pipes do, and gives up.</summary>
    [Fact]
    public async Task Server_ClientThatTakesNoAnswers_IsDroppedWithBoundedWork()
    {
        var time = new VirtualTime();
        var counting = new CountingSource(new LocalShareSource(s_square));
        (Duplex client, Duplex server) = Duplex.Pair();
        Task<ConnectionEnd> serving = new SampleServer(counting, new LocalShareSource(s_square), new SampleServerLimits { SharesPerRequest = 4, TokenBurst = 1 << 20 }, time)
            .ServeAsync(server);
        await client.Output.WriteAsync(Convert.FromHexString(Hello));
        var cells = new CellCoordinate[4];
        byte[] request = TestSquares.Encoded(output => SampleFrames.WriteGetShares(output, 0, s_square.DataRoot, cells));
        Task<bool> asking = Task.Run(async () =>
        {
            for (int i = 0; i < 5000; i++)
                if ((await client.Output.WriteAsync(request)).IsCompleted) return true;
            return false;
        });
        int before;
        do
        {
            before = counting.Count;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        while (counting.Count != before);
        Assert.InRange(counting.Count, 4, 64 * 1024 / 150);
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(new ConnectionEnd(ConnectionFault.Stalled), await serving.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.True(await asking);
    }

    [Fact]
    public async Task Server_Cancelled_EndsWithoutFault()
    {
        using var cancel = new CancellationTokenSource();
        (_, Duplex server) = Duplex.Pair();
        Task<ConnectionEnd> serving = Server().ServeAsync(server, cancel.Token);
        await cancel.CancelAsync();
        Assert.Equal(new ConnectionEnd(ConnectionFault.None), await serving);
    }

    [Fact]
    public void Limits_OutOfRange_Throw()
    {
        var local = new LocalShareSource(s_square);
        foreach (SampleServerLimits limits in new SampleServerLimits[]
            { new() { SharesPerRequest = 0 }, new() { SharesPerRequest = 1025 }, new() { TokensPerSecond = double.NaN }, new() { TotalTokensPerSecond = double.PositiveInfinity }, new() { TokenBurst = 0 }, new() { StallTimeout = default } })
            Assert.Throws<ArgumentOutOfRangeException>(() => new SampleServer(local, local, limits));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RemoteShareSource(Duplex.Pair().Client, new RemoteShareLimits { Outstanding = 0 }));
    }

    private static SampleServer Server(TimeProvider? time = null)
    {
        var local = new LocalShareSource(s_square);
        return new SampleServer(local, local, new SampleServerLimits { SharesPerRequest = 4 }, time);
    }

    private static async Task<byte[]> AllAsync(Duplex client)
    {
        var bytes = new List<byte>();
        while (true)
        {
            System.IO.Pipelines.ReadResult read = await client.Input.ReadAsync();
            bytes.AddRange(read.Buffer.ToArray());
            client.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return [.. bytes];
        }
    }

    private sealed class CountingSource(IShareSource inner) : IShareSource
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            return inner.FetchAsync(request, share, cancellationToken);
        }
    }
}
