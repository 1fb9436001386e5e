using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

public sealed class PaymentRowsTests
{
    [Fact]
    public void Batches_OfAnyPayments_ComeBackBare() => Law.Check(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new SeededRandom((ulong)seed);
        byte exponent = (byte)random.Next(25);
        BatchCodec<Payment> codec = RowPayments.Codec(exponent);
        var root = new Digest32(random.Bytes(Digest32.Size));
        Payment[] payments = RowPayments.Any(random, random.Next(60), exponent);
        byte[] bytes = RowPayments.Encode(codec, root, payments);
        return bytes.AsSpan().SequenceEqual(NaiveRows.Encode(root, payments, exponent)) && codec.TryReadHead(bytes, out BatchHead head) == BatchFault.None && head == BatchHead.Upon(root, payments.Length)
            && codec.TryRead(bytes, out BatchContent<Payment> content) == BatchFault.None && content.Head == head && RowPayments.AreEqual(content.Transactions.Span, payments);
    }, nameof(Batches_OfAnyPayments_ComeBackBare), 200);

    /// <summary>The example of docs/formats/rollups-rows.md.</summary>
    [Fact]
    public void Example_HasTheBytesOfItsPage()
    {
        const ulong Fee = 21_000_000_000, Amount = 1_500_000_000_000_000_000;
        AccountAddress seven = AccountAddress.FromNumber(7), other = AccountAddress.FromNumber(300);
        Payment[] payments = [new() { Sender = seven, Recipient = other, Amount = Amount, Fee = Fee }, new() { Sender = other, Recipient = seven, Amount = Amount, Fee = Fee }];
        Assert.Equal("0203" + new string('0', 64) + "02" + "07ad020f110f0915" + "ac02087d", Convert.ToHexStringLower(RowPayments.Encode(RowPayments.Codec(), default, payments)));
    }

    [Fact]
    public void EveryOtherByte_IsAFault_OrOtherPaymentsInTheirOneEncoding()
    {
        BatchCodec<Payment> codec = RowPayments.Codec(), other = RowPayments.Codec();
        int faults = 0, read = 0;
        for (int i = 0; i < 200; i++)
        {
            var random = new SeededRandom((ulong)i);
            byte[] bytes = RowPayments.Encode(codec, new Digest32(random.Bytes(Digest32.Size)), RowPayments.Any(random, 1 + i % 7));
            // The root is any 32 bytes.
            for (int at = 0; at < bytes.Length; at += at == 2 ? Digest32.Size : 1)
            {
                byte was = bytes[at];
                for (int change = 1; change < 256; change += i < 4 ? 1 : 1 + random.Next(60))
                {
                    bytes[at] = (byte)(was ^ change);
                    if (codec.TryRead(bytes, out BatchContent<Payment> content) != BatchFault.None)
                    {
                        faults++;
                        continue;
                    }
                    read++;
                    if (!bytes.AsSpan().SequenceEqual(RowPayments.Encode(other, content.Head.Root, content.Transactions.Span))) Assert.Fail($"Another encoding is read: {Convert.ToHexString(bytes)}");
                }
                bytes[at] = was;
            }
        }
        Assert.True(faults > 50_000 && read > 50_000, $"{faults} faults, {read} read");
    }

    [Fact]
    public void HostileBatches_AreRefused_OrAreWhatAWriterWrites()
    {
        BatchCodec<Payment> codec = RowPayments.Codec(), other = RowPayments.Codec();
        byte[][] seeds = [.. Enumerable.Range(0, 20).Select(i => RowPayments.Encode(codec, default, RowPayments.Any(new SeededRandom((ulong)i), i)))];
        var faults = new HashSet<BatchFault>();
        HostileBytes.Feed(seeds, bytes =>
        {
            byte[] copy = bytes.ToArray();
            BatchFault fault = codec.TryRead(copy, out BatchContent<Payment> content);
            faults.Add(fault);
            if (fault != BatchFault.None) Assert.Equal(default, content);
            else Assert.Equal(copy, RowPayments.Encode(other, content.Head.Root, content.Transactions.Span));
        }, count: 20_000);
        Assert.Equal([BatchFault.None, BatchFault.Truncated, BatchFault.UnknownVersion, BatchFault.LimitExceeded, BatchFault.Malformed, BatchFault.NotCanonical, BatchFault.TrailingBytes], faults.Order());
    }

    [Fact]
    public void NoRow_IsLongerThanItsBound()
    {
        BatchCodec<Payment> codec = RowPayments.Codec();
        var access = new PaymentAccess(9);
        int closest = int.MaxValue;
        for (int i = 0; i < 500; i++)
        {
            foreach (Payment payment in RowPayments.Any(new SeededRandom((ulong)i), 3))
            {
                int length = RowPayments.Encode(codec, default, [payment]).Length - 3 - Digest32.Size;
                closest = Math.Min(closest, access.MaxRowOf(payment) - length);
            }
        }
        Assert.InRange(closest, 0, 60);
    }

    /// <summary>A count that the bytes cannot hold is refused before there is memory for it.</summary>
    [Fact]
    public void ACount_ThatIsNotThere_TakesNoMemory()
    {
        BatchCodec<Payment> codec = RowPayments.Codec(limits: BatchLimits.Default);
        byte[] bytes = [2, 3, .. new byte[Digest32.Size], 0x80, 0x80, 4, 1, 2, 3];
        codec.TryRead(bytes.AsMemory(0, 3), out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        BatchFault fault = codec.TryRead(bytes, out _);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(BatchFault.Truncated, fault);
        Assert.InRange(allocated, 0, 1_024);
    }

    [Fact]
    public void WhatHasNoRow_IsNotWritten()
    {
        var payment = new Payment { Sender = AccountAddress.FromNumber(1), Recipient = AccountAddress.FromNumber(2), Amount = 5 };
        AccountAddress key = new HashSigner(1).Address, last = AccountAddress.FromNumber(AccountAddress.MaxNumber - 1);
        RowPayments.Encode(RowPayments.Codec(), default, [payment with { Sender = last, Sponsor = AccountAddress.FromNumber(0) }]);
        foreach (Payment other in new[]
        {
            payment with { Sender = default }, payment with { Sender = key }, payment with { Recipient = default }, payment with { Recipient = key }, payment with { Recipient = last },
            payment with { Sponsor = key }, payment with { Sponsor = payment.Sender }, payment with { SponsorSkip = 1 }, payment with { KeySkip = PaymentRows.MaxSkip },
            payment with { Sponsor = last, SponsorSkip = PaymentRows.MaxSkip }, payment with { Amount = UInt128.One << 120 }, payment with { Fee = UInt128.One << 120 },
            payment with { Token = NumberedLimits.Tokens }, payment with { FeeToken = NumberedLimits.Tokens }, payment with { Payload = new byte[1] }, payment with { L1Recipient = new L1Address([.. new byte[19], 1]) },
            payment with { Kind = PaymentKind.SetRecovery, Recipient = default, Amount = 0 }, payment with { Kind = PaymentKind.Withdraw }, payment with { Kind = PaymentKind.Withdraw, Recipient = default, Amount = 0 },
            payment with { Kind = PaymentKind.Message, Recipient = default }, payment with { Kind = PaymentKind.Message, Recipient = default, Amount = 0, Payload = new byte[PaymentRules.MaxPayload + 1] },
            payment with { Kind = PaymentKind.RotateKey, Recipient = default, Amount = 0, Payload = new HashSigner(1).PublicKey.ToArray() },
        })
            Assert.Throws<ArgumentException>(() => RowPayments.Encode(RowPayments.Codec(), default, [other]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PaymentRows(25));
    }

    [Fact]
    public void Heads_AreOfTheirVersion()
    {
        Payment[] none = [];
        var columns = new BatchCodec<Payment>(new PaymentCodec(new TestNames(1), PaymentLimits.Default), RowPayments.Limits);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var root = new Digest32([.. new byte[31], 1]);
        Assert.Throws<ArgumentException>(() => columns.Write(BatchHead.Upon(root, 0), none, [], output));
        foreach (BatchHead head in new[] { new BatchHead(1, default, 0, 0, default, default, 0), new BatchHead(0, default, 0, 0, default, SignatureMode.PerTransaction, 0), new BatchHead(0, default, 0, 2, default, default, 0) })
            Assert.Throws<ArgumentException>(() => RowPayments.Codec().Write(head, none, [], output));
        Assert.Throws<ArgumentException>(() => RowPayments.Codec().Write(BatchHead.Upon(root, 0), none, [1], output));
        Assert.Equal(BatchFault.UnknownVersion, columns.TryRead(RowPayments.Encode(RowPayments.Codec(), root, none), out _));
        Assert.Equal(BatchFault.UnknownVersion, RowPayments.Codec().TryRead(PaymentBatchTests.Encode(columns, default, none, []), out _));
    }
}
