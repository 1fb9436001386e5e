using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.StepJudgeContract;

namespace Prozchain.Rollups.Disputes;

/// <summary>
/// What shows contracts/src/StepJudge.sol which step of a batch is in dispute, and what comes after it: all out of the
/// settlement layer's events and the batch itself. Not thread-safe.
/// </summary>
internal sealed class BatchWitness<THash> where THash : IStateHash
{
    private readonly StepReplay<THash> _replay;
    private readonly PostedBatch _posting;
    private readonly AbiValue _header, _earlier;
    private readonly Digest32 _exitBefore, _forcedBefore;
    private readonly ForcedItem[] _taken;
    private readonly ClaimTree? _list;

    /// <summary>Of a batch whose steps were not played yet.</summary>
    /// <param name="replay">Its steps.</param>
    /// <param name="posting">The batch.</param>
    /// <param name="before">The batch before it, if there is one, and the head before that one.</param>
    /// <param name="exitBefore">The exit root of the batch before it.</param>
    /// <param name="taken">The forced items that it took.</param>
    public BatchWitness(StepReplay<THash> replay, in PostedBatch posting, (PostedBatch Posting, Digest32 Head)? before, in Digest32 exitBefore, ForcedItem[] taken)
    {
        (_replay, _posting, _exitBefore, _taken, _forcedBefore) = (replay, posting, exitBefore, taken, before?.Posting.ForcedHead ?? default);
        _header = HeaderOf(posting, before?.Posting.Head ?? default);
        _earlier = before is { } earlier ? HeaderOf(earlier.Posting, earlier.Head) : _header;
        int count = replay.Count - 1 - taken.Length;
        if (count == 0) return;
        var digests = new Digest32[count];
        for (int i = 0; i < count; i++) digests[i] = replay[taken.Length + i].Digest();
        _list = new ClaimTree(Claim.HeightOf((ulong)count), digests);
    }

    /// <summary>The head that the claims about the batch were made of.</summary>
    public Digest32 Head => _posting.Head;

    /// <summary>The batch's number.</summary>
    public ulong Number => _posting.Number;

    /// <summary>The witness of a step; of one beyond the end, any.</summary>
    public byte[] Open(ulong step)
    {
        StepProof proof = _replay.Prove(step);
        // What left the rollup in the batch before is part of the leaf between them.
        if (step == 0) proof = proof with { Before = proof.Before with { ExitRoot = _exitBefore } };
        ulong forced = (ulong)_taken.Length;
        bool isListed = step >= forced && step < (ulong)_replay.Count - 1;
        AbiValue[] links = step < forced ? Links((int)step) : [];
        AbiValue[] path = isListed ? [.. _list!.Open(step - forced).Select(static sibling => (AbiValue)sibling)] : [];
        return AbiCodec.Encode(C.Opening, AbiValue.List(
            _header, _earlier, AbiValue.List(_posting.Data, _posting.Posted.Items, _posting.Posted.Count, _posting.Time), AbiValue.List(links),
            step < forced ? _taken[(int)step].Sender : default, AbiValue.List(path), StepVerifierContract.Encode(proof)));
    }

    private static AbiValue HeaderOf(in PostedBatch batch, Digest32 before) => AbiValue.List(
        before, batch.Number, (ulong)batch.Kind, InboxContract.CommitmentOf(batch.Data, batch.Posted.Items, batch.Posted.Count, batch.Time), batch.ForcedTaken, batch.ForcedHead, batch.Block, batch.BlockTime);

    // From the batch's last item back to the one that is asked for.
    private AbiValue[] Links(int first)
    {
        var links = new AbiValue[_taken.Length - first];
        for (int i = 0; i < links.Length; i++)
        {
            ForcedItem item = _taken[_taken.Length - 1 - i];
            Digest32 before = i == _taken.Length - 1 ? _forcedBefore : _taken[_taken.Length - 2 - i].Head;
            var name = InboxContract.ItemOf(item.Sender, item.Data.Span);
            links[i] = AbiValue.List(before, name, item.Block, item.TimestampSeconds);
        }
        return links;
    }
}
