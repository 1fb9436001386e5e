namespace Prozchain.Rollups.Disputes;

/// <summary>Checks a validity proof that a computation leads from one state root to another.</summary>
/// <param name="startRoot">State root before.</param>
/// <param name="root">State root after.</param>
/// <param name="sequence">Number of what the root is the state after, such as the batch.</param>
/// <param name="proof">The proof. Untrusted.</param>
/// <remarks>Pure and never throws. The prover's program is fixed with the delegate.</remarks>
public delegate bool ProofCheck(in Digest32 startRoot, in Digest32 root, ulong sequence, ReadOnlySpan<byte> proof);
