using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;

namespace Prozchain.Rollups.Disputes;

/// <summary>What a step of a batch is. The values are those of the contract.</summary>
public enum StepKind : byte
{
    /// <summary>A payment that the sequencer put in the batch.</summary>
    Payment,

    /// <summary>A payment from the forced queue, which does nothing if the batch has no room for it.</summary>
    ForcedPayment,

    /// <summary>A deposit from the forced queue.</summary>
    Deposit,

    /// <summary>The end of the batch: undoes its payments if they crossed a cap of the batch.</summary>
    Close,
}

/// <summary>
/// One step of a batch in the bytes that a settlement contract executes (docs/formats/rollups-step.md). The bytes may be
/// anybody's: what is not a payment or a deposit is a step that does nothing.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Data">Its bytes.</param>
public readonly record struct StepItem(StepKind Kind, ReadOnlyMemory<byte> Data)
{
    /// <summary>Length of a deposit's bytes.</summary>
    public const int DepositSize = 5 * Word;

    private const int Word = 32, Fixed = PaymentMessage.FieldsSize;

    /// <summary>The last step of every batch.</summary>
    public static StepItem Close { get; } = new(StepKind.Close, default);

    /// <summary>A payment as a step.</summary>
    /// <exception cref="ArgumentException">A key or signature of more than 65,535 bytes.</exception>
    public static StepItem Of(in Payment payment, bool isForced = false)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(payment, output);
        return new StepItem(isForced ? StepKind.ForcedPayment : StepKind.Payment, output.WrittenMemory);
    }

    /// <summary>Writes the bytes of a payment.</summary>
    /// <exception cref="ArgumentException">A key or signature of more than 65,535 bytes.</exception>
    public static void Write(in Payment payment, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        int size = Fixed + payment.Payload.Length;
        PaymentMessage.WriteFields(payment, output.GetSpan(size));
        output.Advance(size);
        Write(payment.Signed.PublicKey.Span, output);
        Write(payment.Signed.Signature.Span, output);
        Write(payment.Sponsored.PublicKey.Span, output);
        Write(payment.Sponsored.Signature.Span, output);
    }

    /// <summary>A deposit as a step: the words of <c>abi.encode(token, amount, scheme, digest, sender)</c>.</summary>
    public static StepItem Of(in InboundMessage deposit)
    {
        var data = new byte[DepositSize];
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(Word - 4), deposit.Token);
        BinaryPrimitives.WriteUInt128BigEndian(data.AsSpan(2 * Word - 16), deposit.Amount);
        data[3 * Word - 1] = deposit.Recipient.Scheme;
        deposit.Recipient.Digest.Span.CopyTo(data.AsSpan(3 * Word));
        deposit.Sender.Span.CopyTo(data.AsSpan(DepositSize - L1Address.Size));
        return new StepItem(StepKind.Deposit, data);
    }

    /// <summary>Names the step: Keccak-256 of the kind's byte and the bytes.</summary>
    public Digest32 Digest() => new(Hashing.Keccak([(byte)Kind, .. Data.Span]));

    /// <summary>Reads a payment: false for bytes that are none. It may be malformed in all that its rules say.</summary>
    public bool TryReadPayment(out Payment payment)
    {
        payment = default;
        ReadOnlySpan<byte> data = Data.Span;
        if (Kind > StepKind.ForcedPayment || data.Length < Fixed) return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(data[(Fixed - 4)..]);
        if (length > data.Length - Fixed) return false;
        var reader = new WireReader(data[(Fixed + (int)length)..]);
        Span<Range> fields = stackalloc Range[4];
        for (int i = 0; i < fields.Length; i++)
        {
            if (!reader.TryReadUInt16(out ushort size)) return false;
            int from = Fixed + (int)length + reader.Offset;
            if (!reader.TryReadSpan(size, out _)) return false;
            fields[i] = from..(from + size);
        }
        if (!reader.IsAtEnd) return false;
        payment = new Payment
        {
            Kind = (PaymentKind)data[0],
            Sender = Name(data[1..]),
            Nonce = BinaryPrimitives.ReadUInt64LittleEndian(data[34..]),
            Token = BinaryPrimitives.ReadUInt32LittleEndian(data[42..]),
            Amount = BinaryPrimitives.ReadUInt128LittleEndian(data[46..]),
            Recipient = Name(data[62..]),
            FeeToken = BinaryPrimitives.ReadUInt32LittleEndian(data[95..]),
            Fee = BinaryPrimitives.ReadUInt128LittleEndian(data[99..]),
            Sponsor = Name(data[115..]),
            L1Recipient = new L1Address(data.Slice(148, L1Address.Size)),
            Payload = Data.Slice(Fixed, (int)length),
            Signed = new Authorization(Data[fields[0]], Data[fields[1]]),
            Sponsored = new Authorization(Data[fields[2]], Data[fields[3]]),
        };
        return true;
    }

    /// <summary>Reads a deposit: false for bytes that are none.</summary>
    public bool TryReadDeposit(out InboundMessage deposit)
    {
        deposit = default;
        ReadOnlySpan<byte> data = Data.Span;
        if (Kind != StepKind.Deposit || data.Length != DepositSize) return false;
        ReadOnlySpan<byte> high = [.. data[..(Word - 4)], .. data.Slice(Word, 16), .. data.Slice(2 * Word, Word - 1), .. data.Slice(4 * Word, Word - L1Address.Size)];
        if (high.ContainsAnyExcept((byte)0)) return false;
        deposit = new InboundMessage
        {
            Token = BinaryPrimitives.ReadUInt32BigEndian(data[(Word - 4)..]),
            Amount = BinaryPrimitives.ReadUInt128BigEndian(data[(2 * Word - 16)..]),
            Recipient = Name(data.Slice(3 * Word - 1, AccountAddress.Size)),
            Sender = new L1Address(data[(DepositSize - L1Address.Size)..]),
        };
        return true;
    }

    private static void Write(ReadOnlySpan<byte> field, IBufferWriter<byte> output)
    {
        if (field.Length > ushort.MaxValue) throw new ArgumentException($"Expected at most {ushort.MaxValue} bytes, got {field.Length}.", nameof(field));
        BinaryPrimitives.WriteUInt16LittleEndian(output.GetSpan(sizeof(ushort)), (ushort)field.Length);
        output.Advance(sizeof(ushort));
        output.Write(field);
    }

    private static AccountAddress Name(ReadOnlySpan<byte> bytes) => new(bytes[0], new Bytes32(bytes.Slice(1, Bytes32.Size)));
}
