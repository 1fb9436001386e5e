using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>What of a batch's statement a prover is told, rather than finds out by executing it.</summary>
internal static class SourceFacts
{
    /// <summary>Starts a statement: false if the bytes are not those that the posting names.</summary>
    /// <param name="input">Untrusted.</param>
    /// <param name="rules">The rules of the rollup.</param>
    /// <param name="statement">What is known so far; the root after is still that before.</param>
    public static bool TryOf(ProverInput input, BatchRules rules, out BatchStatement? statement)
    {
        BatchPosting posting = input.Posting;
        statement = new BatchStatement
        {
            Setup = input.Setup, ChainId = input.ChainId, RootBefore = input.RootBefore, ExitRootBefore = input.ExitRootBefore, RootAfter = input.RootBefore, Previous = input.Previous,
            Kind = posting.Kind, IsWithheld = posting.IsWithheld, Items = posting.Items, Count = posting.Count, Time = input.Time, Block = posting.Block, BlockTime = posting.BlockTime,
        };
        ulong first = statement.FirstForced;
        statement = statement with { Forced = [.. input.Forced.Select((item, i) => new ForcedItem(first + (ulong)i, item.Sender, item.Data, item.Block) { TimestampSeconds = item.TimestampSeconds })] };
        bool isUnfit = posting.Unfit.Length > (ulong)rules.Limits.MaxBytes;
        if (!isUnfit && posting.Unfit != default) return false;
        if (!statement.IsRead)
        {
            statement = statement with { Unread = posting.Data };
            return input.Source.IsEmpty && posting.Unfit == default;
        }
        if (isUnfit ? !input.Source.IsEmpty : input.Source.Length > rules.Limits.MaxBytes) return false;
        statement = isUnfit ? statement with { Length = posting.Unfit.Length, Chunks = [posting.Unfit.Chunks] }
            : statement with { Length = (ulong)input.Source.Length, Chunks = ChunkCommitment.HashesOf(input.Source.Span) };
        return statement.Data == posting.Data;
    }
}
