using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Derivation;

/// <summary>A batch as the Inbox ordered it.</summary>
/// <param name="Number">Its number, from 0, without gaps.</param>
/// <param name="Poster">Who appended it.</param>
/// <param name="Kind">Where its source is.</param>
/// <param name="Data">What binds the source: of calldata its Keccak-256, of blobs that of their versioned hashes, off-chain a <see cref="ChunkCommitment"/>.</param>
/// <param name="Length">Length of the source in bytes; of blobs, what they hold at most.</param>
/// <param name="Items">Root over its own transactions as items; zero for none, and where batches are not listed.</param>
/// <param name="Count">How many those are.</param>
/// <param name="Time">Its time, in seconds since 1970: not before that of the batch before, nor after that of its block.</param>
/// <param name="ForcedTaken">Items of the forced queue that this batch and those before it took.</param>
/// <param name="Block">The settlement layer's block that it is in.</param>
public readonly record struct PostedBatch(
    ulong Number, L1Address Poster, SourceKind Kind, Digest32 Data, ulong Length, Digest32 Items, ulong Count, ulong Time, ulong ForcedTaken, ulong Block)
{
    /// <summary>The head of the Inbox's chain of batches at this one.</summary>
    public Digest32 Head { get; init; }

    /// <summary>The head of its chain of forced items at the last one taken; zero before the first.</summary>
    public Digest32 ForcedHead { get; init; }

    /// <summary>The time of its block, seconds since 1970.</summary>
    public ulong BlockTime { get; init; }

    /// <summary>Items and count as they were posted, also of a batch whose data was withheld, which has none.</summary>
    public (Digest32 Items, ulong Count) Posted { get; init; }

    /// <summary>Whether the settlement layer declared its data withheld: it has no source.</summary>
    public bool IsWithheld { get; init; }
}

/// <summary>An item of the Inbox's forced queue.</summary>
/// <param name="Index">Its number, from 0, without gaps.</param>
/// <param name="Sender">Who queued it: the bridge with a deposit, or anyone with a transaction (<see cref="Sequencing.ITransactionAccess{TTransaction}.WriteItem"/>).</param>
/// <param name="Data">What it holds.</param>
/// <param name="Block">The settlement layer's block that it is in.</param>
public readonly record struct ForcedItem(ulong Index, L1Address Sender, ReadOnlyMemory<byte> Data, ulong Block)
{
    /// <summary>The head of the Inbox's chain of forced items at this one.</summary>
    public Digest32 Head { get; init; }

    /// <summary>When it was queued, seconds since 1970.</summary>
    public ulong TimestampSeconds { get; init; }

    /// <summary>The head of the chain at this item, from that before it; what <see cref="Head"/> must be.</summary>
    public Digest32 HeadAfter(in Digest32 before) => Evm.InboxContract.NextForcedHead(before, Sender, Data.Span, Block, TimestampSeconds);
}
