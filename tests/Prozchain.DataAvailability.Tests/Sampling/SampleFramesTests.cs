using System.Buffers;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Wire;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>The bytes of docs/formats/da-sample-protocol.md.</summary>
public class SampleFramesTests
{
    private static readonly byte[] s_root = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    /// <summary>Frozen: the examples of the page. Other bytes mean another version.</summary>
    [Fact]
    public void Frames_OfEveryKind_AreFrozen()
    {
        string root = Convert.ToHexString(s_root);
        AssertHex("06000000" + "00" + "50444153" + "00", SampleFrames.WriteClientHello);
        AssertHex("29000000" + "00" + "50444153" + "00" + "8002" + "01" + root, output => SampleFrames.WriteServerHello(output, 256, [s_root]));
        AssertHex("25000000" + "01" + "07000000" + root, output => SampleFrames.WriteGetHeader(output, 7, s_root));
        AssertHex(
            "2C000000" + "02" + "08000000" + root + "02" + "0001" + "8008FF07",
            output => SampleFrames.WriteGetShares(output, 8, s_root, [new CellCoordinate(0, 1), new CellCoordinate(1024, 1023)]));
        AssertHex("08000000" + "81" + "07000000" + "00" + "AABB", output => SampleFrames.WriteAnswer(output, FrameKind.Header, 7, AnswerStatus.Served, [0xAA, 0xBB]));
        AssertHex("06000000" + "82" + "08000000" + "01", output => SampleFrames.WriteAnswer(output, FrameKind.Share, 8, AnswerStatus.Missing, []));
        AssertHex("06000000" + "82" + "09000000" + "02", output => SampleFrames.WriteAnswer(output, FrameKind.Share, 9, AnswerStatus.Busy, []));
        AssertHex("02000000" + "83" + "06", output => SampleFrames.WriteGoodbye(output, ConnectionFault.Spent));
    }

    /// <summary>A whole conversation, in the order of the page's rules.</summary>
    [Fact]
    public async Task Conversation_OfEveryRequest_IsFrozen()
    {
        string root = Convert.ToHexString(s_root);
        var fixedAnswers = new FixedSource();
        (Duplex client, Duplex server) = Duplex.Pair();
        Task<ConnectionEnd> serving = new SampleServer(fixedAnswers, fixedAnswers, new SampleServerLimits { TokenBurst = 3 }, new VirtualTime()).ServeAsync(server);
        SampleFrames.WriteClientHello(client.Output);
        SampleFrames.WriteGetShares(client.Output, uint.MaxValue, s_root, [new CellCoordinate(5, 6), new CellCoordinate(9, 0)]);
        SampleFrames.WriteGetHeader(client.Output, 3, s_root);
        SampleFrames.WriteGetHeader(client.Output, 4, s_root);
        await client.Output.FlushAsync(TestContext.Current.CancellationToken);
        await client.Output.CompleteAsync();
        Assert.Equal(ConnectionFault.None, (await serving).Fault);
        System.IO.Pipelines.ReadResult all = await client.Input.ReadAtLeastAsync(1 << 20, TestContext.Current.CancellationToken);
        Assert.Equal(
            "09000000" + "00" + "50444153" + "00" + "8002" + "00"
            + "08000000" + "82" + "FFFFFFFF" + "00" + "0506" + "06000000" + "82" + "00000000" + "01"
            + "26000000" + "81" + "03000000" + "00" + root + "06000000" + "81" + "04000000" + "02",
            Convert.ToHexString(all.Buffer.ToArray()));
    }

    /// <summary>However the bytes of a stream are cut, the same frames come out; too long ones are refused by their first five bytes.</summary>
    [Fact]
    public void TryTake_AnyCut_TakesTheSameFrames() => Replay.Run(random =>
    {
        byte[][] bodies = [.. Enumerable.Range(0, 5).Select(_ => random.Bytes(random.Next(0, 200)))];
        byte[] stream = TestSquares.Encoded(output => { foreach (byte[] body in bodies) SampleFrames.WriteAnswer(output, FrameKind.Share, 1, AnswerStatus.Served, body); });
        int arrived = 0, taken = 0, at = 0;
        while (taken < bodies.Length)
        {
            ReadOnlySequence<byte> buffer = Segments(stream.AsMemory(at, arrived - at), random);
            FrameResult result = SampleFrames.TryTake(ref buffer, _ => 300, out FrameKind kind, out ReadOnlySequence<byte> body);
            if (result == FrameResult.Incomplete)
            {
                Assert.True(arrived < stream.Length);
                arrived += random.Next(1, Math.Min(30, stream.Length - arrived) + 1);
                continue;
            }
            Assert.Equal((FrameResult.Complete, FrameKind.Share), (result, kind));
            Assert.Equal(ReadResult.Ok, SampleFrames.ReadAnswer(body, out _, out _));
            Assert.Equal(bodies[taken++], body.Slice(SampleFrames.AnswerPrefixSize).ToArray());
            at = arrived - (int)buffer.Length;
        }
        Assert.Equal(stream.Length, at);
    });

    [Fact]
    public void Readers_HostileBytes_NeverThrow()
    {
        byte[][] seeds =
        [
            TestSquares.Encoded(SampleFrames.WriteClientHello)[5..], TestSquares.Encoded(output => SampleFrames.WriteServerHello(output, 9, [s_root, s_root]))[5..],
            TestSquares.Encoded(output => SampleFrames.WriteGetHeader(output, 1, s_root))[5..],
            TestSquares.Encoded(output => SampleFrames.WriteGetShares(output, 1, s_root, [default, new CellCoordinate(3, 700)]))[5..],
        ];
        var root = new byte[32];
        var cells = new CellCoordinate[4];
        HostileBytes.Feed(seeds, bytes =>
        {
            SampleFrames.ReadClientHello(bytes);
            SampleFrames.ReadServerHello(bytes, out _, out byte[][] roots);
            Assert.True(roots.Length <= SampleFrames.MaxAnnounced);
            SampleFrames.ReadGetHeader(bytes, out _, root);
            if (SampleFrames.ReadGetShares(bytes, out uint id, root, cells, out int count) != ReadResult.Ok) return;
            // What reads well has one encoding.
            byte[] read = root, again = TestSquares.Encoded(output => SampleFrames.WriteGetShares(output, id, read, cells.AsSpan(0, count)));
            Assert.Equal(again.AsSpan(5), bytes);
        });
    }

    private static void AssertHex(string expected, Action<IBufferWriter<byte>> write) => Assert.Equal(expected, Convert.ToHexString(TestSquares.Encoded(write)));

    private static ReadOnlySequence<byte> Segments(ReadOnlyMemory<byte> bytes, SeededRandom random)
    {
        var first = new Segment(bytes[..random.Next(0, bytes.Length + 1)], 0);
        var last = new Segment(bytes[first.Memory.Length..], first.Memory.Length);
        first.Link(last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class FixedSource : IShareSource, IHeaderSource
    {
        public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken)
        {
            if (request.Column == 0) return ValueTask.FromResult(ShareStatus.Missing);
            share.Write([(byte)request.Row, (byte)request.Column]);
            return ValueTask.FromResult(ShareStatus.Served);
        }

        public ValueTask<ShareStatus> FetchHeaderAsync(ReadOnlyMemory<byte> dataRoot, IBufferWriter<byte> header, CancellationToken cancellationToken)
        {
            header.Write(dataRoot.Span);
            return ValueTask.FromResult(ShareStatus.Served);
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public void Link(Segment next) => Next = next;
    }
}
