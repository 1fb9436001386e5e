using System.Buffers.Binary;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Receipts;

/// <summary>One channel: exactly once over a bad carrier, within its credit, within the cap on unattested value.</summary>
public class ChannelTests
{
    private static readonly ShardRange s_left = new(new ShardId(1), default, 1);
    private static readonly ShardRange s_right = new(new ShardId(2), HighBit(), 1);
    private static readonly ShardRange[] s_live = [s_left, s_right];
    private static readonly Digest s_cell = new([0xFF, .. new byte[31]]);

    [Fact]
    public void Messages_UnderDuplicationReorderLoss_ArriveExactlyOnce()
    {
        // PROZCHAIN_LONG=1: ten million.
        int total = TestSettings.Scale(1_000_000, 10_000_000), sent = 0;
        var random = new Random((int)TestSettings.Seed);
        var options = new ChannelOptions { MaxQueued = 20_000, MaxChannels = 4, InitialCredit = 500 };
        var outgoing = new OutgoingChannels(s_left, options, s_live);
        var incoming = new IncomingChannels(s_right, options, s_live);
        var channel = new ChannelId(s_left.Id, s_right.Id);
        var sink = new CountingSink(total);
        var unacknowledged = new Queue<ChannelBundle>();
        var network = new List<ChannelBundle>();
        var inbox = new SortedDictionary<ulong, ChannelBundle>();
        var lastGrant = default(ChannelNotice);
        Span<byte> payload = stackalloc byte[sizeof(int)];
        int deferrals = 0;
        for (ulong height = 1; sink.Credited < total; height++)
        {
            for (int i = random.Next(4000); i > 0 && sent < total; i--)
            {
                BinaryPrimitives.WriteInt32LittleEndian(payload, sent);
                SendResult result = outgoing.TrySend(s_cell, payload, 1);
                if (result != SendResult.Sent) { Assert.Equal(SendResult.NoCredit, result); deferrals++; break; }
                sent++;
            }
            var bundles = new List<ChannelBundle>();
            outgoing.Seal(height, bundles, []);
            foreach (ChannelBundle bundle in bundles) unacknowledged.Enqueue(bundle);
            // What is not acknowledged is sent again, now and then; the carrier loses a third and doubles a third.
            foreach (ChannelBundle bundle in random.Next(3) == 0 ? unacknowledged.Concat(bundles) : bundles)
            {
                for (int copies = random.Next(3); copies > 0; copies--) network.Add(bundle);
            }
            for (int i = random.Next(20); i > 0 && network.Count > 0; i--)
            {
                int at = random.Next(network.Count);
                ChannelBundle bundle = network[at];
                network[at] = network[^1];
                network.RemoveAt(network.Count - 1);
                if (bundle.Sequence > incoming.Watermark(channel)) inbox.TryAdd(bundle.Sequence, bundle);
                if (random.Next(10) == 0) Assert.NotEqual(ChannelResult.OverCredit, incoming.Apply(bundle, sink));
            }
            while (inbox.Count > 0 && inbox.First() is var first && incoming.Apply(first.Value, sink) is ChannelResult.Applied or ChannelResult.Duplicate) inbox.Remove(first.Key);
            var notices = new List<ChannelNotice>();
            incoming.Seal(notices);
            if (notices.Count > 0) lastGrant = notices[^1];
            if (random.Next(3) == 0 && lastGrant.Kind == ChannelNoticeKind.Grant)
            {
                outgoing.Accept(lastGrant);
                while (unacknowledged.TryPeek(out ChannelBundle? oldest) && oldest.Sequence <= lastGrant.Sequence) unacknowledged.Dequeue();
            }
            Assert.InRange(incoming.Outstanding, 0, options.MaxQueued);
            Assert.InRange(sent - sink.Credited, 0, options.MaxQueued);
            Assert.True(height < (ulong)total, $"Expected {total} messages to arrive, got {sink.Credited}.");
        }
        Assert.Equal(total, sent);
        Assert.True(deferrals > 0);
    }

    [Fact]
    public void TrySend_WithoutGrant_StopsAtTheInitialCredit()
    {
        var options = new ChannelOptions { MaxQueued = 100, MaxChannels = 2, InitialCredit = 10 };
        var outgoing = new OutgoingChannels(s_left, options, s_live);
        var incoming = new IncomingChannels(s_right, options, s_live);
        for (int i = 0; i < 10; i++) Assert.Equal(SendResult.Sent, outgoing.TrySend(s_cell, default, 1));
        Assert.Equal(SendResult.NoCredit, outgoing.TrySend(s_cell, default, 1));
        Assert.Equal(SendResult.NoChannel, outgoing.TrySend(new Digest(new byte[32]), default, 1));
        ChannelBundle bundle = Assert.Single(Seal(outgoing, 1));
        Assert.Equal(ChannelResult.Applied, incoming.Apply(bundle, new CountingSink(0)));
        var notices = new List<ChannelNotice>();
        incoming.Seal(notices);
        outgoing.Accept(Assert.Single(notices) with { Channel = new ChannelId(s_right.Id, s_left.Id) });
        Assert.Equal(SendResult.NoCredit, outgoing.CanSend(s_cell, 1, 1));
        outgoing.Accept(notices[0]);
        Assert.Equal(SendResult.Sent, outgoing.CanSend(s_cell, 10, 1));
    }

    [Fact]
    public void Apply_MoreThanGranted_IsTheSourcesFault()
    {
        var options = new ChannelOptions { MaxQueued = 100, MaxChannels = 2, InitialCredit = 2 };
        var incoming = new IncomingChannels(s_right, options, s_live);
        var generous = new OutgoingChannels(s_left, options with { InitialCredit = 50 }, s_live);
        for (int i = 0; i < 3; i++) generous.TrySend(s_cell, default, 0);
        Assert.Equal(ChannelResult.OverCredit, incoming.Apply(Seal(generous, 1)[0], new CountingSink(0)));
        var astray = new ChannelBundle(new ChannelId(s_left.Id, s_right.Id), 1, 1, 0, 1, new byte[ReceiptList.HeadSize]);
        Assert.Equal(ChannelResult.WrongCell, incoming.Apply(astray, new CountingSink(0)));
        Assert.Equal(ChannelResult.UnknownChannel, incoming.Apply(new ChannelBundle(new ChannelId(new ShardId(9), s_right.Id), 1, 1, 0, 1, new byte[ReceiptList.HeadSize]), new CountingSink(0)));
    }

    [Fact]
    public void TrySend_ValueNotAttested_IsCappedUntilItIs()
    {
        var outgoing = new OutgoingChannels(s_left, new ChannelOptions { MaxUnattested = 100 }, s_live);
        Assert.Equal(SendResult.Sent, outgoing.TrySend(s_cell, default, 60));
        Seal(outgoing, 1);
        Assert.Equal(SendResult.UnattestedCap, outgoing.TrySend(s_cell, default, 41));
        Assert.Equal(SendResult.Sent, outgoing.TrySend(s_cell, default, 40));
        Seal(outgoing, 2);
        outgoing.Attested(s_left.Id, 1);
        Assert.Equal((UInt128)40, outgoing.Unattested(s_right.Id));
        outgoing.Attested(new ShardId(9), 5);
        Assert.Equal((UInt128)40, outgoing.Unattested(s_right.Id));
        outgoing.Attested(s_left.Id, 2);
        Assert.Equal((UInt128)0, outgoing.Unattested(s_right.Id));
    }

    [Fact]
    public void Apply_ClaimedCell_WaitsAndCountsAsQueued()
    {
        var options = new ChannelOptions { MaxQueued = 40, MaxChannels = 2, InitialCredit = 10 };
        var outgoing = new OutgoingChannels(s_left, options, s_live);
        var incoming = new IncomingChannels(s_right, options, s_live);
        for (int i = 0; i < 3; i++) outgoing.TrySend(s_cell, BitConverter.GetBytes(i), 1);
        var sink = new CountingSink(3) { IsClaimed = true };
        Assert.Equal(ChannelResult.Applied, incoming.Apply(Seal(outgoing, 1)[0], sink));
        Assert.Equal((0, 3), (sink.Credited, incoming.Deferred));
        long queued = incoming.Outstanding;
        byte[] bytes = TestNetwork.Encode(incoming.Write);
        var again = new IncomingChannels(s_right, options, s_live);
        Assert.True(again.TryRestore(bytes));
        Assert.Equal(incoming.Digest, again.Digest);
        sink.IsClaimed = false;
        again.RetryDeferred(sink);
        Assert.Equal((3, 0), (sink.Credited, again.Deferred));
        Assert.Equal(queued - 3, again.Outstanding);
    }

    [Fact]
    public void TryRestore_HostileBytes_NeverThrows()
    {
        var options = new ChannelOptions();
        var outgoing = new OutgoingChannels(s_left, options, s_live);
        var incoming = new IncomingChannels(s_right, options, s_live);
        outgoing.TrySend(s_cell, "abc"u8, 5);
        incoming.Apply(Seal(outgoing, 1)[0], new CountingSink(0) { IsClaimed = true });
        byte[] sent = TestNetwork.Encode(outgoing.Write), received = TestNetwork.Encode(incoming.Write);
        HostileBytes.Feed([sent, received], bytes => { outgoing.TryRestore(bytes); incoming.TryRestore(bytes); }, count: 20_000);
    }

    private static List<ChannelBundle> Seal(OutgoingChannels outgoing, ulong height)
    {
        var bundles = new List<ChannelBundle>();
        outgoing.Seal(height, bundles, []);
        return bundles;
    }

    private static Digest HighBit() => new([0x80, .. new byte[31]]);
}

/// <summary>Takes numbered messages, each once.</summary>
internal sealed class CountingSink(int total) : IReceiptSink
{
    private readonly System.Collections.BitArray _seen = new(Math.Max(1, total));

    public int Credited { get; private set; }

    public bool IsClaimed { get; set; }

    public bool TryCredit(in Digest cell, ReadOnlySpan<byte> payload)
    {
        if (IsClaimed) return false;
        if (total > 0)
        {
            int number = BinaryPrimitives.ReadInt32LittleEndian(payload);
            if (_seen[number]) throw new InvalidOperationException($"Expected message {number} once.");
            _seen[number] = true;
        }
        Credited++;
        return true;
    }
}
