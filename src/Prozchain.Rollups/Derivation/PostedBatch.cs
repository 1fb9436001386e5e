using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Derivation;

/// <summary>A batch as the Inbox ordered it.</summary>
/// <param name="Number">Its number, from 0, without gaps.</param>
/// <param name="Poster">Who appended it.</param>
/// <param name="Kind">Where its source is.</param>
/// <param name="Commitment">What binds the source: of calldata its Keccak-256, of blobs that of their versioned hashes, off-chain a <see cref="ChunkCommitment"/>.</param>
/// <param name="Length">Length of the source in bytes; of blobs, what they hold at most.</param>
/// <param name="ForcedTaken">Items of the forced queue that this batch and those before it took.</param>
/// <param name="Block">The settlement layer's block that it is in.</param>
/// <param name="TimestampSeconds">The block's time.</param>
public readonly record struct PostedBatch(
    ulong Number, L1Address Poster, SourceKind Kind, Digest32 Commitment, ulong Length, ulong ForcedTaken, ulong Block, ulong TimestampSeconds)
{
    /// <summary>The head of the Inbox's chain of batches at this one.</summary>
    public Digest32 Head { get; init; }

    /// <summary>The head of its chain of forced items at the last one taken; zero before the first.</summary>
    public Digest32 ForcedHead { get; init; }
}

/// <summary>An item of the Inbox's forced queue.</summary>
/// <param name="Index">Its number, from 0, without gaps.</param>
/// <param name="Sender">Who queued it: the bridge with a deposit, or anyone with a transaction (<see cref="ForcedTransaction{TTransaction}"/>).</param>
/// <param name="Data">What it holds.</param>
/// <param name="Block">The settlement layer's block that it is in.</param>
public readonly record struct ForcedItem(ulong Index, L1Address Sender, ReadOnlyMemory<byte> Data, ulong Block)
{
    /// <summary>The head of the Inbox's chain of forced items at this one.</summary>
    public Digest32 Head { get; init; }

    /// <summary>When it was queued, seconds since 1970.</summary>
    public ulong TimestampSeconds { get; init; }
}
