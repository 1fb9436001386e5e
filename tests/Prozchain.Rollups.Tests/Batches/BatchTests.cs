using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Tests.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

public sealed class BatchTests
{
    private static readonly BatchHeader s_header = new(World.ChainId, 12, World.Root(3), 1_700_000_000_123, 0);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(50, 5)]
    [InlineData(400, 90)]
    public void TryRead_OfWhatWriteWrote_HasTheSameTransfers(int count, int wallets)
    {
        L2Transfer[] transfers = Transfers(count, wallets, seed: count);
        byte[] bytes = Encode(transfers, out BatchStatistics written);
        Assert.Equal(BatchReadResult.Ok, Batch.TryRead(bytes, BatchLimits.Default, out Batch? batch));
        Assert.Equal(s_header with { TransferCount = count }, batch!.Header);
        Assert.Equal(written, batch.Statistics);
        Assert.Equal(bytes.Length, written.TotalBytes);
        for (int i = 0; i < count; i++) Assert.Equal(L2TransferTests.Encode(transfers[i]), L2TransferTests.Encode(batch.GetTransfer(i)));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.GetTransfer(count));
    }

    [Fact]
    public void TryRead_OfHostileBytes_NeverThrowsAndIsCanonical()
    {
        byte[][] seeds = [Encode(Transfers(0, 1, 1), out _), Encode(Transfers(3, 2, 2), out _), Encode(Transfers(9, 4, 3), out _)];
        int read = 0;
        HostileBytes.Feed(seeds, bytes =>
        {
            byte[] copy = bytes.ToArray();
            if (Batch.TryRead(copy, BatchLimits.Default, out Batch? batch) != BatchReadResult.Ok) return;
            read++;
            var builder = new BatchBuilder();
            for (int i = 0; i < batch!.Count; i++) Assert.True(builder.TryAdd(batch.GetTransfer(i), BatchLimits.Default));
            var output = new ArrayBufferWriter<byte>();
            builder.Write(output, batch.Header);
            Assert.Equal(copy, output.WrittenSpan.ToArray());
        });
        Assert.True(read > 1_000, $"Expected many mutations of amounts and signatures to read, got {read}.");
    }

    [Fact]
    public void TryRead_OfATruncatedOrExtendedBatch_IsRefused()
    {
        byte[] bytes = Encode(Transfers(5, 3, 5), out _);
        for (int length = 0; length < bytes.Length; length++)
            Assert.NotEqual(BatchReadResult.Ok, Batch.TryRead(bytes.AsMemory(0, length), BatchLimits.Default, out _));
        Assert.Equal(BatchReadResult.TrailingBytes, Batch.TryRead((byte[])[.. bytes, 0], BatchLimits.Default, out _));
    }

    [Fact]
    public void TryRead_BeyondTheLimits_IsRefusedBeforeAllocating()
    {
        byte[] bytes = Encode(Transfers(5, 3, 5), out _);
        Assert.Equal(BatchReadResult.LimitExceeded, Batch.TryRead(bytes, new BatchLimits(4, 1 << 20), out _));
        Assert.Equal(BatchReadResult.LimitExceeded, Batch.TryRead(bytes, new BatchLimits(5, bytes.Length - 1), out _));
        // 65,536 transfers announced in 60 bytes.
        byte[] bomb = [0, 77, 12, .. new byte[32], 1, 0x80, 0x80, 0x04, 0x80, 0x80, 0x04, 0x80, 0x80, 0x04, .. new byte[20]];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(BatchReadResult.LimitExceeded, Batch.TryRead(bomb, BatchLimits.Default, out _));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000);
    }

    [Fact]
    public void TryRead_WithTheDictionaryInAnotherOrder_IsNotCanonical()
    {
        // Two senders pay two strangers; swap the strangers and their indices: the same transfers, another encoding.
        HashSigner a = new(1), b = new(2);
        byte[] bytes = Encode([World.Transfer(a, new HashSigner(3).Address, 1, 0), World.Transfer(b, new HashSigner(4).Address, 1, 0)], out BatchStatistics statistics);
        int others = statistics.HeaderBytes + 2 * 65, columns = statistics.HeaderBytes + statistics.DictionaryBytes;
        byte[] swapped = [.. bytes];
        bytes.AsSpan(others, 33).CopyTo(swapped.AsSpan(others + 33));
        bytes.AsSpan(others + 33, 33).CopyTo(swapped.AsSpan(others));
        (swapped[columns + 2], swapped[columns + 3]) = (swapped[columns + 3], swapped[columns + 2]);
        Assert.Equal(BatchReadResult.NotCanonical, Batch.TryRead(swapped, BatchLimits.Default, out _));
        // The same stranger twice.
        byte[] twice = [.. bytes];
        bytes.AsSpan(others, 33).CopyTo(twice.AsSpan(others + 33));
        Assert.Equal(BatchReadResult.NotCanonical, Batch.TryRead(twice, BatchLimits.Default, out _));
        // A stranger whom nobody pays.
        byte[] unused = [.. bytes];
        unused[columns + 3] = unused[columns + 2];
        Assert.Equal(BatchReadResult.NotCanonical, Batch.TryRead(unused, BatchLimits.Default, out _));
        byte[] scheme = [.. bytes];
        scheme[others] = 2;
        Assert.Equal(BatchReadResult.UnknownScheme, Batch.TryRead(scheme, BatchLimits.Default, out _));
    }

    [Fact]
    public void TryAdd_OfANonceOutOfTurn_IsRefused()
    {
        HashSigner a = new(1), b = new(2);
        var builder = new BatchBuilder();
        Assert.True(builder.TryAdd(World.Transfer(a, b.Address, 1, 7), BatchLimits.Default));
        Assert.False(builder.TryAdd(World.Transfer(a, b.Address, 1, 7), BatchLimits.Default));
        Assert.False(builder.TryAdd(World.Transfer(a, b.Address, 1, 9), BatchLimits.Default));
        Assert.True(builder.TryAdd(World.Transfer(a, b.Address, 1, 8), BatchLimits.Default));
        Assert.False(builder.TryAdd(World.Transfer(b, a.Address, 1, ulong.MaxValue), BatchLimits.Default));
        Assert.Throws<ArgumentException>(() => builder.Write(new ArrayBufferWriter<byte>(), s_header with { ChainId = 1 }));
    }

    [Theory]
    [InlineData(3, 1 << 20, 3)]
    [InlineData(100, 1_000, 5)]
    public void TryAdd_WhenFull_IsRefusedAndTheBoundHolds(int maxTransfers, int maxBytes, int atLeast)
    {
        var limits = new BatchLimits(maxTransfers, maxBytes);
        var builder = new BatchBuilder();
        foreach (L2Transfer transfer in Transfers(100, 3, 1))
            if (!builder.TryAdd(transfer, limits)) break;
        Assert.InRange(builder.Count, atLeast, maxTransfers);
        var output = new ArrayBufferWriter<byte>();
        builder.Write(output, s_header);
        Assert.InRange(output.WrittenCount, 1, Math.Min(maxBytes, builder.MaxEncodedLength));
    }

    internal static byte[] Encode(L2Transfer[] transfers, out BatchStatistics statistics)
    {
        var builder = new BatchBuilder();
        foreach (L2Transfer transfer in transfers) Assert.True(builder.TryAdd(transfer, BatchLimits.Default));
        var output = new ArrayBufferWriter<byte>();
        statistics = builder.Write(output, s_header);
        return output.WrittenSpan.ToArray();
    }

    internal static L2Transfer[] Transfers(int count, int wallets, int seed)
    {
        var random = new Random(seed);
        HashSigner[] signers = [.. Enumerable.Range(0, wallets).Select(i => new HashSigner(i))];
        var nonces = new ulong[wallets];
        var transfers = new L2Transfer[count];
        for (int i = 0; i < count; i++)
        {
            int sender = random.Next(wallets);
            AccountAddress recipient = random.Next(3) == 0 ? new HashSigner(1_000 + random.Next(50)).Address : signers[random.Next(wallets)].Address;
            ulong amount = (ulong)random.NextInt64() >> random.Next(64);
            transfers[i] = World.Transfer(signers[sender], recipient, amount, (ulong)sender * 1_000 + nonces[sender]++);
        }
        return transfers;
    }
}
