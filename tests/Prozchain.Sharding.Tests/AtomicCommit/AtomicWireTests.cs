using System.Security.Cryptography;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Tests.Receipts;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>The formats of docs/formats/sharding-atomic.md and the channels' of sharding-receipts.md: frozen, canonical, fearless.</summary>
public class AtomicWireTests
{
    private static readonly Dictionary<string, List<byte[]>> s_samples = MakeSamples();

    private static readonly Dictionary<string, Func<byte[], (ReadResult Result, byte[]? Again)>> s_readers = new()
    {
        ["atomic-transaction"] = bytes => (AtomicTransaction.TryRead(bytes, out AtomicTransaction? value), value?.Encoded.ToArray()),
        ["atomic-record"] = bytes => (AtomicRecord.TryRead(bytes, out AtomicRecord? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["shard-ending"] = bytes => (ShardEnding.TryRead(bytes, out ShardEnding? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["channel-bundle"] = bytes => (ChannelBundle.TryRead(bytes, out ChannelBundle? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["channel-notice"] = bytes =>
        {
            ReadResult result = ChannelNotice.TryRead(bytes, out ChannelNotice value);
            return (result, result == ReadResult.Ok ? TestNetwork.Encode(value.Write) : null);
        },
    };

    public static TheoryData<string> Formats => [.. s_readers.Keys];

    [Theory]
    [MemberData(nameof(Formats))]
    public void TryRead_ValidPrefixAndHostile_IsCanonicalAndNeverThrows(string format)
    {
        foreach (byte[] sample in s_samples[format])
        {
            (ReadResult result, byte[]? again) = s_readers[format](sample);
            Assert.Equal(ReadResult.Ok, result);
            Assert.Equal(sample, again);
            for (int length = 0; length < sample.Length; length++) Assert.NotEqual(ReadResult.Ok, s_readers[format](sample[..length]).Result);
            Assert.Equal(ReadResult.UnknownVersion, s_readers[format]([1, .. sample[1..]]).Result);
            Assert.NotEqual(ReadResult.Ok, s_readers[format]([.. sample, 0]).Result);
        }
        HostileBytes.Feed(s_samples[format], bytes =>
        {
            byte[] copy = bytes.ToArray();
            (ReadResult result, byte[]? again) = s_readers[format](copy);
            Assert.Equal(result == ReadResult.Ok ? copy : null, again);
        }, count: 30_000);
    }

    [Fact]
    public void TryRestore_HostileBytes_NeverThrows()
    {
        var world = new AtomicWorld();
        HostileBytes.Feed(s_samples["atomic-state"], bytes => new AtomicShard(world.Live[new ShardId(1)].Range, world.Options, new TestCells(), world).TryRestore(bytes), count: 20_000);
    }

    // A change of any of these is a change of a wire format: it needs a new version byte, and a note in docs/formats.
    [Theory]
    [InlineData("atomic-transaction", "adc4fb632e935b9548ad3a764d40d6db337d203b2e7d96c12c75d566e822c73b")]
    [InlineData("atomic-record", "7e24205ca4dfd4352eb154dfc485c01ef664e7bcaae04f141862403f0e3be8a4")]
    [InlineData("shard-ending", "e29364db6511aa7db9944d12a4cd26c5826e6ba10190c49b10cb5c5e7af1f06c")]
    [InlineData("channel-bundle", "9ec45ebbf4393f7df2819ce22ea978b812c7e764a71005e2bb70a85889a2fd83")]
    [InlineData("channel-notice", "8f8df71bcc074f826f27dbdd2d529a81af7d656c55ca7b0fcd16c135375d4b30")]
    [InlineData("atomic-state", "352686979350acf322b8fc5b07cd1211f67cfcef14ba4d0d033af62a022b7e29")]
    [InlineData("channel-state", "77812adfc32056e9b75b1c7b45a81c7fd5801346481bc761876ae37e4ae05d4f")]
    public void Write_SeededCases_AreFrozen(string format, string expected)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] sample in s_samples[format]) hash.AppendData(sample);
        string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(expected == actual, $"Expected {expected} for {format}, got {actual}.");
    }

    private static Dictionary<string, List<byte[]>> MakeSamples()
    {
        var world = new AtomicWorld();
        AtomicNode first = world.Live[new ShardId(1)], third = world.Live[new ShardId(3)];
        int a = AtomicWorld.WalletIn(first.Range), b = AtomicWorld.WalletIn(third.Range), c = AtomicWorld.WalletIn(first.Range, a + 1);
        AtomicTransaction declared = world.Ring([a, b], 5), locks = world.Ring([c, b], 9, declared: false, beginMs: 1500);
        var driver = new LockDriver(world, locks, [new(AtomicWorld.Key(c), true)]);
        var states = new List<byte[]>();
        world.NowMs = 2000;
        foreach (AtomicNode node in (AtomicNode[])[first, third]) world.Block(node, _ => node.Shard.Admit(declared));
        states.Add(TestNetwork.Encode(first.Shard.Write));
        world.Block(first, _ => { foreach (var (record, origin) in world.Archive.ToArray()) world.Deliver(first, record, origin); });
        world.Block(first, _ => driver.Acquire(first));
        world.Block(first, _ => first.Shard.Prepare(locks.Id, driver.Attempt, [new ShardId(1), new ShardId(3)], world.Archive.Select(entry => entry.Record)
            .Where(record => record.Transaction == locks.Id && record.Kind == AtomicRecordKind.Provision && record.Shard != new ShardId(1)).ToArray()));
        world.Block(third, _ => third.Shard.Acquire(locks, driver.Attempt, new DeclaredCell(AtomicWorld.Key(c), true)));
        states.Add(TestNetwork.Encode(first.Shard.Write));
        states.Add(TestNetwork.Encode(third.Shard.Write));
        world.Freeze(first);
        world.Block(third, _ => third.Shard.Accept(world.Endings[0].Ending));
        states.Add(TestNetwork.Encode(third.Shard.Write));
        ShardRange[] live = [new(new ShardId(1), default, 1), new(new ShardId(2), new Digest([0x80, .. new byte[31]]), 1)];
        var outgoing = new OutgoingChannels(live[0], new ChannelOptions { MaxUnattested = ulong.MaxValue - 1 }, live);
        var incoming = new IncomingChannels(live[1], new ChannelOptions(), live);
        for (int i = 0; i < 5; i++) outgoing.TrySend(new Digest([0xF0, .. new byte[31]]), new byte[i * 3], (ulong)i);
        var bundles = new List<ChannelBundle>();
        var notices = new List<ChannelNotice>();
        outgoing.Seal(4, bundles, notices);
        incoming.Apply(bundles[0], new CountingSink(0));
        incoming.Seal(notices);
        outgoing.End();
        outgoing.Seal(5, bundles, notices);
        AtomicRecord[] extra = [new(AtomicRecordKind.Acknowledgement, locks.Id, new ShardId(3), new Attempt(2, 7)), new(AtomicRecordKind.PreparedVote, locks.Id, new ShardId(3), new Attempt(1, 1), true, declared.Id, 99, [new ShardId(1), new ShardId(3)])];
        return new Dictionary<string, List<byte[]>>
        {
            ["atomic-transaction"] = [.. world.Transactions.Select(transaction => transaction.Encoded.ToArray())],
            ["atomic-record"] = [.. world.Archive.Select(entry => TestNetwork.Encode(entry.Record.Write)), .. extra.Select(record => TestNetwork.Encode(record.Write))],
            ["shard-ending"] = [.. world.Endings.Select(entry => TestNetwork.Encode(entry.Ending.Write))],
            ["channel-bundle"] = [.. bundles.Select(bundle => TestNetwork.Encode(bundle.Write))],
            ["channel-notice"] = [.. notices.Select(notice => TestNetwork.Encode(notice.Write))],
            ["atomic-state"] = states,
            ["channel-state"] = [TestNetwork.Encode(outgoing.Write), TestNetwork.Encode(incoming.Write)],
        };
    }
}
