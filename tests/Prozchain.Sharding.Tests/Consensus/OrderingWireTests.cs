using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>The formats of docs/formats/sharding-ordering.md: one encoding, and any bytes are answered.</summary>
public class OrderingWireTests
{
    private static readonly Dictionary<string, (List<byte[]> Samples, Func<byte[], (ReadResult Result, byte[]? Again)> Read)> s_formats = new()
    {
        ["micro-header"] = ([], bytes => (MicroHeader.TryRead(bytes, out MicroHeader? value), value is null ? null : TestNetwork.Encode(value.Write))),
        ["micro-block"] = ([], bytes => (MicroBlock.TryRead(bytes, out MicroBlock? value), value is null ? null : TestNetwork.Encode(value.Write))),
        ["ordering-certificate"] = ([], bytes => (OrderingCertificate.TryRead(bytes, out OrderingCertificate? value), value is null ? null : TestNetwork.Encode(value.Write))),
        ["vote-evidence"] = ([], bytes => (VoteEvidence.TryRead(bytes, out VoteEvidence? value), value is null ? null : TestNetwork.Encode(value.Write))),
    };

    private static readonly List<byte[]> s_messages = [], s_records = [];
    private static readonly OrderingWorld s_world = Record();

    public static TheoryData<string> Formats => [.. s_formats.Keys];

    // A small committee with twins, losses, a late member and a last block says everything that can be said.
    private static OrderingWorld Record()
    {
        var world = new OrderingWorld(new SeededRandom(11), 4, viewsPerTerm: 3) { Loss = 0.35, StableMs = 10_000 };
        for (int i = 0; i < 5; i++) world.Add(i == 4 ? 0 : i, host => (host.IsByzantine, host.Salt, host.TerminalAt) = (host.Member == 0, 50 * i, world.Anchor.Height + 40));
        int[] side = new int[5];
        for (int i = 0; i < 8; i++) world.At(i * 600, () => { for (int k = 0; k < side.Length; k++) side[k] = (k + i) % 2 & (k >> 1 ^ 1); });
        world.At(5_000, () => Array.Clear(side));
        world.Connected = (from, to) => side[world.Hosts.IndexOf(from)] == side[world.Hosts.IndexOf(to)];
        world.Sent = s_messages.Add;
        foreach (OrderingHost host in world.Hosts.Where(host => host.Member != 3)) world.At(0, () => world.Start(host));
        world.At(8_000, () => world.Start(world.Hosts[3]));
        world.RunUntil(16_000);
        foreach (OrderingHost host in world.Hosts) s_records.AddRange(host.Disk);
        foreach ((MicroBlock block, OrderingCertificate certificate) in world.Hosts[1].App.Final)
        {
            s_formats["micro-header"].Samples.Add(TestNetwork.Encode(block.Header.Write));
            s_formats["micro-block"].Samples.Add(TestNetwork.Encode(block.Write));
            s_formats["ordering-certificate"].Samples.Add(TestNetwork.Encode(certificate.Write));
        }
        foreach (OrderingHost host in world.Honest)
            foreach (VoteEvidence evidence in host.App.Evidence) s_formats["vote-evidence"].Samples.Add(TestNetwork.Encode(evidence.Write));
        return world;
    }

    [Fact]
    public void Record_SmallWorld_SaysEverything()
    {
        Assert.Equal(Enumerable.Range(1, 8).Select(type => (byte)type), s_messages.Select(message => message[1]).Distinct().Order());
        Assert.Equal(Enumerable.Range(1, 4).Select(type => (byte)type), s_records.Select(record => record[1]).Distinct().Order());
        Assert.All(s_formats.Values, format => Assert.NotEmpty(format.Samples));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void TryRead_ValidAndHostile_OneEncodingAndNoException(string format)
    {
        (List<byte[]> samples, Func<byte[], (ReadResult Result, byte[]? Again)> read) = s_formats[format];
        foreach (byte[] sample in samples) Assert.Equal(sample, read(sample).Again);
        byte[] first = samples[0];
        for (int length = 0; length < first.Length; length++) Assert.Equal(ReadResult.Truncated, read(first[..length]).Result);
        Assert.Equal(ReadResult.TrailingBytes, read([.. first, 0]).Result);
        Assert.Equal(ReadResult.UnknownVersion, read([1, .. first[1..]]).Result);
        int refused = 0;
        HostileBytes.Feed(samples, bytes =>
        {
            byte[] copy = bytes.ToArray();
            (ReadResult result, byte[]? again) = read(copy);
            if (result == ReadResult.Ok) Assert.Equal(copy, again);
            else { refused++; Assert.Null(again); }
        }, 50_000);
        Assert.True(refused > 10_000);
    }

    [Fact]
    public void Receive_HostileMessages_NeverThrowAndChangeNoMindOfOthers()
    {
        var world = new OrderingWorld(new SeededRandom(11), 4, viewsPerTerm: 3, anchor: s_world.Anchor);
        OrderingHost host = world.Add(1);
        host.Boot();
        var actions = new NodeActions();
        host.Node!.Start(0, actions);
        long now = 0;
        HostileBytes.Feed(s_messages, bytes =>
        {
            host.Node.Receive(now++ / 100, new NodeId((int)now % 6), bytes, actions);
            actions.Clear();
        }, 100_000);
        Assert.Empty(host.App.Final); // another run: another instance, so not even the whole messages count
        Assert.Equal(world.Anchor.Height, host.Node.FinalHeight);
    }

    [Fact]
    public void Restore_HostileRecords_NeverThrow()
    {
        OrderingHost host = new OrderingWorld(new SeededRandom(11), 4, viewsPerTerm: 3).Add(1);
        host.Boot();
        HostileBytes.Feed(s_records, bytes => host.Node!.Restore(bytes), 20_000);
        host.Node!.Start(0, new NodeActions());
    }
}
