using Prozchain.Rollups.KeyValue;
using Prozchain.Rollups.Payments;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Transactions of the rollup of small contracts in columns, version 2 (docs/formats/rollups-batch-v1.md). Its state numbers
/// no accounts, so that each account and contract is written once a batch. Keeps its memory from batch to batch; data and
/// signatures that it read are valid until it reads again. Not thread-safe.
/// </summary>
public sealed class ContractCodec : ITransactionCodec<ContractTransaction>
{
    private const int MaxAuthorization = 1 << 12;

    private readonly AccountColumns _senderColumn = new(NoNames.Instance), _contractColumn = new(NoNames.Instance);
    private readonly NonceColumns _nonceColumns = new(NoNames.Instance);
    private readonly AuthorizationColumns _authorizations = new(MaxAuthorization);
    private AccountAddress[] _senders = [], _contracts = [];
    private ulong[] _handles = [], _contractHandles = [], _nonces = [], _gas = [], _lengths = [];
    private Authorization[] _signed = [];
    private byte[] _signatures = [];

    /// <inheritdoc/>
    public byte Version => 2;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<ContractTransaction> transactions, SignatureMode signatures, ColumnWriter columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        int count = transactions.Length;
        Start(count);
        for (int i = 0; i < count; i++)
        {
            ref readonly ContractTransaction transaction = ref transactions[i];
            if (transaction.Data.Length > ContractTransaction.MaxData)
                throw new ArgumentException($"Expected at most {ContractTransaction.MaxData} bytes of data, got {transaction.Data.Length}.", nameof(transactions));
            (_senders[i], _contracts[i]) = (transaction.Sender, Named(transaction.Contract));
            (_nonces[i], _gas[i], _lengths[i], _signed[i]) = (transaction.Nonce, transaction.GasLimit, (ulong)transaction.Data.Length, transaction.Signed);
        }
        _senderColumn.Write(_senders.AsSpan(0, count), _handles, columns);
        columns.EndColumn("sender");
        _contractColumn.Write(_contracts.AsSpan(0, count), _contractHandles, columns);
        columns.EndColumn("contract");
        _nonceColumns.Write(_senders, _handles.AsSpan(0, count), _nonces, columns);
        columns.EndColumn("nonce");
        columns.WriteNumbers(_gas.AsSpan(0, count));
        columns.EndColumn("gas limit");
        columns.WriteNumbers(_lengths.AsSpan(0, count));
        foreach (ref readonly ContractTransaction transaction in transactions) columns.WriteBytes(transaction.Data.Span);
        columns.EndColumn("data");
        if (signatures == SignatureMode.PerTransaction) _authorizations.Write(_signed.AsSpan(0, count), _handles, columns);
        _signed.AsSpan(0, count).Clear();
    }

    /// <inheritdoc/>
    public bool TryRead(ColumnReader columns, SignatureMode signatures, Span<ContractTransaction> transactions)
    {
        ArgumentNullException.ThrowIfNull(columns);
        int count = transactions.Length;
        Start(count);
        Span<ulong> lengths = _lengths.AsSpan(0, count);
        if (!_senderColumn.TryRead(_senders.AsSpan(0, count), _handles, columns)
            || !_contractColumn.TryRead(_contracts.AsSpan(0, count), _contractHandles, columns)
            || !_nonceColumns.TryRead(_senders, _handles.AsSpan(0, count), _nonces, columns)
            || !columns.TryReadNumbers(_gas.AsSpan(0, count)) || !columns.TryReadNumbers(lengths))
            return false;
        if (lengths.ContainsAnyExceptInRange(0UL, (ulong)ContractTransaction.MaxData)) return columns.Fail(BatchFault.LimitExceeded);
        for (int i = 0; i < count; i++)
        {
            AccountAddress contract = _contracts[i];
            // A name that no contract gives would come back as no contract, or as that of another name.
            if (Named(contract.Digest) != contract) return columns.Fail(BatchFault.NotCanonical);
            if (!columns.TryReadBytes((int)lengths[i], out ReadOnlyMemory<byte> data)) return false;
            transactions[i] = new ContractTransaction { Sender = _senders[i], Nonce = _nonces[i], Contract = contract.Digest, GasLimit = _gas[i], Data = data };
        }
        if (signatures != SignatureMode.PerTransaction) return true;
        if (!_authorizations.TryRead(_signed.AsSpan(0, count), _handles, columns, ref _signatures)) return false;
        for (int i = 0; i < count; i++) transactions[i] = transactions[i] with { Signed = _signed[i] };
        return true;
    }

    // Contracts are named as accounts of one scheme are, none as none.
    private static AccountAddress Named(in Digest32 contract) => contract == default ? default : new AccountAddress(AccountAddress.P256Scheme, contract.Value);

    private void Start(int count)
    {
        _senderColumn.Reset();
        _contractColumn.Reset();
        if (_senders.Length >= count) return;
        (_senders, _contracts, _signed) = (new AccountAddress[count], new AccountAddress[count], new Authorization[count]);
        (_handles, _contractHandles, _nonces, _gas, _lengths) = (new ulong[count], new ulong[count], new ulong[count], new ulong[count], new ulong[count]);
    }

    private sealed class NoNames : IAccountNames
    {
        public static NoNames Instance { get; } = new();

        public void FindAddresses(ReadOnlySpan<ulong> indices, Span<AccountAddress> addresses) => addresses[..indices.Length].Clear();

        public void FindIndices(ReadOnlySpan<AccountAddress> accounts, Span<ulong> indices) => indices[..accounts.Length].Fill(IAccountNames.NoIndex);

        public void GetNonces(ReadOnlySpan<AccountAddress> accounts, Span<ulong> nonces) => nonces[..accounts.Length].Clear();
    }
}
