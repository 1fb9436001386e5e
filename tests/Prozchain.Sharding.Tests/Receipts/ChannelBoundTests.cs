using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Receipts;

/// <summary>What channels keep is bounded for ever, what they carry is counted in full, and a step allocates nothing.</summary>
public class ChannelBoundTests
{
    private static readonly ShardRange s_left = new(new ShardId(1), default, 1);
    private static readonly ShardRange s_right = new(new ShardId(2), new Digest([0x80, .. new byte[31]]), 1);
    private static readonly Digest s_cell = new([0xFF, .. new byte[31]]), s_lowCell = new([0x80, .. new byte[31]]);

    [Fact]
    public void TrySend_WhileNothingIsAttested_StopsBeforeItsStateCannotBeRead()
    {
        var outgoing = new OutgoingChannels(s_left, new ChannelOptions { InitialCredit = 100_000, MaxQueued = 1 << 28, MaxChannels = 2, MaxUnattested = ulong.MaxValue - 1 }, [s_left, s_right]);
        int sent = 0;
        for (ulong height = 1; height <= 66_000; height++)
        {
            if (outgoing.TrySend(s_cell, default, 1) == SendResult.Sent) sent++;
            Seal(outgoing, height);
        }
        Assert.Equal(1 << 16, sent);
        Assert.Equal(SendResult.UnattestedCap, outgoing.CanSend(s_cell, 1, 1));
        Assert.Equal(SendResult.Sent, outgoing.CanSend(s_cell, 1, 0));
        Assert.True(new OutgoingChannels(s_left, new ChannelOptions(), [s_left, s_right]).TryRestore(TestNetwork.Encode(outgoing.Write)));
        outgoing.Attested(s_left.Id, 65_000);
        Assert.Equal(SendResult.Sent, outgoing.CanSend(s_cell, 1, 1));
    }

    [Fact]
    public void Unattested_WhereDestinationsMerge_IsTheSumAndNoneTwice()
    {
        ShardRange low = new(new ShardId(3), s_right.Prefix, 2), high = new(new ShardId(4), new Digest([0xC0, .. new byte[31]]), 2), merged = new(new ShardId(5), s_right.Prefix, 1);
        var outgoing = new OutgoingChannels(s_left, new ChannelOptions { MaxUnattested = 200 }, [s_left, low, high]);
        Assert.Equal(SendResult.Sent, outgoing.TrySend(s_cell, default, 60));
        Assert.Equal(SendResult.Sent, outgoing.TrySend(s_lowCell, default, 60));
        Seal(outgoing, 1);
        outgoing.Adopt([s_left, merged]);
        Assert.Equal((UInt128)120, outgoing.Unattested(merged.Id));
        // Split and merged again: each heir of what they carried counts it, their heir counts it once.
        ShardRange[] again = [s_left, low with { Id = new ShardId(6) }, high with { Id = new ShardId(7) }];
        outgoing.Adopt(again);
        outgoing.Adopt([s_left, merged with { Id = new ShardId(8) }]);
        Assert.Equal((UInt128)120, outgoing.Unattested(new ShardId(8)));
        outgoing.Attested(s_left.Id, 1);
        Assert.Equal((UInt128)0, outgoing.Unattested(new ShardId(8)));
    }

    [Fact]
    public void Seal_OfAMergedShardThatWasFull_GrantsOnceThereIsRoom()
    {
        ShardRange low = new(new ShardId(3), s_right.Prefix, 2), high = new(new ShardId(4), new Digest([0xC0, .. new byte[31]]), 2);
        var options = new ChannelOptions { MaxQueued = 100, MaxChannels = 5, InitialCredit = 10 };
        ShardRange[] before = [s_left, low, high], after = [s_left, s_right];
        var outgoing = new OutgoingChannels(s_left, options, before);
        IncomingChannels[] parents = [new(low, options, before), new(high, options, before)];
        var sink = new CountingSink(0);
        ulong height = 0;
        for (int round = 0; round < 6; round++)
        {
            outgoing.TrySend(s_lowCell, default, 0);
            outgoing.TrySend(s_cell, default, 0);
            List<ChannelBundle> bundles = Seal(outgoing, ++height);
            for (int i = 0; i < 2; i++)
            {
                parents[i].Apply(bundles[i], sink);
                var grants = new List<ChannelNotice>();
                parents[i].Seal(grants);
                foreach (ChannelNotice grant in grants) outgoing.Accept(grant);
            }
        }
        IncomingChannels merged = IncomingChannels.Inherit(s_right, after, parents);
        outgoing.Adopt(after);
        while (outgoing.TrySend(s_cell, default, 0) == SendResult.Sent) { }
        var found = new List<ChannelBundle>();
        var closes = new List<ChannelNotice>();
        outgoing.Seal(++height, found, closes);
        Assert.True(merged.Outstanding >= options.MaxQueued - 10);
        Assert.Equal(ChannelResult.Applied, merged.Apply(Assert.Single(found), sink));
        Grant();
        foreach (ChannelNotice close in closes) merged.Accept(close);
        Grant();
        Assert.Equal(SendResult.Sent, outgoing.CanSend(s_cell, 10, 0));

        void Grant()
        {
            var grants = new List<ChannelNotice>();
            merged.Seal(grants);
            foreach (ChannelNotice grant in grants) outgoing.Accept(grant);
        }
    }

    [Fact]
    public void Watermark_OfAShardNotYetKnown_SaysNothingWasApplied()
    {
        var incoming = new IncomingChannels(s_right, new ChannelOptions(), [s_left, s_right]);
        Assert.Equal(0UL, incoming.Watermark(new ChannelId(new ShardId(9), s_right.Id)));
    }

    [Fact]
    public void State_OverThousandsOfReshapes_StaysBounded()
    {
        var options = new ChannelOptions();
        ShardRange peer = s_left;
        var outgoing = new OutgoingChannels(s_right, options, [peer, s_right]);
        var incoming = new IncomingChannels(s_right, options, [peer, s_right]);
        var sink = new CountingSink(0);
        int most = 0;
        for (ulong i = 0; i < 5000; i++)
        {
            var theirs = new OutgoingChannels(peer, options, [peer, s_right]);
            theirs.TrySend(s_cell, default, 1);
            var notices = new List<ChannelNotice>();
            theirs.End();
            var bundles = new List<ChannelBundle>();
            theirs.Seal(1, bundles, notices);
            incoming.Apply(bundles[0], sink);
            incoming.Accept(notices[0]);
            peer = peer with { Id = new ShardId(i + 10) };
            incoming.Adopt([peer, s_right]);
            outgoing.Adopt([peer, s_right]);
            Seal(outgoing, i + 1);
            Assert.NotEqual(ChannelResult.Applied, incoming.Apply(bundles[0], sink));
            most = Math.Max(most, TestNetwork.Encode(incoming.Write).Length + TestNetwork.Encode(outgoing.Write).Length);
        }
        Assert.InRange(most, 0, 2 * 8 * ShardLayout.MaxShards + 400);
    }

    [Fact]
    public void Step_AfterWarmUp_AllocatesNothing()
    {
        var options = new ChannelOptions { InitialCredit = 100_000, MaxQueued = 1 << 28, MaxChannels = 2 };
        var outgoing = new OutgoingChannels(s_left, options, [s_left, s_right]);
        var incoming = new IncomingChannels(s_right, options, [s_left, s_right]);
        var sink = new CountingSink(0);
        ulong height = 0;
        var queue = new Queue<ChannelBundle>();
        for (int i = 0; i < 2000; i++)
        {
            outgoing.TrySend(s_cell, new byte[40], 1);
            queue.Enqueue(Seal(outgoing, ++height)[0]);
        }
        List<ChannelBundle> none = [];
        List<ChannelNotice> notices = [];
        var apart = new OutgoingChannels(s_left, options, [s_left, s_right]);
        void Step()
        {
            notices.Clear();
            incoming.RetryDeferred(sink);
            ChannelBundle bundle = queue.Dequeue();
            if (incoming.Apply(bundle, sink) != ChannelResult.Applied) throw new InvalidOperationException("Expected it to be applied.");
            incoming.Seal(notices);
            outgoing.Accept(notices[0]);
            outgoing.Attested(s_left.Id, bundle.SourceHeight);
            outgoing.Seal(++height, none, notices);
            apart.CanSend(s_cell, 1, 1);
        }

        AllocationAssert.None(Step, warmUps: 50, runs: 100);
    }

    private static List<ChannelBundle> Seal(OutgoingChannels outgoing, ulong height)
    {
        var bundles = new List<ChannelBundle>();
        outgoing.Seal(height, bundles, []);
        return bundles;
    }
}
