namespace Prozchain.AI.Vault;

/// <summary>How a stored model was found.</summary>
public enum VaultStatus : byte
{
    /// <summary>Every piece looked at was good.</summary>
    Intact,
    /// <summary>Pieces were lost, and all of them were put back.</summary>
    Repaired,
    /// <summary>Pieces are lost, and the model is complete all the same.</summary>
    Degraded,
    /// <summary>At least one stripe cannot be restored.</summary>
    Unrecoverable,
}
