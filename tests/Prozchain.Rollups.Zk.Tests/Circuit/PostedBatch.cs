using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Posted bytes, seeded or by hand, and what <see cref="RowScan"/> and the native codec make of them.</summary>
internal sealed class PostedBatch
{
    public const byte Exponent = 12;

    private static readonly BatchLimits s_limits = new(500, 1 << 20);

    public PostedBatch(byte[] bytes, int count, byte exponent = Exponent)
    {
        (Bytes, Count, HeadSize, Least) = (bytes, count, 35, exponent);
        RowScan scan = new(bytes, HeadSize, exponent);
        while (Rows.Count < count && scan.Fault == RowFault.None && (scan.Offset < bytes.Length || Rows.Count < count))
        {
            if (scan.Offset == bytes.Length) break;
            List<FieldSpan> fields = [];
            Rows.Add(scan.Next(fields));
            Fields.Add(fields);
        }
        (End, Fault) = (scan.Offset, scan.Fault);
    }

    public byte[] Bytes { get; }

    public int Count { get; }

    public int HeadSize { get; }

    /// <summary>The least exponent of plain rows.</summary>
    public byte Least { get; }

    /// <summary>The rows up to the first fault.</summary>
    public List<PostedRow> Rows { get; } = [];

    /// <summary>The fields behind each row's code.</summary>
    public List<List<FieldSpan>> Fields { get; } = [];

    public int End { get; }

    public RowFault Fault { get; }

    /// <summary>What a verifier of all segments concludes from the last one's end.</summary>
    public bool IsLive => Fault == RowFault.None && Rows.Count == Count && End == Bytes.Length;

    public BatchFault Native(out Payment[] payments)
    {
        BatchFault fault = new BatchCodec<Payment>(new PaymentRows(Least), s_limits).TryRead(Bytes, out BatchContent<Payment> content);
        payments = content.Transactions.ToArray();
        return fault;
    }

    /// <summary>A head of fewer than 128 rows, and rows.</summary>
    public static PostedBatch Of(int count, params byte[] rows) => new([2, 3, .. new byte[32], (byte)count, .. rows], count);

    public static PostedBatch Random(SeededRandom random, int count)
    {
        var payments = new Payment[count];
        for (int i = 0; i < count; i++) payments[i] = Any(random, i == 0 ? default : payments[i - 1]);
        var output = new ArrayBufferWriter<byte>();
        new BatchCodec<Payment>(new PaymentRows(Exponent), s_limits).Write(new BatchHead(0, default, 0, 0, default, SignatureMode.None, count), payments, [], output);
        return new(output.WrittenSpan.ToArray(), count);
    }

    private static Payment Any(SeededRandom random, in Payment before)
    {
        uint sender = Number(random);
        Payment payment = new()
        {
            Sender = AccountAddress.FromNumber(sender), Recipient = AccountAddress.FromNumber(Math.Min(Number(random), (1 << 30) - 2)), Amount = Amount(random),
            Fee = random.Next(4) == 0 ? Amount(random) : before.Fee, Token = random.Next(6) == 0 ? (uint)random.Next(1 << 15) : before.Token,
            FeeToken = random.Next(6) == 0 ? (uint)random.Next(300) : before.FeeToken, KeySkip = random.Next(6) == 0 ? 1 + (uint)random.Next(65_535) : 0,
        };
        if (random.Next(6) == 0) payment = payment with { Sponsor = AccountAddress.FromNumber(sender ^ 1), SponsorSkip = (uint)random.Next(2) * 777 };
        Payment valueless = payment with { Recipient = default, Token = 0, Amount = 0 };
        return random.Next(9) switch
        {
            0 => payment with { Kind = PaymentKind.Withdraw, Recipient = default, Amount = payment.Amount == 0 ? 1 : payment.Amount, L1Recipient = new L1Address(random.Bytes(20)) },
            1 => valueless with { Kind = PaymentKind.Message, L1Recipient = new L1Address(random.Bytes(20)), Payload = random.Bytes(random.Next(12) == 0 ? 200 : random.Next(9)) },
            2 => valueless with { Kind = PaymentKind.RotateKey, Payload = Key(random) },
            3 => payment with { Recipient = AccountAddress.FromPublicKey(Key(random)) },
            _ => payment,
        };
    }

    private static byte[] Key(SeededRandom random)
    {
        byte[] key = random.Bytes(33);
        key[0] = 3;
        for (int i = 4; i < 33; i += 4) key[i] &= 0x7E;
        return key;
    }

    private static uint Number(SeededRandom random) => random.Next(4) switch
    {
        0 => (uint)random.Next(1 << 30),
        1 => 126 + (uint)random.Next(4),
        2 => (1u << 30) - 1,
        _ => (uint)random.Next(1_000),
    };

    private static UInt128 Amount(SeededRandom random)
    {
        if (random.Next(6) == 0) return new UInt128(random.NextUInt64(), random.NextUInt64()) >> (8 + random.Next(120));
        UInt128 amount = (UInt128)random.Next(2_000);
        for (int power = 10 + random.Next(11); power > 0; power--) amount *= 10;
        return amount;
    }
}
