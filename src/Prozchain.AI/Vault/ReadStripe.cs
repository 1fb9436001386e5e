namespace Prozchain.AI.Vault;

/// <summary>The next stripe of a source: its bytes are in the slot's work area.</summary>
/// <param name="Part">The part that it belongs to.</param>
/// <param name="Index">Its index within the part.</param>
/// <param name="Stripe">Its index within the model.</param>
/// <param name="Offset">Its first byte within the file.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct ReadStripe(PartInWork Part, int Index, int Stripe, long Offset, int Length);
