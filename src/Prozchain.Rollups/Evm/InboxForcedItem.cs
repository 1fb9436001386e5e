namespace Prozchain.Rollups.Evm;

/// <summary>An item of the forced queue.</summary>
/// <param name="Sender">Who queued it: an account with a transaction of the rollup, or the bridge with a deposit.</param>
/// <param name="Head">Head of the chain of items at this one.</param>
/// <param name="Timestamp">When it was queued, in seconds since 1970.</param>
internal readonly record struct InboxForcedItem(ulong Index, L1Address Sender, Digest32 Head, ulong Timestamp, ReadOnlyMemory<byte> Data);
