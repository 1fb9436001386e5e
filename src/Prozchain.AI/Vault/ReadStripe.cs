namespace Prozchain.AI.Vault;

/// <summary>The next stripe of a source: its bytes are in the slot's work area.</summary>
internal readonly record struct ReadStripe(PartInWork Part, int Index, long Offset, int Length);
