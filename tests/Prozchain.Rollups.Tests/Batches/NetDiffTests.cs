using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Batches;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

public sealed class NetDiffTests
{
    private static readonly NetDiffCodec s_codec = new(1_000, 1 << 20);

    [Fact]
    public void Diffs_ComeBack() => Law.Check(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        NetDiff diff = Any(new SeededRandom((ulong)seed));
        byte[] bytes = Encode(diff);
        return s_codec.TryRead(bytes, out NetDiff read) == BatchFault.None && read.Batch == diff.Batch && read.Layout == diff.Layout
            && read.NewAccounts.Span.SequenceEqual(diff.NewAccounts.Span) && read.Balances.Span.SequenceEqual(diff.Balances.Span)
            && read.Nonces.Span.SequenceEqual(diff.Nonces.Span) && Encode(read).AsSpan().SequenceEqual(bytes);
    }, nameof(Diffs_ComeBack), 150);

    [Fact]
    public void HostileDiffs_AreRefused_OrAreWhatAWriterWrites()
    {
        byte[][] seeds = [.. Enumerable.Range(0, 20).Select(i => Encode(Any(new SeededRandom((ulong)i))))];
        var faults = new HashSet<BatchFault>();
        HostileBytes.Feed(seeds, bytes =>
        {
            byte[] copy = bytes.ToArray();
            BatchFault fault = s_codec.TryRead(copy, out NetDiff diff);
            faults.Add(fault);
            if (fault == BatchFault.None) Assert.Equal(copy, Encode(diff));
        }, count: 8_000);
        Assert.InRange(faults.Count, 6, int.MaxValue);
    }

    [Fact]
    public void DisorderAndEmptyEntries_AreRefusedByTheWriter()
    {
        BalanceChange one = new(1, 0, 5, false), two = new(2, 0, 5, true);
        Assert.NotEmpty(Encode(new NetDiff { Balances = new[] { one, two } }));
        Assert.Throws<ArgumentException>(() => Encode(new NetDiff { Balances = new[] { two, one } }));
        Assert.Throws<ArgumentException>(() => Encode(new NetDiff { Balances = new[] { one, one } }));
        Assert.Throws<ArgumentException>(() => Encode(new NetDiff { Balances = new[] { one with { Amount = 0 } } }));
        Assert.Throws<ArgumentException>(() => Encode(new NetDiff { Nonces = new[] { new NonceChange(1, 0) } }));
        Assert.Throws<ArgumentException>(() => Encode(new NetDiff { Others = new[] { new StateWrite(World.Root(1), new byte[NetDiffCodec.MaxValueSize + 1]) } }));
        Assert.Throws<ArgumentException>(() => Encode(new NetDiff { NewAccounts = new AccountAddress[1_001] }));
    }

    internal static byte[] Encode(in NetDiff diff)
    {
        var output = new ArrayBufferWriter<byte>();
        new NetDiffCodec(1_000, 1 << 20).Write(diff, output);
        return output.WrittenSpan.ToArray();
    }

    internal static NetDiff Any(SeededRandom random)
    {
        var balances = new SortedDictionary<(uint Token, ulong Account), BalanceChange>();
        var nonces = new SortedDictionary<ulong, NonceChange>();
        var others = new SortedDictionary<Digest32, StateWrite>();
        for (int i = random.Next(60); i > 0; i--)
        {
            ulong account = random.NextUInt64() >> random.Next(64);
            uint token = random.Next(3) == 0 ? (uint)random.NextUInt64() : 0;
            UInt128 amount = 1 + (new UInt128(random.NextUInt64(), random.NextUInt64()) >> random.Next(1, 128));
            balances[(token, account)] = new BalanceChange(account, token, amount, random.Next(2) == 0);
            nonces[account] = new NonceChange(account, 1 + (random.NextUInt64() >> random.Next(1, 64)));
            if (random.Next(8) == 0) others[new Digest32(random.Bytes(32))] = new StateWrite(default, random.Bytes(random.Next(60)));
        }
        return new NetDiff
        {
            Batch = random.NextUInt64() >> random.Next(64),
            Layout = (ColumnLayout)random.Next(2),
            NewAccounts = Enumerable.Range(0, random.Next(4)).Select(TestNames.Address).ToArray(),
            Balances = balances.Values.ToArray(),
            Nonces = nonces.Values.ToArray(),
            Others = others.Select(pair => pair.Value with { Key = pair.Key }).ToArray(),
        };
    }
}
