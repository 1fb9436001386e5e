namespace Prozchain.AI.Vault;

/// <summary>A stripe that cannot be restored.</summary>
/// <param name="Stripe">Which.</param>
/// <param name="Lost">How many of its pieces are missing, corrupt or out of reach.</param>
/// <param name="Tolerated">How many may be.</param>
/// <param name="Inconsistent">
/// True when enough pieces are there and authentic, but do not decode to the leaves the manifest commits to: whoever stored
/// the model coded it wrongly.
/// </param>
public readonly record struct StripeLoss(int Stripe, int Lost, int Tolerated, bool Inconsistent);
