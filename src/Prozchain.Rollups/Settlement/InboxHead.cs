using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;

namespace Prozchain.Rollups.Settlement;

/// <summary>What the head of the Inbox's chain of batches is the hash of, after one batch (docs/formats/rollups-l1.md).</summary>
/// <param name="Before">The head before the batch; zero before the first.</param>
/// <param name="Number">The batch's number, from 0.</param>
/// <param name="Kind">Where its bytes are.</param>
/// <param name="Commitment">What names its data and its list: <see cref="CommitmentOf"/>.</param>
/// <param name="ForcedTaken">Forced items that it and those before it took.</param>
/// <param name="ForcedHead">Head of the chain of forced items at the last of them; zero before the first.</param>
/// <param name="Block">The settlement layer's block that it is in.</param>
/// <param name="BlockTime">That block's time, in seconds since 1970.</param>
public readonly record struct InboxHead(Digest32 Before, ulong Number, SourceKind Kind, Digest32 Commitment, ulong ForcedTaken, Digest32 ForcedHead, ulong Block, ulong BlockTime)
{
    /// <summary>The head that a batch leads to.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="before">The head before it.</param>
    public static InboxHead Of(in PostedBatch batch, in Digest32 before) =>
        new(before, batch.Number, batch.Kind, CommitmentOf(batch.Data, batch.Posted.Items, batch.Posted.Count, batch.Time), batch.ForcedTaken, batch.ForcedHead, batch.Block, batch.BlockTime);

    /// <summary>What names a batch's data and list.</summary>
    /// <param name="data">Names its bytes.</param>
    /// <param name="items">Root over its own transactions as items; zero for none.</param>
    /// <param name="count">How many those are said to be.</param>
    /// <param name="time">Its time, in seconds since 1970.</param>
    public static Digest32 CommitmentOf(in Digest32 data, in Digest32 items, ulong count, ulong time) => InboxContract.CommitmentOf(data, items, count, time);

    /// <summary>The head after the batch.</summary>
    public Digest32 Digest() => InboxContract.HeadOf(Number, AbiValue.List(Before, (ulong)Kind, Commitment, ForcedTaken, ForcedHead, Block, BlockTime));
}
