namespace Prozchain.AI.Vault;

/// <summary>What is wrong with a piece.</summary>
public enum PieceFaultKind : byte
{
    /// <summary>The store has nothing under the key.</summary>
    Missing,
    /// <summary>The store has something else under the key: altered, truncated or extended.</summary>
    Corrupt,
    /// <summary>The store failed.</summary>
    Unreachable,
    /// <summary>The store did not answer in time, for this piece or for an earlier one of the same operation.</summary>
    Stalled,
}

/// <summary>A piece that was looked for and not found good.</summary>
/// <param name="Stripe">Its stripe.</param>
/// <param name="Piece">Its index within the stripe.</param>
/// <param name="Store">Index of the store that should have it.</param>
/// <param name="Kind">What is wrong.</param>
public readonly record struct PieceFault(int Stripe, int Piece, int Store, PieceFaultKind Kind);
