using Prozchain.Zk.Stark;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>What verifying the proof of a batch came to.</summary>
/// <param name="Refusal">Valid, or what is wrong.</param>
/// <param name="Proof">The proof that shows it: 0 that of the tree, then the segments; -1 if no single one does.</param>
/// <param name="List">What verifying the list of proofs came to, if it came to that.</param>
public readonly record struct BatchResult(BatchRefusal Refusal, int Proof = -1, GroupResult List = default)
{
    /// <summary>Whether the proof is accepted.</summary>
    public bool IsValid => Refusal == BatchRefusal.Valid;

    /// <summary>The result as a sentence.</summary>
    public override string ToString() => Refusal == BatchRefusal.Proofs ? $"Proofs: {List}" : Proof < 0 ? $"{Refusal}." : $"{Refusal}, at proof {Proof}.";
}
