namespace Prozchain.Rollups.Evm;

/// <summary>A batch that the Inbox ordered.</summary>
/// <param name="Data">What names the bytes: of calldata their Keccak-256, of blobs that of their versioned hashes, off-chain what a committee signed for.</param>
/// <param name="Length">Length of the data in bytes; for blobs, what they hold at most.</param>
/// <param name="Items">Root over the items of the batch's own payments (docs/formats/rollups-step.md); zero without any.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Time">The batch's time, in seconds since 1970.</param>
/// <param name="ForcedTaken">Forced items that this batch and those before it took.</param>
/// <param name="ForcedHead">Head of the chain of items at the last of them; zero before the first.</param>
/// <param name="Head">Head of the chain of batches at this one.</param>
internal readonly record struct InboxBatch(
    ulong Number, L1Address Poster, InboxDataKind Kind, Digest32 Data, ulong Length, Digest32 Items, ulong Count, ulong Time, ulong ForcedTaken, Digest32 ForcedHead, Digest32 Head)
{
    /// <summary>What the head names of the batch's data and list.</summary>
    public Digest32 Commitment => InboxContract.CommitmentOf(Data, Items, Count, Time);
}
