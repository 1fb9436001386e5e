namespace Prozchain.AI.Vault;

/// <summary>A stripe that cannot be restored.</summary>
/// <param name="Stripe">Which.</param>
/// <param name="Lost">How many of its pieces are missing, corrupt or out of reach.</param>
/// <param name="Tolerated">How many may be.</param>
/// <param name="Inconsistent">
/// True when enough pieces are there and authentic, but they are no stripe of the code, or not of the leaves that the
/// manifest commits to: whoever stored the model did it wrongly. A read does not notice wrong parity that it does not need.
/// </param>
public readonly record struct StripeLoss(int Stripe, int Lost, int Tolerated, bool Inconsistent);
