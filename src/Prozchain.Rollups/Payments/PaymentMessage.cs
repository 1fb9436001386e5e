using System.Buffers.Binary;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Payments;

/// <summary>
/// What sender and sponsor of a payment sign, and its signing (docs/formats/rollups-payments.md). A payment of a numbered
/// account is signed in words, as a circuit hashes it.
/// </summary>
public static class PaymentMessage
{
    /// <summary>Length of all fields but the payload's bytes.</summary>
    internal const int FieldsSize = 1 + AccountAddress.Size + 8 + 4 + 16 + AccountAddress.Size + 4 + 16 + AccountAddress.Size + L1Address.Size + 4;

    private const int HeadSize = 20 + 8;

    private static ReadOnlySpan<byte> SenderTag => "Prozchain payment v1"u8;

    private static ReadOnlySpan<byte> SponsorTag => "Prozchain sponsor v1"u8;

    /// <summary>Length of the message in bytes.</summary>
    public static int Size(in Payment payment) => Size(payment, PaymentWords.Fit(payment));

    private static int Size(in Payment payment, bool fits) => fits ? PaymentWords.Size(payment) : HeadSize + FieldsSize + payment.Payload.Length;

    /// <summary>Writes the message to the start of <paramref name="destination"/>, which has room for <see cref="Size(in Payment)"/> bytes.</summary>
    /// <param name="payment">The payment; its signatures are not part of it.</param>
    /// <param name="chainId">The rollup's number.</param>
    /// <param name="isSponsor">Whether the sponsor signs it: nobody's signature as the one counts as the other.</param>
    /// <param name="destination">Where to.</param>
    public static void Write(in Payment payment, ulong chainId, bool isSponsor, Span<byte> destination)
    {
        bool fits = PaymentWords.Fit(payment);
        int size = Size(payment, fits);
        if (destination.Length < size) throw new ArgumentException($"Expected room for {size} bytes, got {destination.Length}.", nameof(destination));
        if (fits)
        {
            PaymentWords.Write(payment, chainId, isSponsor, destination);
            return;
        }
        (isSponsor ? SponsorTag : SenderTag).CopyTo(destination);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[SenderTag.Length..], chainId);
        WriteFields(payment, destination[HeadSize..]);
    }

    /// <summary>Writes the fields as they are signed by address and stand in a step, whatever the layout, to the start of <paramref name="destination"/>.</summary>
    internal static void WriteFields(in Payment payment, Span<byte> destination)
    {
        destination[0] = (byte)payment.Kind;
        destination = Put(destination[1..], payment.Sender);
        BinaryPrimitives.WriteUInt64LittleEndian(destination, payment.Nonce);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], payment.Token);
        BinaryPrimitives.WriteUInt128LittleEndian(destination[12..], payment.Amount);
        destination = Put(destination[28..], payment.Recipient);
        BinaryPrimitives.WriteUInt32LittleEndian(destination, payment.FeeToken);
        BinaryPrimitives.WriteUInt128LittleEndian(destination[4..], payment.Fee);
        destination = Put(destination[20..], payment.Sponsor);
        payment.L1Recipient.Span.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[L1Address.Size..], (uint)payment.Payload.Length);
        payment.Payload.Span.CopyTo(destination[(L1Address.Size + 4)..]);
    }

    /// <summary>The payment with the sender's signature.</summary>
    public static Payment Sign(in Payment payment, ISigner sender, ulong chainId) => payment with { Signed = Make(payment, sender, chainId, isSponsor: false) };

    /// <summary>The payment with the sponsor's signature.</summary>
    public static Payment Sponsor(in Payment payment, ISigner sponsor, ulong chainId) => payment with { Sponsored = Make(payment, sponsor, chainId, isSponsor: true) };

    private static Authorization Make(in Payment payment, ISigner signer, ulong chainId, bool isSponsor)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var message = new byte[Size(payment)];
        Write(payment, chainId, isSponsor, message);
        var signature = new byte[signer.SignatureSize];
        signer.Sign(message, signature);
        return new Authorization(signer.PublicKey, signature);
    }

    private static Span<byte> Put(Span<byte> destination, scoped in AccountAddress address)
    {
        address.CopyTo(destination);
        return destination[AccountAddress.Size..];
    }
}
