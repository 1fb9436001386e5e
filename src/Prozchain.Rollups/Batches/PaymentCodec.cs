using Prozchain.Rollups.Payments;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Payments in columns, version 1 (docs/formats/rollups-batch-v1.md). Accounts of the state before the batch go by their
/// number, so that most transfers are two small numbers and an amount. Keeps its memory from batch to batch; signatures
/// and payloads that it read are valid until it reads again. Not thread-safe.
/// </summary>
/// <param name="names">The accounts of the state before the batch.</param>
/// <param name="limits">Bounds on both sides.</param>
public sealed class PaymentCodec(IAccountNames names, PaymentLimits limits) : ITransactionCodec<Payment>
{
    private readonly AccountColumns _accounts = new(names);
    private readonly NonceColumns _nonceColumns = new(names);
    private readonly AuthorizationColumns _authorizations = new(limits.MaxAuthorization);
    private AccountAddress[] _senders = [], _recipients = [], _sponsors = [];
    private ulong[] _senderHandles = [], _otherHandles = [], _sponsorHandles = [], _nonces = [], _numbers = [], _feeTokens = [], _kinds = [];
    private UInt128[] _amounts = [], _fees = [];
    private Authorization[] _signed = [], _sponsored = [];
    private byte[] _signedBytes = [], _sponsoredBytes = [];

    /// <inheritdoc/>
    public byte Version => 1;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<Payment> transactions, SignatureMode signatures, ColumnWriter columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        int count = transactions.Length;
        Start(count);
        for (int i = 0; i < count; i++)
        {
            ref readonly Payment payment = ref transactions[i];
            (_senders[i], _recipients[i], _sponsors[i]) = (payment.Sender, payment.Recipient, payment.Sponsor);
            (_kinds[i], _nonces[i], _numbers[i], _feeTokens[i]) = ((ulong)payment.Kind, payment.Nonce, payment.Token, payment.FeeToken);
            (_amounts[i], _fees[i]) = (payment.Amount, payment.Fee);
        }
        WriteColumn(columns, "kind", _kinds.AsSpan(0, count));
        _accounts.Write(_senders.AsSpan(0, count), _senderHandles, columns);
        columns.EndColumn("sender");
        _accounts.Write(_recipients.AsSpan(0, count), _otherHandles, columns);
        columns.EndColumn("recipient");
        _accounts.Write(_sponsors.AsSpan(0, count), _sponsorHandles, columns);
        columns.EndColumn("sponsor");
        _nonceColumns.Write(_senders, _senderHandles.AsSpan(0, count), _nonces, columns);
        columns.EndColumn("nonce");
        WriteColumn(columns, "token", _numbers.AsSpan(0, count));
        columns.WriteAmounts(_amounts.AsSpan(0, count));
        columns.EndColumn("amount");
        WriteColumn(columns, "fee token", _feeTokens.AsSpan(0, count));
        columns.WriteAmounts(_fees.AsSpan(0, count));
        columns.EndColumn("fee");
        WriteL1Recipients(transactions, columns);
        WritePayloads(transactions, columns);
        if (signatures != SignatureMode.PerTransaction) return;
        for (int i = 0; i < count; i++) (_signed[i], _sponsored[i]) = (transactions[i].Signed, transactions[i].Sponsored);
        _authorizations.Write(_signed.AsSpan(0, count), _senderHandles, columns);
        _authorizations.Write(_sponsored.AsSpan(0, count), _sponsorHandles, columns);
        _signed.AsSpan(0, count).Clear();
        _sponsored.AsSpan(0, count).Clear();
    }

    /// <inheritdoc/>
    public bool TryRead(ColumnReader columns, SignatureMode signatures, Span<Payment> transactions)
    {
        ArgumentNullException.ThrowIfNull(columns);
        int count = transactions.Length;
        Start(count);
        if (!TryReadColumn(columns, _kinds.AsSpan(0, count), byte.MaxValue)
            || !_accounts.TryRead(_senders.AsSpan(0, count), _senderHandles, columns)
            || !_accounts.TryRead(_recipients.AsSpan(0, count), _otherHandles, columns)
            || !_accounts.TryRead(_sponsors.AsSpan(0, count), _sponsorHandles, columns)
            || !_nonceColumns.TryRead(_senders, _senderHandles.AsSpan(0, count), _nonces, columns)
            || !TryReadColumn(columns, _numbers.AsSpan(0, count), uint.MaxValue)
            || !columns.TryReadAmounts(_amounts.AsSpan(0, count))
            || !TryReadColumn(columns, _feeTokens.AsSpan(0, count), uint.MaxValue)
            || !columns.TryReadAmounts(_fees.AsSpan(0, count)))
            return false;
        for (int i = 0; i < count; i++)
        {
            transactions[i] = new Payment
            {
                Kind = (PaymentKind)_kinds[i], Sender = _senders[i], Nonce = _nonces[i], Token = (uint)_numbers[i], Amount = _amounts[i],
                Recipient = _recipients[i], FeeToken = (uint)_feeTokens[i], Fee = _fees[i], Sponsor = _sponsors[i],
            };
        }
        if (!TryReadL1Recipients(transactions, columns) || !TryReadPayloads(transactions, columns)) return false;
        if (signatures != SignatureMode.PerTransaction) return true;
        if (!_authorizations.TryRead(_signed.AsSpan(0, count), _senderHandles, columns, ref _signedBytes)
            || !_authorizations.TryRead(_sponsored.AsSpan(0, count), _sponsorHandles, columns, ref _sponsoredBytes))
            return false;
        for (int i = 0; i < count; i++) transactions[i] = transactions[i] with { Signed = _signed[i], Sponsored = _sponsored[i] };
        return true;
    }

    private void WriteL1Recipients(ReadOnlySpan<Payment> transactions, ColumnWriter columns)
    {
        for (int i = 0; i < transactions.Length; i++) _numbers[i] = transactions[i].L1Recipient == default ? 0UL : 1;
        columns.WriteNumbers(_numbers.AsSpan(0, transactions.Length));
        foreach (ref readonly Payment payment in transactions)
            if (payment.L1Recipient != default) columns.WriteBytes(payment.L1Recipient.Span);
        columns.EndColumn("L1 recipient");
    }

    private bool TryReadL1Recipients(Span<Payment> transactions, ColumnReader columns)
    {
        if (!TryReadColumn(columns, _numbers.AsSpan(0, transactions.Length), 1)) return false;
        for (int i = 0; i < transactions.Length; i++)
        {
            if (_numbers[i] == 0) continue;
            if (!columns.TryReadBytes(L1Address.Size, out ReadOnlyMemory<byte> bytes)) return false;
            var address = new L1Address(bytes.Span);
            if (address == default) return columns.Fail(BatchFault.NotCanonical);
            transactions[i] = transactions[i] with { L1Recipient = address };
        }
        return true;
    }

    private void WritePayloads(ReadOnlySpan<Payment> transactions, ColumnWriter columns)
    {
        for (int i = 0; i < transactions.Length; i++)
        {
            int length = transactions[i].Payload.Length;
            if (length > limits.MaxPayload) throw new ArgumentException($"Expected payloads of at most {limits.MaxPayload} bytes, got {length}.", nameof(transactions));
            _numbers[i] = (ulong)length;
        }
        columns.WriteNumbers(_numbers.AsSpan(0, transactions.Length));
        foreach (ref readonly Payment payment in transactions) columns.WriteBytes(payment.Payload.Span);
        columns.EndColumn("payload");
    }

    private bool TryReadPayloads(Span<Payment> transactions, ColumnReader columns)
    {
        if (!TryReadColumn(columns, _numbers.AsSpan(0, transactions.Length), (ulong)limits.MaxPayload)) return false;
        for (int i = 0; i < transactions.Length; i++)
        {
            if (_numbers[i] == 0) continue;
            if (!columns.TryReadBytes((int)_numbers[i], out ReadOnlyMemory<byte> payload)) return false;
            transactions[i] = transactions[i] with { Payload = payload };
        }
        return true;
    }

    private static void WriteColumn(ColumnWriter columns, string name, ReadOnlySpan<ulong> column)
    {
        columns.WriteNumbers(column);
        columns.EndColumn(name);
    }

    private static bool TryReadColumn(ColumnReader columns, Span<ulong> column, ulong max)
    {
        if (!columns.TryReadNumbers(column)) return false;
        return !column.ContainsAnyExceptInRange(0UL, max) || columns.Fail(BatchFault.LimitExceeded);
    }

    private void Start(int count)
    {
        _accounts.Reset();
        if (_senders.Length >= count) return;
        (_senders, _recipients, _sponsors) = (new AccountAddress[count], new AccountAddress[count], new AccountAddress[count]);
        (_senderHandles, _otherHandles, _sponsorHandles, _nonces) = (new ulong[count], new ulong[count], new ulong[count], new ulong[count]);
        (_numbers, _feeTokens, _kinds) = (new ulong[count], new ulong[count], new ulong[count]);
        (_amounts, _fees, _signed, _sponsored) = (new UInt128[count], new UInt128[count], new Authorization[count], new Authorization[count]);
    }
}
