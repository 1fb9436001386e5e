namespace Prozchain.Rollups.Evm;

/// <summary>A batch that the Inbox ordered.</summary>
/// <param name="Length">Length of the data in bytes; for blobs, what they hold at most.</param>
/// <param name="ForcedTaken">Forced items that this batch and those before it took.</param>
/// <param name="ForcedHead">Head of the chain of items at the last of them; zero before the first.</param>
/// <param name="Head">Head of the chain of batches at this one.</param>
internal readonly record struct InboxBatch(
    ulong Number, L1Address Poster, InboxDataKind Kind, Digest32 Commitment, ulong Length, ulong ForcedTaken, Digest32 ForcedHead, Digest32 Head);
