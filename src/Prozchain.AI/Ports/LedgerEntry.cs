namespace Prozchain.AI.Ports;

/// <summary>What a ledger says of one operation.</summary>
/// <param name="Slot">When it became final, in the ledger's own numbers (height or slot).</param>
/// <param name="Length">Bytes of the whole operation.</param>
public readonly record struct LedgerEntry(ulong Slot, long Length);
