using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

public sealed class PaymentBatchTests
{
    private const int Known = 20;

    private static readonly BatchLimits s_limits = new(500, 1 << 20);

    [Fact]
    public void Batches_OfAnyPayments_ComeBack() => Law.Check(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new SeededRandom((ulong)seed);
        BatchCodec<Payment> codec = Codec();
        BatchHead head = Head(random, out Payment[] payments, out byte[] aggregate);
        byte[] bytes = Encode(codec, head, payments, aggregate);
        return codec.TryReadHead(bytes, out BatchHead first) == BatchFault.None && first == head
            && codec.TryRead(bytes, out BatchContent<Payment> content) == BatchFault.None
            && content.Head == head && content.AggregateSignature.Span.SequenceEqual(aggregate) && AreEqual(content.Transactions.Span, payments);
    }, nameof(Batches_OfAnyPayments_ComeBack), 150);

    [Fact]
    public void HostileBatches_AreRefused_OrAreWhatAWriterWrites()
    {
        BatchCodec<Payment> codec = Codec(), other = Codec();
        byte[][] seeds = [.. Enumerable.Range(0, 20).Select(i => Encode(codec, Head(new SeededRandom((ulong)i), out Payment[] payments, out byte[] aggregate), payments, aggregate))];
        var faults = new HashSet<BatchFault>();
        HostileBytes.Feed(seeds, bytes =>
        {
            byte[] copy = bytes.ToArray();
            BatchFault fault = codec.TryRead(copy, out BatchContent<Payment> content);
            faults.Add(fault);
            if (fault == BatchFault.None)
                Assert.Equal(copy, Encode(other, content.Head, content.Transactions.ToArray(), content.AggregateSignature.ToArray()));
        }, count: 6_000);
        Assert.InRange(faults.Count, 8, int.MaxValue);
    }

    [Fact]
    public void EveryPrefix_IsTruncated()
    {
        BatchCodec<Payment> codec = Codec();
        byte[] bytes = Encode(codec, Head(new SeededRandom(3), out Payment[] payments, out byte[] aggregate), payments, aggregate);
        for (int length = 0; length < bytes.Length; length++)
            Assert.NotEqual(BatchFault.None, codec.TryRead(bytes.AsMemory(0, length), out _));
        Assert.Equal(BatchFault.TrailingBytes, codec.TryRead((byte[])[.. bytes, 0], out _));
    }

    [Fact]
    public void Limits_HoldOnBothSides()
    {
        Payment[] payments = [.. Enumerable.Range(0, 3).Select(i => Transfer(i, i + 1, (ulong)(10 * i)))];
        var head = new BatchHead(1, default, 2, 0, default, SignatureMode.None, 3);
        byte[] bytes = Encode(Codec(), head, payments, []);
        var tight = new BatchCodec<Payment>(new PaymentCodec(new TestNames(Known), PaymentLimits.Default), new BatchLimits(2, 1 << 20));
        Assert.Equal(BatchFault.LimitExceeded, tight.TryRead(bytes, out _));
        Assert.Throws<ArgumentException>(() => Encode(tight, head, payments, []));
        var small = new BatchCodec<Payment>(new PaymentCodec(new TestNames(Known), PaymentLimits.Default), new BatchLimits(3, bytes.Length - 1));
        Assert.Equal(BatchFault.LimitExceeded, small.TryRead(bytes, out _));
        Assert.Throws<ArgumentException>(() => Encode(small, head, payments, []));
        Assert.Throws<ArgumentException>(() => Encode(Codec(), head with { Count = 2 }, payments, []));
        Assert.Throws<ArgumentException>(() => Encode(Codec(), head, payments, [1]));
        Assert.Throws<ArgumentException>(() => Encode(Codec(), head with { Signatures = SignatureMode.Aggregate }, payments, []));
        Assert.Throws<ArgumentException>(() => Encode(Codec(), head with { Layout = (ColumnLayout)2 }, payments, []));
        Payment[] large = [payments[0] with { Payload = new byte[PaymentLimits.Default.MaxPayload + 1] }];
        Assert.Throws<ArgumentException>(() => Encode(Codec(), head with { Count = 1 }, large, []));
    }

    [Fact]
    public void AnotherState_RefusesWhatItDoesNotKnow()
    {
        Payment[] payments = [Transfer(19, 18, 190), Transfer(3, 40, 30), Transfer(40, 3, 0)];
        var head = new BatchHead(1, default, 2, 0, default, SignatureMode.None, 3);
        byte[] bytes = Encode(Codec(), head, payments, []);
        var fewer = new BatchCodec<Payment>(new PaymentCodec(new TestNames(5), PaymentLimits.Default), s_limits);
        Assert.Equal(BatchFault.UnknownAccount, fewer.TryRead(bytes, out _));
        // Account 40 has a number here, by which it would have to go.
        var more = new BatchCodec<Payment>(new PaymentCodec(new TestNames(50), PaymentLimits.Default), s_limits);
        Assert.Equal(BatchFault.NotCanonical, more.TryRead(bytes, out _));
    }

    [Fact]
    public void Signatures_TakeTheirBytesAndNoMore()
    {
        Payment[] payments = [.. Enumerable.Range(0, 400).Select(i => Sign(Transfer(i % 4, 5, (ulong)(10 * (i % 4) + i / 4)), i))];
        var head = new BatchHead(1, default, 2, 0, default, SignatureMode.PerTransaction, payments.Length);
        int signed = Encode(Codec(), head, payments, []).Length, bare = Encode(Codec(), head with { Signatures = SignatureMode.None }, payments, []).Length;
        Assert.InRange(signed - bare, 400 * 64 + 4 * 65, 400 * 64 + 4 * 65 + 40);
    }

    internal static BatchCodec<Payment> Codec() => new(new PaymentCodec(new TestNames(Known), PaymentLimits.Default), s_limits);

    internal static byte[] Encode(BatchCodec<Payment> codec, in BatchHead head, Payment[] payments, byte[] aggregate)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(codec.Write(head, payments, aggregate, output), output.WrittenCount);
        int sum = 0;
        foreach (ColumnSize size in codec.Sizes) sum += size.Bytes;
        Assert.Equal(sum, output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }

    internal static BatchHead Head(SeededRandom random, out Payment[] payments, out byte[] aggregate)
    {
        var mode = (SignatureMode)random.Next(3);
        payments = [.. Enumerable.Range(0, random.Next(0, 60)).Select(i => Any(random, mode))];
        aggregate = mode == SignatureMode.Aggregate ? random.Bytes(96) : [];
        return new BatchHead(
            random.NextUInt64() >> random.Next(64), new BatchCheck(random.Bytes(BatchCheck.Size)), random.NextUInt64(1 << 25), random.Next(4), (ColumnLayout)random.Next(2), mode, payments.Length);
    }

    private static Payment Transfer(int from, int to, ulong nonce) =>
        new() { Kind = PaymentKind.Transfer, Sender = TestNames.Address(from), Recipient = TestNames.Address(to), Nonce = nonce, Amount = 5 };

    private static Payment Sign(in Payment payment, int seed)
    {
        var random = new SeededRandom((ulong)seed);
        return payment with { Signed = new Authorization(SeededKey(payment.Sender), (byte[])[1, .. random.Bytes(64)]) };
    }

    private static byte[] SeededKey(AccountAddress account) => [1, .. account.Digest.Span, .. account.Digest.Span];

    // Usual ones, and fields that mean nothing or are at their ends.
    private static Payment Any(SeededRandom random, SignatureMode mode)
    {
        var payment = Transfer(random.Next(Known + 10), random.Next(Known + 10), random.Next(3) == 0 ? random.NextUInt64() : (ulong)random.Next(40));
        if (random.Next(4) == 0) payment = payment with { Kind = (PaymentKind)random.Next(256), Token = (uint)random.NextUInt64(), Fee = random.NextUInt64(), FeeToken = 3 };
        if (random.Next(6) == 0) payment = payment with { Sponsor = TestNames.Address(random.Next(40)), L1Recipient = new L1Address(random.Bytes(L1Address.Size)) };
        if (random.Next(6) == 0) payment = payment with { Recipient = default, Payload = random.Bytes(random.Next(80)), Amount = new UInt128(random.NextUInt64(), random.NextUInt64()) };
        if (random.Next(20) == 0) payment = payment with { Sender = default };
        if (mode != SignatureMode.PerTransaction) return payment;
        if (random.Next(10) != 0) payment = Sign(payment, random.Next());
        if (random.Next(10) == 0) payment = payment with { Signed = new Authorization(random.Bytes(random.Next(4)), random.Bytes(random.Next(4))) };
        if (payment.Sponsor != default) payment = payment with { Sponsored = new Authorization(SeededKey(payment.Sponsor), random.Bytes(65)) };
        return payment;
    }

    private static bool AreEqual(ReadOnlySpan<Payment> a, ReadOnlySpan<Payment> b)
    {
        if (a.Length != b.Length) return false;
        for (int i = 0; i < a.Length; i++)
        {
            bool same = Bare(a[i]) == Bare(b[i]) && Same(a[i].Payload, b[i].Payload)
                && Same(a[i].Signed.PublicKey, b[i].Signed.PublicKey) && Same(a[i].Signed.Signature, b[i].Signed.Signature)
                && Same(a[i].Sponsored.PublicKey, b[i].Sponsored.PublicKey) && Same(a[i].Sponsored.Signature, b[i].Sponsored.Signature);
            if (!same) return false;
        }
        return true;
    }

    private static Payment Bare(in Payment payment) => payment with { Payload = default, Signed = default, Sponsored = default };

    private static bool Same(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b) => a.Span.SequenceEqual(b.Span);
}
