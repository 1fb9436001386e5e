using System.Buffers.Binary;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Receipts;

/// <summary>A destination holds the cap by itself, whatever a captured source certifies.</summary>
public class ChannelCapTests
{
    private static readonly ShardRange s_left = new(new ShardId(1), default, 1);
    private static readonly ShardRange s_right = new(new ShardId(2), new Digest([0x80, .. new byte[31]]), 1);
    private static readonly Digest s_cell = new([0xFF, .. new byte[31]]);
    private static readonly ChannelOptions s_options = new() { MaxUnattested = 100 };

    [Fact]
    public void Apply_SourceBeyondTheCap_WaitsForAttestation()
    {
        var sink = new Sink();
        IncomingChannels incoming = Open();
        Assert.Equal(ChannelResult.Applied, incoming.Apply(Bundle(1, 1, 60), sink));
        Assert.Equal(ChannelResult.UnattestedCap, incoming.Apply(Bundle(2, 2, 41), sink));
        Assert.Equal(60UL, sink.Value);
        // Also after a restart from the state's bytes.
        IncomingChannels restored = Open();
        Assert.True(restored.TryRestore(TestNetwork.Encode(incoming.Write)));
        Assert.Equal(incoming.Digest, restored.Digest);
        Assert.Equal(ChannelResult.UnattestedCap, restored.Apply(Bundle(2, 2, 41), sink));
        Assert.False(restored.HasUnattested(s_left.Id, 0));
        Assert.True(restored.HasUnattested(s_left.Id, 1));
        restored.Attested(s_right.Id, 9);
        Assert.Equal((UInt128)60, restored.Unattested(s_left.Id));
        restored.Attested(s_left.Id, 1);
        Assert.Equal(ChannelResult.Applied, restored.Apply(Bundle(2, 2, 41), sink));
        Assert.Equal((UInt128)41, restored.Unattested(s_left.Id));
        Assert.Equal(101UL, sink.Value);
    }

    [Fact]
    public void Apply_BundleThatDeclaresLessThanItBrings_Refused()
    {
        var sink = new Sink();
        IncomingChannels incoming = Open();
        Assert.Equal(ChannelResult.OverValue, incoming.Apply(Bundle(1, 1, 60, declared: 59), sink));
        Assert.Equal(ChannelResult.UnattestedCap, incoming.Apply(Bundle(1, 1, 101), sink));
        Assert.Equal(0UL, sink.Value);
        Assert.Equal(ChannelResult.Applied, incoming.Apply(Bundle(1, 1, 60, declared: 61), sink));
        // Without a cap nothing is counted.
        var open = new IncomingChannels(s_right, new ChannelOptions(), [s_left, s_right]);
        Assert.Equal(ChannelResult.Applied, open.Apply(Bundle(1, 1, 1_000, declared: 0), sink));
        Assert.Equal((UInt128)0, open.Unattested(s_left.Id));
    }

    [Fact]
    public void Inherit_SplitAndMerge_KeepWhatIsNotAttested()
    {
        var sink = new Sink();
        IncomingChannels incoming = Open();
        incoming.Apply(Bundle(1, 1, 60), sink);
        ShardRange low = new(new ShardId(3), s_right.Prefix, 2), high = new(new ShardId(4), new Digest([0xC0, .. new byte[31]]), 2), merged = new(new ShardId(5), s_right.Prefix, 1);
        ShardRange[] halves = [s_left, low, high];
        IncomingChannels one = IncomingChannels.Inherit(low, halves, incoming), other = IncomingChannels.Inherit(high, halves, incoming);
        Assert.Equal((UInt128)60, one.Unattested(s_left.Id));
        Assert.Equal((UInt128)120, IncomingChannels.Inherit(merged, [s_left, merged], one, other).Unattested(s_left.Id));
        one.Attested(s_left.Id, 1);
        Assert.Equal((UInt128)60, IncomingChannels.Inherit(merged, [s_left, merged], one, other).Unattested(s_left.Id));
    }

    private static IncomingChannels Open() => new(s_right, s_options, [s_left, s_right]);

    private static ChannelBundle Bundle(ulong sequence, ulong height, ulong value, ulong? declared = null)
    {
        var message = new byte[32 + 2 + 8];
        s_cell.Span.CopyTo(message);
        message[32] = 8;
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(34), value);
        return new ChannelBundle(new ChannelId(s_left.Id, s_right.Id), sequence, height, declared ?? value, 1, message);
    }

    private sealed class Sink : IReceiptSink
    {
        public ulong Value { get; private set; }

        public bool TryCredit(in Digest cell, ReadOnlySpan<byte> payload)
        {
            Value += ValueOf(payload);
            return true;
        }

        public ulong ValueOf(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadUInt64LittleEndian(payload);
    }
}
