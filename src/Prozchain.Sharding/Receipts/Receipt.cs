using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>Value on its way to another shard. It left the sender when the transfer was executed. 73 bytes on the wire.</summary>
/// <param name="TransferId">The transfer that sent it.</param>
/// <param name="Recipient">To whom it is credited.</param>
/// <param name="Amount">How much.</param>
public readonly record struct Receipt(Digest TransferId, Address Recipient, ulong Amount)
{
    /// <summary>Length in bytes on the wire: transfer id, recipient, amount.</summary>
    public const int Size = Digest.Size + Address.Size + sizeof(ulong);
}
