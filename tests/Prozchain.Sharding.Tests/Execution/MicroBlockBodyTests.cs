using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Execution;

public class MicroBlockBodyTests
{
    private const string Frozen = "fe0951249c32b210017b54f882c3476791157d74a4a710dc4e98a61626403b20";

    private static readonly byte[] s_sample = TestShard.Body([[1, 2, 3], new byte[300]], builder =>
    {
        builder.AddBundle([9, 9], [.. TestShard.Receipt(TestNetwork.Key(1), [7]), .. TestShard.Receipt(TestNetwork.Key(2), [])]);
        builder.AddRecord(5, [4, 4, 4]);
        builder.AddRecord(6, []);
    }).Encoded.ToArray();

    [Fact]
    public void Read_Sample_GivesWhatWasAdded()
    {
        var body = new MicroBlockBody();
        Assert.Equal(ReadResult.Ok, body.Read(s_sample));
        Assert.Equal((1, 2, 2), (body.BundleCount, body.RecordCount, body.TransactionCount));
        Assert.Equal([9, 9], body.BundleHead(0).ToArray());
        var receipts = new ReceiptList(body.BundleReceipts(0));
        Assert.True(receipts.MoveNext());
        Assert.Equal((TestNetwork.Key(1), (byte)7), (receipts.Cell, receipts.Payload[0]));
        Assert.True(receipts.MoveNext() && receipts.Payload.IsEmpty);
        Assert.False(receipts.MoveNext());
        Assert.Equal((5, 6), (body.RecordKind(0), body.RecordKind(1)));
        Assert.Equal([4, 4, 4], body.Record(0).ToArray());
        Assert.Equal(300, body.Transaction(1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Transaction(2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => body.RecordKind(-1));
        string actual = Convert.ToHexStringLower(SHA256.HashData([.. s_sample, .. body.Root.Span]));
        Assert.True(Frozen == actual, $"Expected {Frozen}, got {actual}.");
    }

    [Fact]
    public void Read_HostileBytes_NeverThrowsAndIsCanonical()
    {
        var body = new MicroBlockBody();
        int accepted = 0;
        HostileBytes.Feed([s_sample], bytes =>
        {
            byte[] copy = bytes.ToArray();
            if (body.Read(copy) != ReadResult.Ok) { Assert.Equal(0, body.TransactionCount + body.RecordCount + body.BundleCount); return; }
            accepted++;
            var builder = new MicroBlockBuilder();
            for (int i = 0; i < body.BundleCount; i++) builder.AddBundle(body.BundleHead(i), body.BundleReceipts(i));
            for (int i = 0; i < body.RecordCount; i++) builder.AddRecord(body.RecordKind(i), body.Record(i));
            for (int i = 0; i < body.TransactionCount; i++) builder.AddTransaction(body.Transaction(i));
            Assert.Equal(copy, TestNetwork.Encode(builder.Write));
        });
        Assert.True(accepted > 1000);
    }

    [Fact]
    public void Read_PrefixesLimitsAndCounts_AreRefusedByName()
    {
        var body = new MicroBlockBody();
        for (int length = 0; length < s_sample.Length; length++) Assert.Equal(ReadResult.Truncated, body.Read(s_sample.AsMemory(0, length)));
        Assert.Equal(ReadResult.TrailingBytes, body.Read((byte[])[.. s_sample, 0]));
        Assert.Equal(ReadResult.UnknownVersion, body.Read((byte[])[1, 0, 0, 0]));
        Assert.Equal(ReadResult.Ok, body.Read((byte[])[0, 0, 0, 0]));
        Assert.Equal(ReadResult.NotCanonical, body.Read((byte[])[0, 0, 0, 1, 0]));
        Assert.Equal(ReadResult.NotCanonical, body.Read((byte[])[0, 0x80, 0, .. new byte[20]]));
        Assert.Equal(ReadResult.TooLarge, body.Read(new byte[MicroBlockLimits.MaxBytes + 1]));
        byte[] many = [0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, .. new byte[20]], claimed = [0, 0, 0, 0xFF, 0xFF, 3, .. new byte[20]];
        Assert.Equal(ReadResult.TooLarge, body.Read(many));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ReadResult.Truncated, new MicroBlockBody().Read(claimed));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000);
    }

    [Fact]
    public void Add_TooMuch_Throws()
    {
        var builder = new MicroBlockBuilder();
        Assert.Throws<ArgumentException>(() => builder.AddTransaction([]));
        Assert.Throws<ArgumentException>(() => builder.AddTransaction(new byte[MicroBlockLimits.MaxTransactionBytes + 1]));
        Assert.Throws<ArgumentException>(() => builder.AddBundle([], [1]));
        Assert.Throws<ArgumentException>(() => builder.AddRecord(1, new byte[MicroBlockLimits.MaxRecordBytes + 1]));
        var output = new ArrayBufferWriter<byte>();
        builder.Write(output);
        Assert.Equal([0, 0, 0, 0], output.WrittenSpan.ToArray());
    }
}
