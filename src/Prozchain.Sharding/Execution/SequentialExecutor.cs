using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// Executes one block, one item after the other: the reference that every other schedule must equal. Signatures are
/// the caller's matter. Every sum is checked before it is made, so that no content of a state overflows.
/// </summary>
internal sealed class SequentialExecutor(ulong chainId, ShardLayout layout, ShardId shard, IAuthenticatedStore state)
{
    private readonly StateOverlay _accounts = new(state);
    private readonly SortedDictionary<ShardId, List<Receipt>> _outgoing = [];

    /// <summary>What leaves for other shards, by shard and then in order of execution.</summary>
    public IReadOnlyDictionary<ShardId, List<Receipt>> Outgoing => _outgoing;

    /// <summary>Credits the receipts of a bundle; all of them or, if one would overflow, none.</summary>
    public bool TryCredit(IReadOnlyList<Receipt> receipts)
    {
        for (int i = 0; i < receipts.Count; i++)
        {
            Account account = _accounts.Get(receipts[i].Recipient.Digest);
            if (receipts[i].Amount <= ulong.MaxValue - account.Balance)
            {
                _accounts.Set(receipts[i].Recipient.Digest, account with { Balance = account.Balance + receipts[i].Amount });
                continue;
            }
            while (--i >= 0)
            {
                account = _accounts.Get(receipts[i].Recipient.Digest);
                _accounts.Set(receipts[i].Recipient.Digest, account with { Balance = account.Balance - receipts[i].Amount });
            }
            return false;
        }
        return true;
    }

    /// <summary>Executes a transfer; a rejected one changes nothing.</summary>
    public TransferRejection TryApply(Transfer transfer, out TransferStatus status)
    {
        status = TransferStatus.None;
        if (transfer.ChainId != chainId) return TransferRejection.WrongChain;
        if (layout.ShardOf(transfer.Sender) != shard) return TransferRejection.WrongShard;
        Account sender = _accounts.Get(transfer.Sender.Digest);
        // The last nonce is never used, so that the count of transfers cannot wrap.
        if (transfer.Nonce != sender.Nonce || sender.Nonce == ulong.MaxValue) return TransferRejection.WrongNonce;
        sender = sender with { Nonce = sender.Nonce + 1 };
        status = Move(transfer, ref sender);
        _accounts.Set(transfer.Sender.Digest, sender);
        return TransferRejection.None;
    }

    /// <summary>The accounts that changed, to stage in the state.</summary>
    public StateWrite[] Writes() => _accounts.Writes();

    private TransferStatus Move(Transfer transfer, ref Account sender)
    {
        if (sender.Balance < transfer.Amount) return TransferStatus.InsufficientBalance;
        if (transfer.Recipient.Digest == transfer.Sender.Digest) return TransferStatus.Applied;
        ShardId destination = layout.ShardOf(transfer.Recipient);
        if (destination == shard)
        {
            Account recipient = _accounts.Get(transfer.Recipient.Digest);
            if (transfer.Amount > ulong.MaxValue - recipient.Balance) return TransferStatus.RecipientOverflow;
            _accounts.Set(transfer.Recipient.Digest, recipient with { Balance = recipient.Balance + transfer.Amount });
        }
        else
        {
            if (!_outgoing.TryGetValue(destination, out List<Receipt>? receipts)) _outgoing.Add(destination, receipts = []);
            receipts.Add(new Receipt(transfer.Id, transfer.Recipient, transfer.Amount));
        }
        sender = sender with { Balance = sender.Balance - transfer.Amount };
        return TransferStatus.Applied;
    }
}
