using System.Buffers.Binary;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// The transition of a general shard: accounts of nonce and balance (<see cref="Account"/>), transfers of wire version 1.
/// A transfer is replay-safe by its nonce, and by its window no pool need remember it. One that fails costs its nonce;
/// one whose nonce is not the sender's next leaves nothing. Fees would be taken where the nonce is counted.
/// </summary>
/// <remarks>The sum of all balances at genesis is below 2^64, so that no credit can overflow.</remarks>
public readonly struct TransferTransition : ISequencedTransition, IKeyedTransition
{
    /// <summary>Gas of every transfer.</summary>
    public const ulong Gas = 1000;

    /// <summary>How far ahead of the block's time a validity window may reach: one hour, in milliseconds.</summary>
    public const long MaxWindowMs = 3_600_000;

    /// <summary>Status: the sender had less than the amount.</summary>
    public const byte InsufficientBalance = 2;

    /// <summary>Status: the recipient, in the same shard, would hold 2^64 or more.</summary>
    public const byte RecipientOverflow = 3;

    /// <summary>Status: the nonce is not the sender's next. Nothing changed.</summary>
    public const byte WrongNonce = 4;

    /// <summary>Status: the sender's or the recipient's cell holds something else than an account.</summary>
    public const byte NotAnAccount = 5;

    private const int Sender = 0, Recipient = 1;

    /// <inheritdoc/>
    public TransactionFault Declare(ReadOnlySpan<byte> transaction, in BlockContext block, ref AccessDeclaration access)
    {
        switch (TransferView.TryRead(transaction, out TransferView transfer))
        {
            case ReadResult.Ok: break;
            case ReadResult.UnknownVersion or ReadResult.UnknownScheme: return TransactionFault.Unknown;
            default: return TransactionFault.Malformed;
        }
        if (transfer.ChainId != block.ChainId) return TransactionFault.WrongChain;
        if (transfer.ValidUntilMs < block.TimeMs || transfer.ValidUntilMs - MaxWindowMs > block.TimeMs) return TransactionFault.OutsideWindow;
        Digest sender = access.KnownSender.IsZero ? transfer.SenderCell : access.KnownSender, recipient = transfer.RecipientCell;
        (access.Sender, access.Sequence) = (sender, transfer.Nonce);
        if (!block.IsLocal(sender)) return TransactionFault.WrongShard;
        access.GasLimit = Gas;
        access.Writes(sender);
        if (recipient != sender && block.IsLocal(recipient)) access.Writes(recipient);
        return TransactionFault.None;
    }

    /// <inheritdoc/>
    public void Authorize(ReadOnlySpan<byte> transaction, in BlockContext block, ref SignatureCollector signatures)
    {
        if (TransferView.TryRead(transaction, out TransferView transfer) != ReadResult.Ok) return;
        signatures.AddOverPrefix(Domains.SignedTransfer, TransferView.KeyAt, transfer.PublicKey.Length, transfer.SignatureAt, transfer.Signature.Length);
    }

    /// <inheritdoc/>
    public byte Execute(ReadOnlySpan<byte> transaction, in BlockContext block, ref CellView cells, ref ReceiptSink receipts, ref GasMeter gas)
    {
        gas.TryCharge(Gas);
        TransferView.TryRead(transaction, out TransferView transfer);
        if (!TryReadAccount(cells, Sender, out Account sender)) return NotAnAccount;
        // The last nonce is never used, so that the count of transfers cannot wrap.
        if (transfer.Nonce != sender.Nonce || sender.Nonce == ulong.MaxValue) return WrongNonce;
        sender = sender with { Nonce = sender.Nonce + 1 };
        Write(cells, Sender, sender);
        cells.Keep();
        if (sender.Balance < transfer.Amount) return InsufficientBalance;
        Digest recipientCell = transfer.RecipientCell;
        if (cells.DeclaredCount == 2)
        {
            if (!TryReadAccount(cells, Recipient, out Account recipient)) return NotAnAccount;
            if (transfer.Amount > ulong.MaxValue - recipient.Balance) return RecipientOverflow;
            Write(cells, Recipient, recipient with { Balance = recipient.Balance + transfer.Amount });
        }
        else if (block.IsLocal(recipientCell))
        {
            return TransactionStatus.Applied; // to oneself
        }
        else
        {
            Span<byte> payload = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(payload, transfer.Amount);
            if (!receipts.TrySend(recipientCell, payload, transfer.Amount)) return TransactionStatus.BadReceipt;
        }
        Write(cells, Sender, sender with { Balance = sender.Balance - transfer.Amount });
        return TransactionStatus.Applied;
    }

    /// <summary>
    /// Adds the amount, 8 bytes little-endian. A payload that is no amount, or a cell that is no account, can only come of
    /// a source that does not follow the rules: it changes nothing, and a balance stops at 2^64 - 1.
    /// </summary>
    public void Credit(in Digest cell, ReadOnlySpan<byte> receipt, in BlockContext block, ref CellView cells)
    {
        if (receipt.Length != sizeof(ulong)) return;
        bool present = cells.TryRead(cell, out ReadOnlySpan<byte> value);
        if (present && value.Length != Account.Size) return;
        Account account = present ? Account.Read(value) : default;
        ulong amount = BinaryPrimitives.ReadUInt64LittleEndian(receipt);
        Span<byte> bytes = stackalloc byte[Account.Size];
        (account with { Balance = amount > ulong.MaxValue - account.Balance ? ulong.MaxValue : account.Balance + amount }).WriteTo(bytes);
        cells.Write(cell, bytes);
    }

    /// <inheritdoc/>
    public ulong NextSequence(ReadOnlySpan<byte> senderCell) => senderCell.Length == Account.Size ? Account.Read(senderCell).Nonce : 0;

    /// <inheritdoc/>
    public ulong ValueOf(ReadOnlySpan<byte> receipt) => receipt.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(receipt) : 0;

    ReadOnlySpan<byte> IKeyedTransition.SenderKey(ReadOnlySpan<byte> transaction) =>
        TransferView.TryRead(transaction, out TransferView transfer) == ReadResult.Ok ? transfer.PublicKey : default;

    private static bool TryReadAccount(in CellView cells, int cell, out Account account)
    {
        bool present = cells.TryRead(cell, out ReadOnlySpan<byte> value);
        account = present && value.Length == Account.Size ? Account.Read(value) : default;
        return !present || value.Length == Account.Size;
    }

    private static void Write(in CellView cells, int cell, Account account)
    {
        Span<byte> bytes = stackalloc byte[Account.Size];
        account.WriteTo(bytes);
        cells.Write(cell, bytes);
    }
}
