using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>Every fault that docs/formats/rollups-rows.md names, on rows made by hand.</summary>
public sealed class RowFaultTests
{
    private const int Plain = 5 << 3, Amount = 12;
    private const ulong MaxNumber = AccountAddress.MaxNumber;

    private static readonly byte[] s_word = [0, 0, 0, 0x7F], s_over = [1, 0, 0, 0x7F], s_key = [.. Enumerable.Repeat(s_word, 8).SelectMany(word => word)], s_address = new byte[20];

    private static readonly byte[] s_paid = [.. Full(1, 2, RowFields.Fee), 11, 5, 3, 7];

    [Fact]
    public void Bytes_ThatEndEarly_AreTruncated_AndThoseLeftOverTrailing()
    {
        byte[] bytes = RowPayments.Encode(RowPayments.Codec(), default, RowPayments.Any(new SeededRandom(5), 12));
        for (int length = 0; length < bytes.Length; length++) Assert.Equal(BatchFault.Truncated, Fault(bytes[..length]));
        Assert.Equal(BatchFault.None, Fault(bytes));
        Assert.Equal(BatchFault.TrailingBytes, Fault([.. bytes, 0]));
    }

    [Fact]
    public void Heads_OfOtherVersionsAndCounts_AreRefused()
    {
        Assert.Equal(BatchFault.None, Fault(Batch(0)));
        Assert.Equal(BatchFault.UnknownVersion, Fault([1, .. Batch(0)[1..]]));
        Assert.Equal(BatchFault.UnknownVersion, Fault([2, 1, .. Batch(0)[2..]]));
        Assert.Equal(BatchFault.Malformed, Fault([.. Batch(0)[..^1], 0x80, 0]));
        byte[] rows = [.. Enumerable.Repeat(Row(1, 2, Plain), RowPayments.Limits.MaxTransfers + 1).SelectMany(row => row)];
        Assert.Equal(BatchFault.LimitExceeded, Fault(Batch(RowPayments.Limits.MaxTransfers + 1, rows)));
        Assert.Equal(BatchFault.None, Fault(Batch(RowPayments.Limits.MaxTransfers, rows[3..])));
        Assert.Equal(BatchFault.LimitExceeded, RowPayments.Codec(limits: new BatchLimits(500, 40)).TryRead(Batch(2, rows[..6]), out _));
    }

    [Fact]
    public void RowsAtTheEnds_AreRead()
    {
        Read(Row(MaxNumber - 1, MaxNumber - 1, Plain), Row(0, 1, Plain));
        Read(Row(1, 2, ((UInt128.One << 120) / 1_000_000_000_000 | 1) << 3));
        Read([.. Full(1, 2), 11, 5], [.. Full(1, 2), 19, 5], [.. Full(1, 2), 30, 10], [.. Full(1, 2), 0, 0], [.. Full(1, 2), 0, .. Varint((UInt128.One << 120) - 1)]);
        Read(s_paid, Row(1, 2, Plain), [.. Full(1, 2, RowFields.Fee), 11, 5, 0, 0]);
        Read([.. Full(1, 2, RowFields.Token), Amount, 5, .. Varint(NumberedLimits.Tokens - 1)], [.. Full(1, 2, RowFields.Token), Amount, 5, 0]);
        Read([.. Full(1, 2, RowFields.FeeToken), Amount, 5, 1], [.. Full(1, 2, RowFields.FeeToken), Amount, 5, 0]);
        Read([.. Full(1, 2, RowFields.Sponsor), Amount, 5, 0], [.. Full(1, 2, RowFields.Sponsor | RowFields.SponsorSkip), Amount, 5, .. Varint(MaxNumber - 1), .. Varint(PaymentRows.MaxSkip - 1)]);
        Read([.. Full(1, 2, RowFields.KeySkip), Amount, 5, 1]);
        Read([.. Full(1, 0, RowFields.Recipient), .. s_key, Amount, 5]);
        Read(Withdrawal(Amount, 5), Message(0), Message(PaymentRules.MaxPayload), NewKey(s_key));
        Assert.Equal(BatchFault.None, RowPayments.Codec(24).TryRead(Batch(1, Row(1, 2, 10 << 3 | 6)), out _));
        Assert.Equal(BatchFault.None, RowPayments.Codec(0).TryRead(Batch(1, Row(1, 2, 0)), out _));
    }

    [Fact]
    public void NumbersBeyondTheirBounds_AreLimitExceeded() => AssertEach(BatchFault.LimitExceeded,
        Row(MaxNumber, 2, Plain),
        Row(1, MaxNumber, Plain),
        Row(1, 2, UInt128.One << 123),
        Row(1, 2, 0x100 << 3 | 7),
        Row(1, 2, (UInt128.One << 120 | 1) << 3),
        Row(1, 2, ((UInt128.One << 120) / 1_000_000_000_000 + 5 | 1) << 3),
        [.. Full(1, 2), 31, 5],
        [.. Full(1, 2), 0, .. Varint(UInt128.One << 120)],
        [.. Full(1, 2), 1, .. Varint((UInt128.One << 119) + 1)],
        [.. Full(1, 2, RowFields.Fee), Amount, 5, 31, 5],
        [.. Full(1, 2, RowFields.Fee), Amount, 5, 1, .. Varint((UInt128.One << 119) + 1)],
        [.. Full(1, 2, RowFields.Token), Amount, 5, .. Varint(NumberedLimits.Tokens)],
        [.. Full(1, 2, RowFields.FeeToken), Amount, 5, .. Varint(NumberedLimits.Tokens)],
        [.. Full(1, 2, RowFields.Sponsor), Amount, 5, .. Varint(MaxNumber)],
        [.. Full(1, 2, RowFields.KeySkip), Amount, 5, .. Varint(PaymentRows.MaxSkip)],
        [.. Full(1, 2, RowFields.Sponsor | RowFields.SponsorSkip), Amount, 5, 3, .. Varint(PaymentRows.MaxSkip)],
        Message(PaymentRules.MaxPayload + 1));

    [Fact]
    public void WhatHasNoMeaning_IsMalformed() => AssertEach(BatchFault.Malformed,
        [0x81, 0, 2, Plain],
        [1, 0x82, 0, Plain],
        [1, 2, 0x80 | Plain, 0],
        [1, 2, .. Enumerable.Repeat((byte)0xFF, 18), 1],
        [.. Full(1, 2), 11, 0x85, 0],
        Row(1, 0, Plain),
        [.. Full(1, 0, RowFields.Kind), 0, Amount, 5, .. s_address],
        [.. Full(1, 0, RowFields.Kind), 4],
        [.. Full(1, 0, RowFields.Kind), 255],
        [.. Full(1, 2, RowFields.Kind), 1, Amount, 5, .. s_address],
        [.. Full(1, 2, RowFields.Kind), 3, .. s_key],
        [.. Full(1, 0), 11, 5],
        [.. Full(1, 2, RowFields.Recipient), .. s_key, Amount, 5],
        [.. Full(1, 0, RowFields.Kind | RowFields.Recipient), 1, .. s_key, Amount, 5, .. s_address],
        [.. Full(1, 0, RowFields.Kind | RowFields.Token), 2, 1, .. s_address, 0],
        [.. Full(1, 0, RowFields.Kind | RowFields.Token), 3, 1, .. s_key],
        [.. Full(1, 2, RowFields.SponsorSkip), Amount, 5, 1],
        [.. Full(1, 2, RowFields.Sponsor), Amount, 5, 1],
        Withdrawal(0, 0),
        [.. Full(1, 0, RowFields.Recipient), .. s_over, .. s_key[4..], Amount, 5],
        [.. Full(1, 0, RowFields.Recipient), .. s_key[4..], .. s_over, Amount, 5],
        NewKey([.. s_key[4..], .. s_over]));

    [Fact]
    public void OtherWaysToSayTheSame_AreNotCanonical() => AssertEach(BatchFault.NotCanonical,
        Row(1, 2, 10 << 3),
        Row(1, 2, 0),
        [.. Full(1, 2), Amount - 1, 10],
        [.. Full(1, 2), 1, 0],
        [.. Full(1, 2), Amount, 5],
        [.. Full(1, 2), Amount + 6, 5],
        [.. Full(1, 2, RowFields.Fee), Amount, 5, 0, 0],
        [.. Full(1, 2, RowFields.Fee), Amount, 5, 0, 30],
        [.. Full(1, 2, RowFields.Token), Amount, 5, 0],
        [.. Full(1, 2, RowFields.FeeToken), Amount, 5, 0],
        [.. Full(1, 2, RowFields.KeySkip), Amount, 5, 0],
        [.. Full(1, 2, RowFields.Sponsor | RowFields.SponsorSkip), Amount, 5, 3, 0]);

    [Fact]
    public void WhatStandsFromTheRowBefore_IsNotSaidAgain()
    {
        Assert.Equal(BatchFault.NotCanonical, Fault(Batch(2, [.. s_paid, .. s_paid])));
        byte[] token = [.. Full(1, 2, RowFields.Token), Amount, 5, 3];
        Assert.Equal(BatchFault.NotCanonical, Fault(Batch(2, [.. token, .. token])));
        // A message between them has no token, and leaves that before.
        Assert.Equal(BatchFault.NotCanonical, Fault(Batch(3, [.. token, .. Message(0), .. token])));
        Assert.Equal(BatchFault.None, RowPayments.Codec().TryRead(Batch(3, [.. token, .. Message(0), .. Row(1, 2, Plain)]), out BatchContent<Payment> content));
        Assert.Equal((3U, 0U, 3U), (content.Transactions.Span[0].Token, content.Transactions.Span[1].Token, content.Transactions.Span[2].Token));
    }

    private static void AssertEach(BatchFault fault, params byte[][] rows)
    {
        foreach (byte[] row in rows)
        {
            BatchFault found = Fault(Batch(1, row));
            Assert.True(found == fault, $"Expected {fault}, got {found}: {Convert.ToHexString(row)}");
        }
    }

    private static void Read(params byte[][] rows)
    {
        byte[] bytes = Batch(rows.Length, [.. rows.SelectMany(row => row)]);
        Assert.Equal(BatchFault.None, RowPayments.Codec().TryRead(bytes, out BatchContent<Payment> content));
        Assert.Equal(bytes, RowPayments.Encode(RowPayments.Codec(), default, content.Transactions.Span));
    }

    private static BatchFault Fault(byte[] batch) => RowPayments.Codec().TryRead(batch, out _);

    private static byte[] Batch(int count, params byte[] rows) => [2, 3, .. new byte[Digest32.Size], .. Varint((UInt128)count), .. rows];

    private static byte[] Row(ulong sender, ulong to, UInt128 code) => [.. Varint(sender), .. Varint(to), .. Varint(code)];

    private static byte[] Full(ulong sender, ulong to, RowFields fields = 0) => Row(sender, to, (UInt128)(int)fields << 3 | 7);

    private static byte[] Withdrawal(byte exponent, byte mantissa) => [.. Full(1, 0, RowFields.Kind), 1, exponent, mantissa, .. s_address];

    private static byte[] Message(int length) => [.. Full(1, 0, RowFields.Kind), 2, .. s_address, .. Varint((UInt128)length), .. new byte[length]];

    private static byte[] NewKey(byte[] key) => [.. Full(1, 0, RowFields.Kind), 3, .. key];

    private static byte[] Varint(UInt128 value)
    {
        var output = new ArrayBufferWriter<byte>();
        for (; value >= 0x80; value >>= 7) output.Write([(byte)((byte)value | 0x80)]);
        output.Write([(byte)value]);
        return output.WrittenSpan.ToArray();
    }
}
