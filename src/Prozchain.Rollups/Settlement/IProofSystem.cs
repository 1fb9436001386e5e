namespace Prozchain.Rollups.Settlement;

/// <summary>Proves that the batches of a rollup were executed as they should be.</summary>
/// <remarks>An implementer owes: a proof that <see cref="Verify"/> accepts exists only for true statements; bytes of strangers give false, never an exception.</remarks>
public interface IProofSystem
{
    /// <summary>Names program and setup: proofs of one are nothing to another.</summary>
    Digest32 SetupId { get; }

    /// <summary>Name of the contract that checks proofs on an EVM; null if there is none: then who settles in process checks them by <see cref="Verify"/>.</summary>
    string? OnChainVerifier { get; }

    /// <summary>Proves a statement. May take long.</summary>
    /// <param name="statement">What is to be proven.</param>
    /// <param name="progress">Told how much is done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">The statement is false, or about a batch that the prover does not have.</exception>
    ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken);

    /// <summary>Checks a proof.</summary>
    /// <param name="statement">What it is about.</param>
    /// <param name="proof">Untrusted.</param>
    bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof);
}

/// <summary>What a validity proof says: executing the newest batch of a chain of batches, or some of its steps, leads from one leaf to another.</summary>
/// <param name="StartLeaf">The leaf before the batch: keccak256(abi.encode(state root, exit root)); of steps within it, that of the <see cref="Disputes.StepMachine"/> after the one before them.</param>
/// <param name="FinalLeaf">The leaf after it, or after the steps.</param>
/// <param name="BatchHead">The Inbox's chain of batches after it.</param>
public readonly record struct ProofStatement(Digest32 StartLeaf, Digest32 FinalLeaf, Digest32 BatchHead)
{
    /// <summary>Index of the first step, from 0.</summary>
    public ulong From { get; init; }

    /// <summary>Index after the last step, which may be beyond the batch's: nothing changes there. 0 for the whole batch.</summary>
    public ulong To { get; init; }

    /// <summary>What the verifier on the settlement layer is asked about: the batch's head, or of steps keccak256(abi.encode(head, from, to)).</summary>
    public Digest32 Head => To == 0 ? BatchHead : Evm.StateChainContract.SegmentHead(BatchHead, From, To);

    /// <summary>The leaf before or after a batch: of the state root there, and the exit root of the batch before or of this one.</summary>
    public static Digest32 LeafOf(in Digest32 stateRoot, in Digest32 exitRoot) => Evm.StateChainContract.LeafOf(stateRoot, exitRoot);
}
