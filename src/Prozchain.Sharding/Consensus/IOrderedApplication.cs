using System.Buffers;
using Prozchain.Sharding.Evidence;

namespace Prozchain.Sharding.Consensus;

/// <summary>What executing a micro-block gave.</summary>
/// <param name="ReceiptsRoot">Root over its receipts.</param>
/// <param name="WriteDigest">Digest of the cells it wrote.</param>
/// <param name="StateRoot">Root of the state after it; only looked at where it was asked for.</param>
public readonly record struct ExecutedBlock(Digest ReceiptsRoot, Digest WriteDigest, Digest StateRoot);

/// <summary>What an application says of a block.</summary>
public enum BlockCheck
{
    /// <summary>It may be voted for.</summary>
    Valid,

    /// <summary>It can never be voted for.</summary>
    Invalid,

    /// <summary>Something it refers to has not arrived or been executed; asked again soon.</summary>
    NotYet,
}

/// <summary>The replicated application under an <see cref="OrderingNode"/>: it fills blocks, judges them, executes them and takes them over once final.</summary>
/// <remarks>
/// An implementer owes: answers that depend on the chain of blocks alone, so that honest nodes agree; blocks that
/// compete for a height kept apart until one is final; no exception for any body. It is called on the thread that drives the node.
/// </remarks>
public interface IOrderedApplication
{
    /// <summary>Fills a block that this node proposes; <see cref="Check"/> then gets the whole block, and it is proposed if that says valid.</summary>
    /// <param name="parent">Hash of the parent's header.</param>
    /// <param name="height">Height of the new block.</param>
    /// <param name="timeMs">Its time, Unix milliseconds.</param>
    /// <param name="maxBytes">The most bytes that the body may take; 0 while too many blocks wait to become final.</param>
    /// <param name="body">Receives the body; nothing is a valid body, an idle shard's.</param>
    /// <returns>True if this is the epoch's last block.</returns>
    bool Build(in Digest parent, ulong height, long timeMs, int maxBytes, IBufferWriter<byte> body);

    /// <summary>
    /// Judges a block whose ancestors were all judged or built before; <see cref="MicroHeader.Kind"/> as well. A block that a
    /// quorum has notarized is handed in too, so that it can be executed.
    /// </summary>
    /// <param name="block">The block.</param>
    BlockCheck Check(MicroBlock block);

    /// <summary>What executing a block gave: one that was checked, the last final one, or the one that the run starts from.</summary>
    /// <param name="block">Hash of its header.</param>
    /// <param name="sealing">True if the state's root is wanted too.</param>
    /// <param name="result">The result.</param>
    /// <returns>False if it is not executed yet; asked again soon.</returns>
    bool TryGetResult(in Digest block, bool sealing, out ExecutedBlock result);

    /// <summary>Takes over a final block: in the order of heights, each exactly once above <see cref="OrderingOptions.AppliedHeight"/>.</summary>
    /// <param name="block">The block.</param>
    /// <param name="certificate">Finalizes this block, or a descendant whose headers lead back to it.</param>
    void Finalized(MicroBlock block, OrderingCertificate certificate);

    /// <summary>Takes proof that a member signed what no honest member signs; at most one per member and life of the node.</summary>
    /// <param name="evidence">The proof; verified.</param>
    void Accuse(VoteEvidence evidence);
}
