using System.Collections.Immutable;
using System.Numerics;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>What is proven of a claim: its segments as bits, the time of the newest proof, when it was claimed, from which exit on all are, and ranges of others.</summary>
internal sealed record SegmentCover(BigInteger Segments, ulong Newest, ulong ClaimedAt, ulong? ExitsFrom, ImmutableList<(ulong From, ulong To)> Exits)
{
    public static SegmentCover None { get; } = new(0, 0, 0, null, []);

    public bool Holds(ulong exit) => exit >= ExitsFrom || Exits.Exists(range => exit >= range.From && exit < range.To);
}

/// <summary>Proofs of parts of claims in a <see cref="StateChainTwin"/>.</summary>
internal sealed class StateChainSegments(
    StateChainTwin.Settings settings, Func<TwinCall<StateChainTwin.Storage>, ulong, Digest32, AbiValue, Digest32> startLeaf, Action<TwinCall<StateChainTwin.Storage>, ulong, AbiValue, AbiValue> fall)
{
    /// <summary>True if the proof of a batch counts: a halt did not overtake it.</summary>
    public bool Counts(TwinCall<StateChainTwin.Storage> call, ulong batch)
    {
        ulong when = call.State.Proven(batch).At;
        return when != 0 && when > Trusted(call) && !call.Call(settings.Proofs, ProofRegistryContract.Halted, 0)[0].ToBool();
    }

    public void Prove(TwinCall<StateChainTwin.Storage> call, AbiValue a)
    {
        ulong batch = a[0].ToUInt64();
        AbiValue claim = a[1], stretch = a[3];
        StateChainTwin.Know(call, batch, claim);
        (Digest32 pre, Digest32 post) = Open(call, batch, claim, a[2], stretch);
        ulong trusted = Trusted(call), when = ProvenAt(call, batch, stretch, pre, post);
        call.Require(when > trusted, "NotProven", batch);
        Digest32 id = call.State.Claim(batch);
        SegmentCover cover = call.State.Covers.GetValueOrDefault((id, trusted), SegmentCover.None);
        BigInteger bits = Bits(stretch[0].ToUInt64(), stretch[1].ToUInt64());
        call.Require((cover.Segments & bits) != bits, "AlreadyProven", batch);
        cover = cover with { Segments = cover.Segments | bits, ClaimedAt = claim[5].ToUInt64(), Newest = Math.Max(cover.Newest, when) };
        call.State = call.State with { Covers = call.State.Covers.SetItem((id, trusted), cover) };
        call.Emit(C.SegmentsProven, batch, id, stretch[0], stretch[1], when);
        if (cover.Segments != Bits(0, settings.Segments) || Counts(call, batch)) return;
        call.State = call.State with { ProvenAt = call.State.ProvenAt.SetItem(batch, (cover.Newest, cover.ClaimedAt)) };
        call.Emit(C.Proven, batch, cover.Newest);
    }

    public void Refute(TwinCall<StateChainTwin.Storage> call, AbiValue a)
    {
        ulong batch = a[0].ToUInt64();
        StateChainTwin.Know(call, batch, a[1]);
        call.Require(batch >= call.State.FinalCount, "TooLate", call.State.FinalAt);
        (Digest32 pre, Digest32 post) = Open(call, batch, a[1], a[2], a[3]);
        Digest32 proven = a[4].ToDigest();
        call.Require(proven != post && ProvenAt(call, batch, a[3], pre, proven) != 0, "NotProven", batch);
        fall(call, batch, a[1], a[4]);
    }

    public void Cover(TwinCall<StateChainTwin.Storage> call, AbiValue a)
    {
        ulong batch = a[0].ToUInt64(), first = a[2].ToUInt64(), count = a[3].ToUInt64(), from = 0, to = ulong.MaxValue;
        AbiValue claim = a[1];
        StateChainTwin.Know(call, batch, claim);
        call.Require(count != 0 && checked(first + count) <= settings.Segments, "WrongSegments", first, count);
        (Digest32 Claim, ulong Trusted) key = (call.State.Claim(batch), Trusted(call));
        SegmentCover cover = call.State.Covers.GetValueOrDefault(key, SegmentCover.None);
        BigInteger bits = Bits(first, count);
        call.Require((cover.Segments & bits) == bits, "NotProven", batch);
        if (first != 0)
        {
            Within(call, claim, first * settings.SegmentSteps - 1, Machine(a[4]).Leaf(), a[5]);
            from = a[4][2].ToUInt64();
        }
        if (first + count == settings.Segments)
        {
            // In Solidity this place plus one is kept.
            ulong wanted = checked(from + 1) - 1;
            cover = cover with { ExitsFrom = Math.Min(cover.ExitsFrom ?? wanted, wanted) };
        }
        else
        {
            Within(call, claim, (first + count) * settings.SegmentSteps - 1, Machine(a[6]).Leaf(), a[7]);
            to = a[6][2].ToUInt64();
            call.Require(to > from, "NothingToDo");
            call.Require(to - from <= C.MaxExits, "TooMany", C.MaxExits, to - from);
            cover = cover with { Exits = cover.Exits.Add((from, to)) };
        }
        call.State = call.State with { Covers = call.State.Covers.SetItem(key, cover) };
        call.Emit(C.ExitsCovered, batch, key.Claim, from, to);
    }

    public AbiValue[] ProvenExit(TwinCall<StateChainTwin.Storage> call, ulong batch, ulong index)
    {
        if (!IsAtWork(call)) return [false, 0UL];
        ulong trusted = Trusted(call);
        (ulong at, ulong claimedAt) = call.State.Proven(batch);
        if (at > trusted) return [true, checked(claimedAt + settings.Period)];
        SegmentCover cover = call.State.Covers.GetValueOrDefault((call.State.Claim(batch), trusted), SegmentCover.None);
        return cover.Holds(index) ? [true, checked(cover.ClaimedAt + settings.Period)] : [false, 0UL];
    }

    public AbiValue ProvenSegments(TwinCall<StateChainTwin.Storage> call, Digest32 claim) =>
        AbiValue.Of(IsAtWork(call) ? call.State.Covers.GetValueOrDefault((claim, Trusted(call)), SegmentCover.None).Segments : 0);

    private static BigInteger Bits(ulong first, ulong count) => ((BigInteger.One << (int)count) - 1) << (int)first;

    private static StepMachine Machine(AbiValue m) =>
        new(m[0].ToDigest(), m[1].ToDigest(), m[2].ToUInt64(), new ResourceUse(m[3].ToUInt64(), m[4].ToUInt64()), m[5].ToDigest(), m[6].ToDigest());

    private bool IsAtWork(TwinCall<StateChainTwin.Storage> call) => !settings.Proofs.IsZero && !call.Call(settings.Proofs, ProofRegistryContract.Halted, 0)[0].ToBool();

    private ulong Trusted(TwinCall<StateChainTwin.Storage> call) => call.Call(settings.Proofs, ProofRegistryContract.TrustedFrom, 0)[0].ToUInt64();

    private ulong ProvenAt(TwinCall<StateChainTwin.Storage> call, ulong batch, AbiValue stretch, Digest32 pre, Digest32 post)
    {
        Digest32 head = call.Call(settings.Inbox, InboxContract.BatchHeads, 0, batch)[0].ToDigest();
        ulong first = stretch[0].ToUInt64(), steps = settings.SegmentSteps;
        Digest32 segment = C.SegmentHead(head, first * steps, (first + stretch[1].ToUInt64()) * steps);
        return call.Call(settings.Proofs, ProofRegistryContract.ProvenAt, 0, pre, post, segment)[0].ToUInt64();
    }

    private (Digest32 Pre, Digest32 Post) Open(TwinCall<StateChainTwin.Storage> call, ulong batch, AbiValue claim, AbiValue parent, AbiValue stretch)
    {
        ulong first = stretch[0].ToUInt64(), count = stretch[1].ToUInt64(), end = checked(first + count);
        call.Require(count != 0 && end <= settings.Segments, "WrongSegments", first, count);
        Digest32 pre, post;
        if (first == 0) pre = startLeaf(call, batch, claim[0].ToDigest(), parent);
        else Within(call, claim, first * settings.SegmentSteps - 1, pre = stretch[2].ToDigest(), stretch[3]);
        if (end == settings.Segments) post = claim[3].ToDigest();
        else Within(call, claim, end * settings.SegmentSteps - 1, post = stretch[4].ToDigest(), stretch[5]);
        return (pre, post);
    }

    private void Within(TwinCall<StateChainTwin.Storage> call, AbiValue claim, ulong index, Digest32 leaf, AbiValue opening)
    {
        Digest32[] siblings = [.. opening.Items.ToArray().Select(static sibling => sibling.ToDigest())];
        call.Require(Disputes.Claim.VerifyOpening(Hashing.Pair(claim[1].ToDigest(), claim[2].ToDigest()), settings.Height, index, leaf, siblings), "WrongOpening");
    }
}
