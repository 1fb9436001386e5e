namespace Prozchain.AI.Vault;

/// <summary>What came of asking for a leaf and its proof.</summary>
public sealed class LeafReading
{
    internal LeafReading(LeafProof? proof, ReadOnlyMemory<byte> leaf, IReadOnlyList<PieceFault> faults, StripeLoss? loss)
    {
        Proof = proof;
        Leaf = leaf;
        Faults = faults;
        Loss = loss;
    }

    /// <summary>The proof, or null when the leaf's stripe cannot be restored.</summary>
    public LeafProof? Proof { get; }

    /// <summary>The bytes of the leaf; empty without a proof.</summary>
    public ReadOnlyMemory<byte> Leaf { get; }

    /// <summary>Pieces that were looked for and not found good.</summary>
    public IReadOnlyList<PieceFault> Faults { get; }

    /// <summary>Why there is no proof, else null.</summary>
    public StripeLoss? Loss { get; }
}
