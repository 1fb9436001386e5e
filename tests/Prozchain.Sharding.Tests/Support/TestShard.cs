using System.Buffers;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>The left of two shards, with a state of its own and what micro-blocks for it need.</summary>
internal sealed class TestShard
{
    public const long TimeMs = 1_000_000;

    private static readonly ShardLayout s_layout = ShardLayout.Create(2);

    public TestShard() => State = new TrieStore(Info.Prefix, Info.Depth);

    public static ShardInfo Info => s_layout.Shards[0];

    public TrieStore State { get; }

    public static BlockContext Block(ulong height = 1, long timeMs = TimeMs) => new(TestNetwork.ChainId, s_layout, Info.Id, 3, height, timeMs);

    /// <summary>Wallets whose accounts lie on this shard, or on the other.</summary>
    public static int[] Wallets(bool local, int count) =>
        [.. Enumerable.Range(0, 500).Where(i => Info.Contains(TestNetwork.AddressOf(i).Digest) == local).Take(count)];

    public static byte[] Pay(ISigner from, Address to, ulong amount, ulong nonce, long validUntilMs = TimeMs + 1000) =>
        TransferView.Sign(from, TestNetwork.ChainId, to, amount, nonce, validUntilMs);

    public static MicroBlockBody Body(IEnumerable<byte[]> transactions, Action<MicroBlockBuilder>? more = null)
    {
        var builder = new MicroBlockBuilder();
        foreach (byte[] transaction in transactions) builder.AddTransaction(transaction);
        more?.Invoke(builder);
        return Body(builder);
    }

    public static MicroBlockBody Body(MicroBlockBuilder builder)
    {
        var output = new ArrayBufferWriter<byte>();
        builder.Write(output);
        Assert.Equal(builder.EncodedLength, output.WrittenCount);
        var body = new MicroBlockBody();
        Assert.Equal(Sharding.Wire.ReadResult.Ok, body.Read(output.WrittenSpan.ToArray()));
        return body;
    }

    public static byte[] Receipt(Digest cell, ReadOnlySpan<byte> payload)
    {
        byte[] length = [(byte)payload.Length, (byte)(payload.Length >> 8)];
        return [.. cell.Span, .. length, .. payload];
    }

    public void Fund(IEnumerable<int> wallets, ulong balance)
    {
        State.Stage([.. wallets.Select(i => new StateWrite(TestNetwork.AddressOf(i).Digest, new Account(0, balance).ToBytes()))]);
        State.Commit();
    }

    public Account AccountOf(Digest cell) => State.TryGet(cell, out ReadOnlySpan<byte> value) ? Account.Read(value) : default;

    public void Commit(MicroBlockOutcome outcome)
    {
        State.Stage(outcome.CopyWrites());
        State.Commit();
    }

    /// <summary>All that an outcome says, to compare.</summary>
    public static string Describe(MicroBlockOutcome outcome)
    {
        IEnumerable<string> results = Enumerable.Range(0, outcome.Counters.Transactions).Select(i => $"{outcome.Status(i)}:{outcome.GasUsed(i)}");
        IEnumerable<string> writes = outcome.CopyWrites().Select(write => $"{write.Key}={Convert.ToHexString(write.Value.Span)}");
        IEnumerable<string> outbound = outcome.Outbound.Select(sent => $"{sent.Destination}*{sent.Count}/{sent.Value}:{Convert.ToHexString(sent.Receipts.Span)}");
        var touched = new Digest[outcome.TouchedCount];
        outcome.CopyTouched(touched);
        return $"{outcome.WriteDigest} {outcome.ReceiptsRoot} {outcome.Counters}\n{string.Join(' ', results)}\n{string.Join(' ', writes)}\n{string.Join(' ', outbound)}\n{string.Join(' ', touched)}";
    }
}
