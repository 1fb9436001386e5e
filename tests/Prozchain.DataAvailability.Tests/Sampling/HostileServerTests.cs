using System.Buffers;
using System.Buffers.Binary;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Wire;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>The client of the sample protocol against servers that send what they like.</summary>
public class HostileServerTests
{
    private static readonly ShareRequest s_request = new(new byte[32], 1, 2);

    public static TheoryData<string, ConnectionFault> Streams => new()
    {
        { "FFFFFFFF82", ConnectionFault.Malformed },                            // an answer before the greeting
        { "FFFFFFFF00", ConnectionFault.TooLong },
        { "0000000000", ConnectionFault.Malformed },                            // no kind
        { "08000000005044415300100000", ConnectionFault.Malformed },            // a greeting with a byte too many
        { "08000000005044415301100000", ConnectionFault.UnknownVersion },
        { "08000000005044415400100000", ConnectionFault.Malformed },            // another protocol
        { "08000000005044415300000000", ConnectionFault.Malformed },            // no shares in a request
        { "0800000000504441530010", ConnectionFault.Malformed },                // ends within the greeting
        { "", ConnectionFault.None },
        { "HELLO+FFFFFFFF82", ConnectionFault.TooLong },
        { "HELLO+FFFFFFFF81", ConnectionFault.TooLong },
        { "HELLO+EE03080082", ConnectionFault.TooLong },                        // one byte above the longest share
        { "HELLO+ED03080082", ConnectionFault.Malformed },                      // the longest share, cut off
        { "HELLO+0A00000002", ConnectionFault.Malformed },                      // what only clients send
        { "HELLO+0A00000077", ConnectionFault.Malformed },
        { "HELLO+HELLO", ConnectionFault.Malformed },
        { "HELLO+0600000082000000000000", ConnectionFault.Unrequested },
        { "HELLO+06000000820000000003", ConnectionFault.Malformed },            // no such status
        { "HELLO+0700000082000000000155", ConnectionFault.Malformed },          // bytes although nothing is served
        { "HELLO+020000008309", ConnectionFault.Malformed },                    // no such reason
        { "HELLO+0100000083", ConnectionFault.Malformed },
        { "HELLO+020000008307", ConnectionFault.Full },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Client_BadStream_EndsWithTheReasonAndFailsRequests(string stream, ConnectionFault expected)
    {
        string hex = stream.Replace("HELLO", Convert.ToHexString(HostileServer.Hello()), StringComparison.Ordinal).Replace("+", "", StringComparison.Ordinal);
        (RemoteShareSource client, Duplex server) = await HostileServer.StartAsync(Convert.FromHexString(hex));
        await server.Output.CompleteAsync();
        Assert.Equal(expected, (await client.Completion.WaitAsync(TimeSpan.FromSeconds(10))).Fault);
        Assert.Equal(ShareStatus.Failed, await client.FetchAsync(s_request, new ArrayBufferWriter<byte>(), default));
        await client.DisposeAsync();
        Assert.Equal(expected, (await client.Completion).Fault);
    }

    /// <summary>The transcript of a good server, mutated: every request ends, nothing throws, no wrong bytes pass for another's.</summary>
    [Fact]
    public async Task Client_MutatedStreams_AlwaysEnds()
    {
        byte[] transcript =
        [
            .. HostileServer.Hello(),
            .. TestSquares.Encoded(output => SampleFrames.WriteAnswer(output, FrameKind.Share, 0, AnswerStatus.Served, new byte[100])),
            .. TestSquares.Encoded(output => SampleFrames.WriteAnswer(output, FrameKind.Share, 1, AnswerStatus.Missing, [])),
            .. TestSquares.Encoded(output => SampleFrames.WriteAnswer(output, FrameKind.Header, 2, AnswerStatus.Served, new byte[300])),
            .. TestSquares.Encoded(output => SampleFrames.WriteGoodbye(output, ConnectionFault.Spent)),
        ];
        var random = new SeededRandom(TestSettings.Seed);
        for (int run = 0; run < 500; run++)
        {
            byte[] bytes = run == 0 ? transcript : HostileBytes.Mutate(transcript, random);
            (Duplex near, Duplex far) = Duplex.Pair();
            var client = new RemoteShareSource(near);
            Task<ShareStatus>[] asking =
            [
                client.FetchAsync(s_request, new ArrayBufferWriter<byte>(), default).AsTask(),
                client.FetchAsync(s_request, new ArrayBufferWriter<byte>(), default).AsTask(),
                client.FetchHeaderAsync(s_request.DataRoot, new ArrayBufferWriter<byte>(), default).AsTask(),
            ];
            await far.Output.WriteAsync(bytes);
            await far.Output.CompleteAsync();
            await Task.WhenAll(asking).WaitAsync(TimeSpan.FromSeconds(10));
            await client.Completion.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public async Task Client_AnswersTwice_IsUnrequested()
    {
        (RemoteShareSource client, Duplex server) = await HostileServer.StartAsync(HostileServer.Hello());
        Task<ShareStatus> asking = client.FetchAsync(s_request, new ArrayBufferWriter<byte>(), default).AsTask();
        await HostileServer.ReceiveAsync(server, 10 + 44);
        byte[] answer = TestSquares.Encoded(output => SampleFrames.WriteAnswer(output, FrameKind.Share, 0, AnswerStatus.Missing, []));
        await server.Output.WriteAsync(answer);
        Assert.Equal(ShareStatus.Missing, await asking);
        await server.Output.WriteAsync(answer);
        Assert.Equal(ConnectionFault.Unrequested, (await client.Completion).Fault);
    }

    /// <summary>A header where a share was asked for answers nothing.</summary>
    [Fact]
    public async Task Client_AnswerOfAnotherKind_IsUnrequested()
    {
        (RemoteShareSource client, Duplex server) = await HostileServer.StartAsync(HostileServer.Hello());
        Task<ShareStatus> asking = client.FetchAsync(s_request, new ArrayBufferWriter<byte>(), default).AsTask();
        await HostileServer.ReceiveAsync(server, 10 + 44);
        await server.Output.WriteAsync(TestSquares.Encoded(output => SampleFrames.WriteAnswer(output, FrameKind.Header, 0, AnswerStatus.Served, new byte[200_000])));
        Assert.Equal(ConnectionFault.Unrequested, (await client.Completion).Fault);
        Assert.Equal(ShareStatus.Failed, await asking);
    }

    [Fact]
    public async Task Client_DrippingServer_IsDroppedAsStalled()
    {
        var time = new VirtualTime();
        (RemoteShareSource client, Duplex server) = await HostileServer.StartAsync(HostileServer.Hello(), time);
        Task<ShareStatus> asking = client.FetchAsync(s_request, new ArrayBufferWriter<byte>(), default).AsTask();
        await HostileServer.ReceiveAsync(server, 10 + 44);
        byte[] answer = TestSquares.Encoded(output => SampleFrames.WriteAnswer(output, FrameKind.Share, 0, AnswerStatus.Served, new byte[1000]));
        int sent = 0;
        for (; !client.Completion.IsCompleted && sent < answer.Length; sent++)
        {
            await server.Output.WriteAsync(answer.AsMemory(sent, 1));
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        Assert.Equal(ConnectionFault.Stalled, (await client.Completion).Fault);
        Assert.InRange(sent, 30, 100);
        Assert.Equal(ShareStatus.Failed, await asking);
    }

    [Fact]
    public async Task Client_NoGreeting_IsDroppedAsStalled()
    {
        var time = new VirtualTime();
        (RemoteShareSource client, _) = await HostileServer.StartAsync(new byte[] { 8 }, time);
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(ConnectionFault.Stalled, (await client.Completion).Fault);
        Assert.Empty(await client.Announced);
    }

    /// <summary>An idle connection is not a stalled one.</summary>
    [Fact]
    public async Task Client_Idle_StaysOpen()
    {
        var time = new VirtualTime();
        (RemoteShareSource client, Duplex server) = await HostileServer.StartAsync(HostileServer.Hello(), time);
        await client.Announced;
        await Task.Delay(20, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMinutes(10));
        Task<ShareStatus> asking = client.FetchAsync(s_request, new ArrayBufferWriter<byte>(), default).AsTask();
        await HostileServer.ReceiveAsync(server, 10 + 44);
        await server.Output.WriteAsync(TestSquares.Encoded(output => SampleFrames.WriteAnswer(output, FrameKind.Share, 0, AnswerStatus.Missing, [])));
        Assert.Equal(ShareStatus.Missing, await asking);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Client_GivenUpRequests_KeepTheirPlaceAndTakeNoBytes()
    {
        (RemoteShareSource client, Duplex server) = await HostileServer.StartAsync(HostileServer.Hello(), limits: new RemoteShareLimits { Outstanding = 2 });
        using var cancel = new CancellationTokenSource();
        var output = new ArrayBufferWriter<byte>();
        Task<ShareStatus> first = client.FetchAsync(s_request, output, cancel.Token).AsTask();
        await HostileServer.ReceiveAsync(server, 10 + 44);
        Task<ShareStatus> second = client.FetchAsync(s_request, output, cancel.Token).AsTask();
        await HostileServer.ReceiveAsync(server, 44);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(ShareStatus.Busy, await client.FetchAsync(s_request, output, default));

        await server.Output.WriteAsync(TestSquares.Encoded(frame => SampleFrames.WriteAnswer(frame, FrameKind.Share, 1, AnswerStatus.Served, new byte[100])));
        Task<ShareStatus> third;
        do third = client.FetchAsync(s_request, output, default).AsTask();
        while (third.IsCompleted && await third == ShareStatus.Busy);
        Assert.Equal(0, output.WrittenCount);
        byte[] request = await HostileServer.ReceiveAsync(server, 44);
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32LittleEndian(request.AsSpan(5)));
        await server.Output.WriteAsync(TestSquares.Encoded(frame => SampleFrames.WriteAnswer(frame, FrameKind.Share, 2, AnswerStatus.Served, new byte[64])));
        Assert.Equal(ShareStatus.Served, await third);
        Assert.Equal(64, output.WrittenCount);
        await client.DisposeAsync();
    }
}
