using Prozchain.Rollups.Payments;
using Prozchain.Shared;

namespace Prozchain.Rollups.Batches;

/// <summary>The reading half of <see cref="PaymentRows"/>. New keys that it read are valid until it starts again.</summary>
/// <param name="exponent">The smallest of the seven exponents of short forms.</param>
internal sealed class PaymentRowReader(byte exponent)
{
    private const int Full = PaymentRows.Full, CodeBits = PaymentRows.CodeBits;

    private static readonly UInt128 s_maxCode = (UInt128.One << 123) - 1;

    private byte[] _keys = [];
    private int _kept;
    private uint _token, _feeToken;
    private UInt128 _fee;

    /// <summary>Before the first row.</summary>
    public void Start() => (_token, _feeToken, _fee, _kept) = (0, 0, 0, 0);

    /// <summary>Reads a row; false with a fault on the reader.</summary>
    public bool TryRead(ColumnReader columns, out Payment payment)
    {
        payment = default;
        if (!columns.TryReadNumber(AccountAddress.MaxNumber - 1, out ulong sender) || !columns.TryReadNumber(AccountAddress.MaxNumber - 1, out ulong to)
            || !columns.TryReadWideNumber(s_maxCode, out UInt128 code))
            return false;
        AccountAddress recipient = to == 0 ? default : AccountAddress.FromNumber((uint)to - 1);
        (UInt128 rest, int form) = (code >> CodeBits, (int)(code & Full));
        var row = new Payment { Sender = AccountAddress.FromNumber((uint)sender), Recipient = recipient, Token = _token, FeeToken = _feeToken, Fee = _fee, IsBare = true };
        if (form != Full)
        {
            if (to == 0) return columns.Fail(BatchFault.Malformed);
            BatchFault fault = DecimalFloat.Expand(rest, (ulong)(exponent + form), NumberedLimits.MostAmount, out UInt128 amount);
            payment = row with { Amount = amount };
            return fault == BatchFault.None || columns.Fail(fault);
        }
        if (rest > byte.MaxValue) return columns.Fail(BatchFault.LimitExceeded);
        return TryReadFull(columns, (RowFields)(byte)rest, row, out payment);
    }

    private bool TryReadFull(ColumnReader columns, RowFields fields, Payment row, out Payment payment)
    {
        payment = default;
        var kind = PaymentKind.Transfer;
        if ((fields & RowFields.Kind) != 0)
        {
            if (!columns.TryReadBytes(1, out ReadOnlyMemory<byte> read)) return false;
            kind = (PaymentKind)read.Span[0];
            if (kind is < PaymentKind.Withdraw or > PaymentKind.RotateKey) return columns.Fail(BatchFault.Malformed);
        }
        bool isByKey = kind == PaymentKind.Transfer && row.Recipient == default;
        if ((kind != PaymentKind.Transfer && row.Recipient != default) || ((fields & RowFields.Recipient) != 0) != isByKey
            || ((fields & RowFields.Token) != 0 && !PaymentRows.HasAmount(kind)) || ((fields & RowFields.SponsorSkip) != 0 && (fields & RowFields.Sponsor) == 0))
            return columns.Fail(BatchFault.Malformed);
        row = row with { Kind = kind };
        if (isByKey)
        {
            if (!TryReadKey(columns, out ReadOnlyMemory<byte> key)) return false;
            row = row with { Recipient = new AccountAddress(AccountAddress.HashScheme, new Bytes32(key.Span)) };
        }
        if (!TryReadAmounts(columns, fields, ref row) || !TryReadNumbers(columns, fields, ref row) || !TryReadTail(columns, ref row)) return false;
        payment = row;
        return true;
    }

    private bool TryReadAmounts(ColumnReader columns, RowFields fields, ref Payment row)
    {
        if (PaymentRows.HasAmount(row.Kind))
        {
            if (!TryReadAmount(columns, out UInt128 amount, out ulong power)) return false;
            if (row.Kind == PaymentKind.Withdraw && amount == 0) return columns.Fail(BatchFault.Malformed);
            if (fields == 0 && power >= exponent && power < exponent + (ulong)Full) return columns.Fail(BatchFault.NotCanonical);
            row = row with { Amount = amount };
        }
        if ((fields & RowFields.Fee) == 0) return true;
        if (!TryReadAmount(columns, out UInt128 fee, out _)) return false;
        if (fee == _fee) return columns.Fail(BatchFault.NotCanonical);
        row = row with { Fee = _fee = fee };
        return true;
    }

    private bool TryReadNumbers(ColumnReader columns, RowFields fields, ref Payment row)
    {
        if ((fields & RowFields.Token) != 0 && !TryReadOther(columns, NumberedLimits.Tokens, ref _token)) return false;
        if ((fields & RowFields.FeeToken) != 0 && !TryReadOther(columns, NumberedLimits.Tokens, ref _feeToken)) return false;
        AccountAddress sponsor = default;
        if ((fields & RowFields.Sponsor) != 0)
        {
            if (!columns.TryReadNumber(AccountAddress.MaxNumber - 1, out ulong number)) return false;
            sponsor = AccountAddress.FromNumber((uint)number);
            if (sponsor == row.Sender) return columns.Fail(BatchFault.Malformed);
        }
        uint skip = 0, sponsorSkip = 0;
        if ((fields & RowFields.KeySkip) != 0 && !TryReadOther(columns, PaymentRows.MaxSkip, ref skip)) return false;
        if ((fields & RowFields.SponsorSkip) != 0 && !TryReadOther(columns, PaymentRows.MaxSkip, ref sponsorSkip)) return false;
        row = row with { Token = PaymentRows.HasAmount(row.Kind) ? _token : 0, FeeToken = _feeToken, Sponsor = sponsor, KeySkip = skip, SponsorSkip = sponsorSkip };
        return true;
    }

    private bool TryReadTail(ColumnReader columns, ref Payment row)
    {
        if (row.Kind is PaymentKind.Withdraw or PaymentKind.Message)
        {
            if (!columns.TryReadBytes(L1Address.Size, out ReadOnlyMemory<byte> address)) return false;
            row = row with { L1Recipient = new L1Address(address.Span) };
        }
        if (row.Kind == PaymentKind.Message)
        {
            if (!columns.TryReadNumber(PaymentRules.MaxPayload, out ulong length) || !columns.TryReadBytes((int)length, out ReadOnlyMemory<byte> payload)) return false;
            row = row with { Payload = payload };
        }
        if (row.Kind != PaymentKind.RotateKey) return true;
        if (!TryReadKey(columns, out ReadOnlyMemory<byte> key)) return false;
        row = row with { Payload = Keep(key.Span) };
        return true;
    }

    // A number that must be another than the one that would stand without it.
    private static bool TryReadOther(ColumnReader columns, uint bound, ref uint usual)
    {
        if (!columns.TryReadNumber(bound - 1, out ulong number)) return false;
        if (number == usual) return columns.Fail(BatchFault.NotCanonical);
        usual = (uint)number;
        return true;
    }

    private static bool TryReadAmount(ColumnReader columns, out UInt128 amount, out ulong power)
    {
        (amount, power) = (0, 0);
        if (!columns.TryReadBytes(1, out ReadOnlyMemory<byte> read) || !columns.TryReadWideNumber(NumberedLimits.MostAmount, out UInt128 mantissa)) return false;
        power = read.Span[0];
        BatchFault fault = DecimalFloat.Expand(mantissa, power, NumberedLimits.MostAmount, out amount);
        return fault == BatchFault.None || columns.Fail(fault);
    }

    private static bool TryReadKey(ColumnReader columns, out ReadOnlyMemory<byte> key) =>
        columns.TryReadBytes(Digest32.Size, out key) && (AccountAddress.AreElements(key.Span) || columns.Fail(BatchFault.Malformed));

    // The key as payloads have it, with its scheme.
    private ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> words)
    {
        if (_keys.Length - _kept < AccountAddress.Size) (_keys, _kept) = (new byte[Math.Max(16 * AccountAddress.Size, 2 * _keys.Length)], 0);
        Memory<byte> key = _keys.AsMemory(_kept, AccountAddress.Size);
        _kept += key.Length;
        key.Span[0] = AccountAddress.HashScheme;
        words.CopyTo(key.Span[1..]);
        return key;
    }
}
