using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Finality;

namespace Prozchain.Rollups.Settlement;

/// <summary>What a node knows of the batches that it executed: what claims about them are made of, and are checked with. <see cref="PaymentNode{THash}"/> is that of a payments rollup.</summary>
/// <remarks>An implementer owes: the same answer for the same batch whenever it is asked, as long as the settlement layer stays as it is.</remarks>
public interface IClaimSource
{
    /// <summary>What the node found when it executed a batch.</summary>
    /// <param name="batch">Number of the batch in the Inbox, from 0.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null if the node is not that far.</returns>
    ValueTask<ClaimableBatch?> FindAsync(ulong batch, CancellationToken cancellationToken);

    /// <summary>What executing one transaction of a batch again needs.</summary>
    /// <param name="batch">Number of the batch.</param>
    /// <param name="step">Index of the transaction, from 0.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<ReadOnlyMemory<byte>> WitnessAsync(ulong batch, ulong step, CancellationToken cancellationToken);
}

/// <summary>A batch after its execution. The leaf before and after it is keccak256(abi.encode(state root, exit root)); those within are what the step verifier makes of them.</summary>
/// <param name="Head">The Inbox's chain of batches after it.</param>
/// <param name="StartLeaf">The leaf before it.</param>
/// <param name="Leaves">The leaf after each step (docs/formats/rollups-step.md), of a payments rollup also after Close; none if nothing is ever done.</param>
/// <param name="StateRoot">State root after it.</param>
/// <param name="ExitRoot">Exit root after it.</param>
public readonly record struct ClaimableBatch(Digest32 Head, Digest32 StartLeaf, ReadOnlyMemory<Digest32> Leaves, Digest32 StateRoot, Digest32 ExitRoot)
{
    /// <summary>What leaves the rollup in it, by place under the exit root. Only where segments are proven, and as long as there are leaves.</summary>
    public ReadOnlyMemory<Operation> Operations { get; init; }

    /// <summary>What the leaf after each of its segments is the hash of, as far as they end before its last step. Only where segments are proven, and as long as there are leaves.</summary>
    public ReadOnlyMemory<StepMachine> Machines { get; init; }
}
