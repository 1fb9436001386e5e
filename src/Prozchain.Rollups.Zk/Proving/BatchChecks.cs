using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Zk.Circuit;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.SpongeColumns;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>What is checked of the proof of a batch without a circuit: that it is of what was asked, and that its segments are all of the batch.</summary>
internal static class BatchChecks
{
    /// <summary>Checks a statement against what was asked.</summary>
    public static BatchResult Check(in ProofStatement asked, BatchStatement statement, BatchRules rules, in Digest32 setup, out PostedHead head)
    {
        head = default;
        if (statement.Part is { } part ? asked.From != part.From || asked.To != part.To || part.From >= part.To : asked.From != 0) return new(BatchRefusal.Steps);
        if (statement.ChainId != rules.Payments.ChainId) return new(BatchRefusal.OtherChain);
        if (statement.ProtocolVersion != BatchStatement.Protocol) return new(BatchRefusal.OtherVersion);
        if (statement.Setup != setup) return new(BatchRefusal.OtherSetup);
        ProofStatement said = statement.Asked();
        if (said.StartLeaf != asked.StartLeaf) return new(BatchRefusal.OtherStart);
        if (said.FinalLeaf != asked.FinalLeaf) return new(BatchRefusal.OtherEnd);
        if (said.BatchHead != asked.BatchHead) return new(BatchRefusal.OtherBatch);
        if (!TreeKey.TryReadDigest(statement.RootBefore, out _) || !TreeKey.TryReadDigest(statement.RootAfter, out _) || !TreeKey.TryReadDigest(statement.FirstRoot, out _)) return new(BatchRefusal.WrongRoot);
        if (statement.IsWithheld && rules.IsWithheld?.Invoke(asked.BatchHead) != true) return new(BatchRefusal.NotWithheld);
        if (statement.IsRead && (ulong)statement.Chunks.Count != (IsTooLong(statement, rules) ? 1 : ChunkCommitment.CountOf(statement.Length))) return new(BatchRefusal.WrongChunks);
        ulong length = LengthRead(statement, rules);
        if (!PostedHead.TryRead(statement.Head.Span, length, statement.RootBefore, rules.Limits.MaxTransfers, out head) || (ulong)statement.Head.Length > length) return new(BatchRefusal.WrongHead);
        return new(IsPart(asked, statement, (ulong)(statement.Forced.Count + (statement.IsLive ? head.Count : 0))) ? BatchRefusal.Valid : BatchRefusal.Steps);
    }

    // Steps up to the last, which closes the batch, are the whole of it.
    private static bool IsPart(in ProofStatement asked, BatchStatement statement, ulong last)
    {
        if (statement.Part is not { } part) return asked.To == 0 || asked.To > last;
        return part.From <= last && part.IsEnd == part.To > last && (part.From > 0 || (part.RootBefore == statement.RootBefore && part.Exits == 0));
    }

    /// <summary>Checks where the segments of a proof begin and end, after its statement.</summary>
    /// <param name="proof">The proof.</param>
    /// <param name="rules">The rules of the rollup.</param>
    /// <param name="head">The head of the bytes.</param>
    /// <param name="executed">The transactions that are proven.</param>
    public static BatchResult Check(BatchProof proof, BatchRules rules, PostedHead head, ExecutedPart executed)
    {
        BatchStatement statement = proof.Statement;
        uint forced = executed.Forced;
        uint length = (uint)LengthRead(statement, rules);
        if (proof.Proofs.Count != proof.Boundaries.Count || !IsFirst(proof.Boundaries[0], statement, head, length, forced)) return new(BatchRefusal.WrongFirstBoundary, 1);
        for (int i = 1; i < proof.Boundaries.Count; i++)
        {
            (SegmentBoundary start, SegmentBoundary end) = (proof.Boundaries[i - 1], proof.Boundaries[i]);
            if (end.Chunk.Chunk < start.Chunk.Chunk || end.Chunk.Chunk > (uint)statement.Chunks.Count || end.Transaction < start.Transaction || end.Exits < start.Exits) return new(BatchRefusal.WrongOrder, i);
            if (executed.Splits(start.Transaction, end.Transaction)) return new(BatchRefusal.WrongOrder, i);
            if (length == 0 && end.Sponge.ContainsAnyExcept(F.Zero)) return new(BatchRefusal.WrongOrder, i);
        }
        SegmentBoundary last = proof.Boundaries[^1];
        if (last.Exits != (uint)statement.Exits.Count || !IsHashed(last, statement, length)) return new(BatchRefusal.WrongLastBoundary, proof.Segments);
        // Of own payments: what no message can say, or what nothing would tell of.
        if (statement.Exits.Any(exit => exit.Transaction >= forced && (!statement.IsLive || exit.Token >= Limbs.Radix || exit.Amount >= Limbs.Limit))) return new(BatchRefusal.WrongExits);
        if (statement.Payloads.Any(payload => payload.Transaction >= forced + (statement.IsLive ? (uint)head.Count : 0))) return new(BatchRefusal.WrongExits);
        // A fault, rows left without bytes, or bytes left without rows: each is one verdict; the end of all is the other.
        (uint at, uint rows, bool isFailed) = (last.Parser[0].ToUInt32(), last.Transaction - forced, last.Parser[2] != F.Zero);
        bool isWhole = !isFailed && rows == (uint)head.Count && at == length;
        bool isFaulty = (isFailed && (!head.IsSound || rows < (uint)head.Count)) || (!isFailed && rows == (uint)head.Count && at < length) || (at == length && rows < (uint)head.Count);
        if (!isWhole && !isFaulty) return new(BatchRefusal.Unfinished, proof.Segments);
        return new(isWhole == statement.IsLive ? BatchRefusal.Valid : BatchRefusal.WrongVerdict);
    }

    /// <summary>How many bytes the circuit reads: none where they are not read, nor where there are more than a batch may have.</summary>
    public static ulong LengthRead(BatchStatement statement, BatchRules rules) => IsTooLong(statement, rules) ? 0 : statement.Length;

    private static bool IsTooLong(BatchStatement statement, BatchRules rules) => statement.Length > (ulong)rules.Limits.MaxBytes;

    private static bool IsFirst(SegmentBoundary first, BatchStatement statement, PostedHead head, uint length, uint forced)
    {
        ReadOnlySpan<F> sponge = first.Sponge;
        bool isStart = length == 0 ? !sponge.ContainsAnyExcept(F.Zero)
            : sponge[Start] == F.One && sponge[Offset] == F.Zero && sponge[Chunk] == F.Zero && sponge[Ended] == F.Zero;
        ReadOnlySpan<F> parser = [F.FromUInt32((uint)statement.Head.Length), F.FromUInt32(forced), head.IsSound ? F.Zero : F.One];
        return isStart && first.Parser.SequenceEqual(parser) && !first.Fields.ContainsAnyExcept(F.Zero) && !first.Payments.ContainsAnyExcept(F.Zero) && first.Exits == (statement.Part?.Exits ?? 0);
    }

    private static bool IsHashed(SegmentBoundary last, BatchStatement statement, uint length) => length == 0
        || (last.Sponge[Final] == F.One && last.Sponge[Ended] == F.One && last.Chunk.Chunk + 1 == (uint)statement.Chunks.Count);
}
