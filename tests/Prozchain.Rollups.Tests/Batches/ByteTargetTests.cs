using System.Buffers;
using System.IO.Compression;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>What a transfer costs in bytes, on 20,000 of <see cref="PaymentWorkload"/>.</summary>
public sealed class ByteTargetTests(ITestOutputHelper output)
{
    private const int Count = 20_000;

    private static readonly PaymentWorkload s_workload = new(Count, seed: 7);

    [Fact]
    public void Batch_WithoutSignatures_IsBelowItsTargets()
    {
        Assert.InRange(PerTransfer("raw", Encode(hasNonces: true, ColumnLayout.Packed, SignatureMode.None).Length), 0, 4.8);
        Assert.InRange(PerTransfer("compressed", Compressed(Encode(hasNonces: true, ColumnLayout.Aligned, SignatureMode.None))), 0, 4.6);
    }

    [Fact]
    public void Batch_WithNoncesAndAnAggregateSlot_IsBelowItsTargets()
    {
        Assert.InRange(PerTransfer("raw", Encode(hasNonces: false, ColumnLayout.Packed, SignatureMode.Aggregate).Length), 0, 5.4);
        Assert.InRange(PerTransfer("compressed", Compressed(Encode(hasNonces: false, ColumnLayout.Aligned, SignatureMode.Aggregate))), 0, 5.3);
    }

    [Fact]
    public void Rows_AreBelowTheirTarget()
    {
        var bytes = new ArrayBufferWriter<byte>();
        BatchCodec<Payment> codec = RowPayments.Codec(limits: BatchLimits.Default);
        Payment[] payments = [.. s_workload.Payments.Select((payment, i) => payment with
        {
            Sender = AccountAddress.FromNumber((uint)s_workload.Senders[i]), Recipient = AccountAddress.FromNumber((uint)s_workload.Recipients[i]),
        })];
        codec.Write(BatchHead.Upon(default, Count), payments, [], bytes);
        Assert.InRange(PerTransfer("rows", bytes.WrittenCount), 0, 5.6);
        Assert.Equal(BatchFault.None, codec.TryRead(bytes.WrittenMemory, out BatchContent<Payment> content));
        Assert.True(RowPayments.AreEqual(content.Transactions.Span, payments));
    }

    // That the workload is no easier than the one of the targets: on that, this layout took 6.3 and 4.6 bytes.
    [Fact]
    public void PlainVarintColumns_TakeAsMuchAsWhereTheTargetsComeFrom()
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (int sender in s_workload.Senders) Varint(bytes, (ulong)sender);
        foreach (int recipient in s_workload.Recipients) Varint(bytes, (ulong)recipient);
        foreach (Payment payment in s_workload.Payments)
        {
            (ulong mantissa, int exponent) = DecimalFloat.Split(payment.Amount);
            Varint(bytes, mantissa << 5 | (uint)exponent);
        }
        Assert.InRange(PerTransfer("plain varint columns, raw", bytes.WrittenCount), 6, 6.6);
        Assert.InRange(PerTransfer("plain varint columns, compressed", Compressed(bytes.WrittenSpan)), 4.5, 5);
    }

    [Fact]
    public void NetDiff_IsBelowItsTarget()
    {
        var net = new SortedDictionary<int, Int128>();
        var sent = new SortedDictionary<int, ulong>();
        for (int i = 0; i < Count; i++)
        {
            Payment payment = s_workload.Payments[i];
            net[s_workload.Senders[i]] = net.GetValueOrDefault(s_workload.Senders[i]) - (Int128)payment.Amount;
            net[s_workload.Recipients[i]] = net.GetValueOrDefault(s_workload.Recipients[i]) + (Int128)payment.Amount;
            sent[s_workload.Senders[i]] = sent.GetValueOrDefault(s_workload.Senders[i]) + 1;
        }
        BalanceChange[] balances = [.. net.Where(pair => pair.Value != 0).Select(pair => new BalanceChange((ulong)pair.Key, 0, (UInt128)Int128.Abs(pair.Value), pair.Value < 0))];
        NonceChange[] nonces = [.. sent.Select(pair => new NonceChange((ulong)pair.Key, pair.Value))];
        var diff = new NetDiff { Batch = 9, Balances = balances };
        Assert.InRange(PerTransfer("raw", Encode(diff).Length), 0, 2.8);
        Assert.InRange(PerTransfer("compressed", Compressed(Encode(diff with { Layout = ColumnLayout.Aligned }))), 0, 2);
        diff = diff with { Nonces = nonces };
        Assert.InRange(PerTransfer("with nonces, raw", Encode(diff).Length), 0, 2.8);
        Assert.InRange(PerTransfer("with nonces, compressed", Compressed(Encode(diff with { Layout = ColumnLayout.Aligned }))), 0, 2.4);
    }

    private byte[] Encode(in NetDiff diff)
    {
        var codec = new NetDiffCodec(1 << 17, 1 << 22);
        var bytes = new ArrayBufferWriter<byte>();
        codec.Write(diff, bytes);
        Print($"net diff, {diff.Layout}", codec.Sizes);
        Assert.Equal(BatchFault.None, codec.TryRead(bytes.WrittenMemory, out NetDiff read));
        Assert.True(read.Balances.Span.SequenceEqual(diff.Balances.Span) && read.Nonces.Span.SequenceEqual(diff.Nonces.Span));
        return bytes.WrittenSpan.ToArray();
    }

    private void Print(string title, ReadOnlySpan<ColumnSize> sizes)
    {
        output.WriteLine(title);
        foreach (ColumnSize size in sizes) output.WriteLine($"  {size.Name,-20} {size.Bytes,7} B  {(double)size.Bytes / Count:F4} B/tx");
    }

    private byte[] Encode(bool hasNonces, ColumnLayout layout, SignatureMode mode)
    {
        s_workload.HasNonces = hasNonces;
        var codec = new BatchCodec<Payment>(new PaymentCodec(s_workload, PaymentLimits.Default), BatchLimits.Default);
        var bytes = new ArrayBufferWriter<byte>();
        codec.Write(new BatchHead(9, default, 21_000_000, 0, layout, mode, Count), s_workload.Payments, mode == SignatureMode.Aggregate ? new byte[96] : [], bytes);
        Print($"{layout}, signatures {mode}, {(hasNonces ? "nonces from the state" : "nonces in the batch")}", codec.Sizes);
        Assert.Equal(BatchFault.None, codec.TryRead(bytes.WrittenMemory, out BatchContent<Payment> content));
        Assert.True(content.Transactions.Span.SequenceEqual(s_workload.Payments));
        return bytes.WrittenSpan.ToArray();
    }

    private double PerTransfer(string what, int bytes)
    {
        output.WriteLine($"  {what}: {bytes} B, {(double)bytes / Count:F3} B/tx");
        return (double)bytes / Count;
    }

    internal static int Compressed(ReadOnlySpan<byte> bytes)
    {
        var destination = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        Assert.True(BrotliEncoder.TryCompress(bytes, destination, out int written, 10, 24));
        return written;
    }

    internal static void Varint(ArrayBufferWriter<byte> output, ulong value)
    {
        for (; value >= 0x80; value >>= 7) output.Write([(byte)(value | 0x80)]);
        output.Write([(byte)value]);
    }
}
