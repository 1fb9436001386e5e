using System.Buffers;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Wire;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>Waits, rates and ends that must come whatever the other side does.</summary>
public class SampleTimingTests
{
    private static readonly ShareRequest s_request = new(new byte[32], 1, 2);

    /// <summary>That the client goes on asking gives a server that answers nothing no more time.</summary>
    [Fact]
    public async Task Client_ServerThatNeverAnswers_IsDroppedThoughRequestsGoOn()
    {
        var time = new VirtualTime();
        (RemoteShareSource client, Duplex server) = await HostileServer.StartAsync(HostileServer.Hello(), time);
        var asking = new List<Task<ShareStatus>>();
        for (int i = 0; i < 4 && !client.Completion.IsCompleted; i++)
        {
            asking.Add(client.FetchAsync(s_request, new ArrayBufferWriter<byte>(), default).AsTask());
            await HostileServer.ReceiveAsync(server, i == 0 ? 10 + 44 : 44);
            if (i < 2) time.Advance(TimeSpan.FromSeconds(14));
            else
            {
                time.Advance(TimeSpan.FromSeconds(3));
                break;
            }
        }
        Assert.Equal(ConnectionFault.Stalled, (await client.Completion.WaitAsync(TimeSpan.FromSeconds(10))).Fault);
        foreach (Task<ShareStatus> request in asking) Assert.Equal(ShareStatus.Failed, await request);
    }

    /// <summary>Whatever the transport throws, requests end and the completion is not faulted.</summary>
    [Fact]
    public async Task Client_TransportThatThrowsAnything_IsBroken()
    {
        (RemoteShareSource client, Duplex server) = await HostileServer.StartAsync(HostileServer.Hello());
        Task<ShareStatus> asking = client.FetchAsync(s_request, new ArrayBufferWriter<byte>(), default).AsTask();
        await HostileServer.ReceiveAsync(server, 10 + 44);
        await server.Output.CompleteAsync(new InvalidDataException("a transport's own exception"));
        Assert.Equal(new ConnectionEnd(ConnectionFault.Broken), await client.Completion.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(ShareStatus.Failed, await asking.WaitAsync(TimeSpan.FromSeconds(10)));
        await client.DisposeAsync();
    }

    /// <summary>The pause before another try ends late, after the time for the whole sample: that is no answer in time, not an exception.</summary>
    [Fact]
    public async Task SampleAsync_PauseThatOverrunsTheTimeout_EndsAsBusy()
    {
        var time = new VirtualTime();
        int asked = 0;
        var source = new Scripted(() => asked++ == 0 ? ValueTask.FromResult(ShareStatus.Busy) : new ValueTask<ShareStatus>(new TaskCompletionSource<ShareStatus>().Task));
        var late = new LateTime(time, TimeSpan.FromSeconds(20));
        Task<SamplingResult> sampling = new LightClient(TestSquares.Full(2).Header, TestSquares.Seed(1), late) { MaxInFlight = 1 }.SampleAsync(source, 0.5);
        time.Advance(TimeSpan.FromSeconds(1));
        SamplingResult result = await sampling.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(SampleOutcome.Busy, result.Failure!.Value.Outcome);
        Assert.Equal(1, asked);
    }

    /// <summary>A bucket that is looked at more often than the clock's resolution in ticks still fills.</summary>
    [Fact]
    public void TokenBucket_LookedAtAllTheTime_GainsItsRate()
    {
        var time = new NanosecondTime();
        var bucket = new TokenBucket(1000, 1, time);
        int taken = 0;
        for (int i = 0; i < 1_000_000; i++, time.Now += 50)
            if (bucket.TryTake()) taken++;
        Assert.InRange(taken, 50, 51);   // 50 milliseconds at 1000 a second, and the first
    }

    [Fact]
    public async Task Misuse_IsRefused()
    {
        var local = new LocalShareSource();
        var server = new SampleServer(local, local);
        Assert.Throws<ArgumentNullException>(() => server.Announced = null!);
        Assert.Contains("got 31", Assert.Throws<ArgumentException>(() => server.Announced = [new byte[31]]).Message, StringComparison.Ordinal);
        Assert.Contains("got 65", Assert.Throws<ArgumentException>(() => server.Announced = [.. Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[32], SampleFrames.MaxAnnounced + 1)]).Message, StringComparison.Ordinal);
        server.Announced = [new byte[32]];
        Assert.Single(server.Announced);
        foreach (TimeSpan timeout in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(-2) })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                () => new LightClient(TestSquares.Full(2).Header, TestSquares.Seed(1)) { Timeout = timeout }.SampleAsync(local, 0.5));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => new HeaderSearch { Timeout = timeout }.FindAsync([local], new byte[32]));
        }
    }

    private sealed class Scripted(Func<ValueTask<ShareStatus>> answer) : IShareSource
    {
        public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken) => answer();
    }

    /// <summary>A clock whose timers run late.</summary>
    private sealed class LateTime(VirtualTime inner, TimeSpan lateness) : TimeProvider
    {
        private TimeSpan _lost;

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override long GetTimestamp() => inner.GetTimestamp() + _lost.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(
            given =>
            {
                _lost += lateness;
                callback(given);
            }, state, dueTime, period);
    }

    private sealed class NanosecondTime : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => Now;
    }
}
