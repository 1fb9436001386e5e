using Prozchain.Rollups.Payments;

namespace Prozchain.Rollups.Batches;

/// <summary>The writing half of <see cref="PaymentRows"/>.</summary>
/// <param name="exponent">The smallest of the seven exponents of short forms.</param>
internal sealed class PaymentRowWriter(byte exponent)
{
    private uint _token, _feeToken;
    private UInt128 _fee;

    /// <summary>Before the first row.</summary>
    public void Start() => (_token, _feeToken, _fee) = (0, 0, 0);

    /// <summary>Writes the row of a payment that has one.</summary>
    public void Write(in Payment payment, ColumnWriter columns)
    {
        payment.Sender.TryGetNumber(out uint sender);
        uint to = payment.Recipient.TryGetNumber(out uint recipient) ? recipient + 1 : 0;
        bool isTransfer = payment.Kind == PaymentKind.Transfer;
        RowFields fields = (payment.Fee != _fee ? RowFields.Fee : 0)
            | (PaymentRows.HasAmount(payment.Kind) && payment.Token != _token ? RowFields.Token : 0)
            | (payment.FeeToken != _feeToken ? RowFields.FeeToken : 0)
            | (payment.Sponsor != default ? RowFields.Sponsor : 0)
            | (payment.KeySkip != 0 ? RowFields.KeySkip : 0)
            | (payment.SponsorSkip != 0 ? RowFields.SponsorSkip : 0)
            | (!isTransfer ? RowFields.Kind : to == 0 ? RowFields.Recipient : 0);
        columns.WriteNumber(sender);
        columns.WriteNumber(to);
        (UInt128 mantissa, int power) = DecimalFloat.Reduce(payment.Amount);
        if (fields == 0 && power >= exponent && power < exponent + PaymentRows.Full)
        {
            columns.WriteWideNumber(mantissa << PaymentRows.CodeBits | (uint)(power - exponent));
            return;
        }
        columns.WriteNumber((ulong)fields << PaymentRows.CodeBits | PaymentRows.Full);
        if (!isTransfer) columns.WriteByte((byte)payment.Kind);
        if ((fields & RowFields.Recipient) != 0) columns.WriteBytes(payment.Recipient.Digest.Span);
        if (PaymentRows.HasAmount(payment.Kind)) WriteAmount(mantissa, power, columns);
        if ((fields & RowFields.Fee) != 0)
        {
            (mantissa, power) = DecimalFloat.Reduce(_fee = payment.Fee);
            WriteAmount(mantissa, power, columns);
        }
        if ((fields & RowFields.Token) != 0) columns.WriteNumber(_token = payment.Token);
        if ((fields & RowFields.FeeToken) != 0) columns.WriteNumber(_feeToken = payment.FeeToken);
        if (payment.Sponsor.TryGetNumber(out uint sponsor)) columns.WriteNumber(sponsor);
        if (payment.KeySkip != 0) columns.WriteNumber(payment.KeySkip);
        if (payment.SponsorSkip != 0) columns.WriteNumber(payment.SponsorSkip);
        if (payment.Kind is PaymentKind.Withdraw or PaymentKind.Message) columns.WriteBytes(payment.L1Recipient.Span);
        if (payment.Kind == PaymentKind.Message) columns.WriteNumber((ulong)payment.Payload.Length);
        if (payment.Kind == PaymentKind.Message) columns.WriteBytes(payment.Payload.Span);
        if (payment.Kind == PaymentKind.RotateKey) columns.WriteBytes(payment.Payload.Span[1..]);
    }

    private static void WriteAmount(UInt128 mantissa, int power, ColumnWriter columns)
    {
        columns.WriteByte((byte)power);
        columns.WriteWideNumber(mantissa);
    }
}
