using System.Collections.Immutable;
using System.Numerics;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/StateChain.sol in process.</summary>
internal sealed class StateChainTwin : ContractTwin<StateChainTwin.Storage>
{
    private readonly Settings _set;
    private readonly Digest32 _genesisLeaf;
    private readonly StateChainEnd _end;
    private readonly StateChainSegments _segments;

    private StateChainTwin(Settings settings)
    {
        (_set, _genesisLeaf, _end) = (settings, C.LeafOf(settings.GenesisRoot, default), new StateChainEnd(settings));
        _segments = new StateChainSegments(settings, StartLeaf, Fall);
        On(C.Propose, Propose, isPayable: true);
        On(C.ProposeLate, ProposeLate, isPayable: true);
        On(C.Contest, Contest, isPayable: true);
        On(C.Settle, Settle);
        On(C.Discard, Discard);
        On(C.Prove, Prove);
        On(C.ProveSegments, _segments.Prove);
        On(C.CoverExits, _segments.Cover);
        On(C.Refute, Refute);
        On(C.RefuteSegments, _segments.Refute);
        On(C.FinalizeBatches, _end.FinalizeBatches);
        On(C.Publish, StateChainEnd.Publish);
        On(C.Refund, _end.Refund);
        On(C.IsFinal, (call, a) => [a[0].ToUInt64() < call.State.FinalCount]);
        On(C.StateRoot, (call, a) => [call.State.Roots.GetValueOrDefault(a[0].ToUInt64()).State]);
        On(C.ExitRoot, (call, a) => [call.State.Roots.GetValueOrDefault(a[0].ToUInt64()).Exit]);
        On(C.LastFinal, (call, _) => [Math.Max(call.State.FinalCount, 1) - 1, call.State.FinalAt, call.State.FinalCount != 0]);
        On(C.LastFinalAt, (call, _) => [call.State.FinalAt]);
        On(C.Status, (call, a) => [_end.Status(call, a[0].ToUInt64())]);
        On(C.Claims, (call, a) => [call.State.Claim(a[0].ToUInt64())]);
        On(C.Disputes, (call, a) => [call.State.Dispute(a[0].ToUInt64())]);
        On(C.ProvenAt, (call, a) => [call.State.Proven(a[0].ToUInt64()).At]);
        On(C.ProvenExit, (call, a) => _segments.ProvenExit(call, a[0].ToUInt64(), a[1].ToUInt64()));
        On(C.ProvenSegments, (call, a) => [_segments.ProvenSegments(call, a[0].ToDigest())]);
        On(C.FinalCount, (call, _) => [call.State.FinalCount]);
        On(C.RefundedCount, (call, _) => [call.State.RefundedCount]);
        On(C.GenesisLeaf, (_, _) => [_genesisLeaf]);
        On(C.CreatedAt, (call, _) => [call.State.CreatedAt]);
        On(C.Period, (_, _) => [_set.Period]);
        On(C.ProofDelay, (_, _) => [_set.ProofDelay]);
        On(C.OpenDelay, (_, _) => [_set.OpenDelay]);
        On(C.Bond, (_, _) => [_set.Bond]);
        On(C.Height, (_, _) => [(ulong)_set.Height]);
        On(C.SegmentSteps, (_, _) => [_set.SegmentSteps]);
        On(C.Proposer, (_, _) => [_set.Proposer]);
    }

    public override object Genesis => throw new InvalidOperationException("A state chain remembers when it was created.");

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if it would revert.</summary>
    public static StateChainTwin? Create(AbiValue a)
    {
        var settings = new Settings(
            a[0].ToAddress(), a[1].ToAddress(), a[2].ToAddress(), a[3].ToAddress(), a[4].ToAddress(), a[5].ToUInt64(), a[6].ToUInt64(), a[7].ToUInt64(), a[8].ToUInt128(), (int)a[9].ToUInt64(), a[10].ToDigest(), a[11].ToUInt64());
        bool isSound = settings.Period >= FinalityParameters.LeastOptimisticPeriod && settings.ProofDelay >= FinalityParameters.LeastValidityDelay && settings.Height is >= 1 and <= Claim.MaxHeight
            && (settings.SegmentSteps == 0 || (BitOperations.IsPow2(settings.SegmentSteps) && settings.Segments is >= 1 and <= FinalityParameters.MaxSegments && !settings.Proofs.IsZero));
        return isSound ? new StateChainTwin(settings) : null;
    }

    public override object GenesisAt(ChainBlock block) => new Storage(
        block.TimestampSeconds, 0, block.TimestampSeconds, 0, ImmutableDictionary<ulong, Digest32>.Empty, ImmutableDictionary<ulong, ulong>.Empty, ImmutableDictionary<ulong, (ulong, ulong)>.Empty, ImmutableDictionary<ulong, (Digest32, Digest32)>.Empty, ImmutableDictionary<(Digest32, ulong), SegmentCover>.Empty);

    internal static void Know(TwinCall<Storage> call, ulong batch, AbiValue claim) => call.Require(call.State.Claim(batch) == C.IdOf(batch, claim), "UnknownClaim", batch);

    private static Digest32 HeadOf(TwinCall<Storage> call, L1Address inbox, ulong batch) => call.Call(inbox, InboxContract.BatchHeads, 0, batch)[0].ToDigest();

    private static ulong ProposedAt(AbiValue claim) => claim[5].ToUInt64();

    private void Propose(TwinCall<Storage> call, AbiValue a)
    {
        call.Require(call.Sender == _set.Proposer, "NotProposer", call.Sender);
        Make(call, a);
    }

    private void ProposeLate(TwinCall<Storage> call, AbiValue a)
    {
        ulong batch = a[0].ToUInt64(), from = checked(_set.OpenDelay + (batch == 0 ? call.State.CreatedAt : ProposedAt(a[7])));
        if (batch != 0) Know(call, batch - 1, a[7]);
        call.Require(call.Now >= from, "NotYet", from);
        Make(call, a);
    }

    private void Make(TwinCall<Storage> call, AbiValue a)
    {
        ulong batch = a[0].ToUInt64();
        call.Require(call.Value == _set.Bond, "WrongBond", _set.Bond, call.Value);
        call.Require(!_end.IsHalted(call), "Halted");
        Digest32 head = HeadOf(call, _set.Inbox, batch), parent = batch == 0 ? default : call.State.Claim(batch - 1);
        call.Require(head != default, "NoBatch", batch);
        call.Require(head == a[1].ToDigest(), "WrongHead", head, a[1]);
        call.Require(batch == 0 || parent != default, "NoParent", batch);
        call.Require(call.State.Claim(batch) == default, "ClaimExists", batch);
        Digest32 leaf = C.LeafOf(a[4].ToDigest(), a[5].ToDigest());
        Check(call, a[2].ToDigest(), a[3].ToDigest(), leaf, a[6]);
        call.State = call.State with { Claims = call.State.Claims.SetItem(batch, C.IdOf(batch, C.ClaimOf(parent, a[2].ToDigest(), a[3].ToDigest(), leaf, call.Sender, call.Now))) };
        call.Emit(C.Claimed, batch, call.Sender, parent, a[2], a[3], a[4], a[5], call.Now);
    }

    private void Contest(TwinCall<Storage> call, AbiValue a)
    {
        ulong batch = a[0].ToUInt64();
        AbiValue claim = a[1];
        Know(call, batch, claim);
        call.Require(batch >= call.State.FinalCount, "TooLate", call.State.FinalAt);
        call.Require(call.State.Dispute(batch) == 0, "AlreadyContested", batch);
        call.Require(!_segments.Counts(call, batch), "AlreadyProven", batch);
        ulong until = checked(ProposedAt(claim) + _set.Period);
        call.Require(call.Now < until, "TooLate", until);
        call.Require(call.Value == _set.Bond, "WrongBond", _set.Bond, call.Value);
        Digest32 start = StartLeaf(call, batch, claim[0].ToDigest(), a[2]), leaf = C.LeafOf(a[5].ToDigest(), a[6].ToDigest());
        Check(call, a[3].ToDigest(), a[4].ToDigest(), leaf, a[7]);
        AbiValue opened = call.Call(
            _set.Tournament, TournamentContract.Open, 2 * _set.Bond,
            batch, claim[0], start, HeadOf(call, _set.Inbox, batch), claim[5], AbiValue.List(claim[1], claim[2], claim[3]), claim[4], AbiValue.List(a[3], a[4], leaf), call.Sender);
        call.State = call.State.WithDispute(batch, opened[0].ToUInt64() + 1);
        call.Emit(C.Contested, batch, opened[0], call.Sender, a[5], a[6]);
    }

    private void Settle(TwinCall<Storage> call, AbiValue a)
    {
        call.Require(call.Sender == _set.Tournament, "NotTournament", call.Sender);
        ulong batch = a[0].ToUInt64(), dispute = a[1].ToUInt64();
        bool any = a[2].ToBool();
        AbiValue w = a[3];
        if (batch < call.State.FinalCount || call.State.Dispute(batch) != dispute + 1) return;
        Digest32 id = any ? C.IdOf(batch, w) : default;
        if (id != call.State.Claim(batch)) call.State = call.State.WithClaim(batch, id);
        call.State = call.State.WithDispute(batch, any ? C.Decided : 0);
        call.Emit(C.Settled, batch, dispute, id, w[0], w[1], w[2], w[3], w[4], w[5]);
    }

    private void Discard(TwinCall<Storage> call, AbiValue a)
    {
        ulong batch = a[0].ToUInt64();
        Know(call, batch, a[1]);
        call.Require(batch >= call.State.FinalCount && batch != 0 && call.State.Claim(batch - 1) != a[1][0].ToDigest(), "NotVoid", batch);
        bool holdsBond = call.State.Dispute(batch) == 0;
        call.State = call.State.WithClaim(batch, default).WithDispute(batch, 0);
        call.Emit(C.Discarded, batch, C.IdOf(batch, a[1]));
        if (holdsBond) call.Pay(L1Address.Burned, _set.Bond);
    }

    private void Refute(TwinCall<Storage> call, AbiValue a)
    {
        ulong batch = a[0].ToUInt64();
        Know(call, batch, a[1]);
        call.Require(batch >= call.State.FinalCount, "TooLate", call.State.FinalAt);
        call.Require(!_set.Proofs.IsZero && a[3].ToDigest() != a[1][3].ToDigest(), "NotProven", batch);
        Digest32 start = StartLeaf(call, batch, a[1][0].ToDigest(), a[2]);
        call.Require(call.Call(_set.Proofs, ProofRegistryContract.ProvenAt, 0, start, a[3], HeadOf(call, _set.Inbox, batch))[0].ToUInt64() != 0, "NotProven", batch);
        Fall(call, batch, a[1], a[3]);
    }

    private void Fall(TwinCall<Storage> call, ulong batch, AbiValue claim, AbiValue provenLeaf)
    {
        bool holdsBond = call.State.Dispute(batch) == 0;
        call.State = call.State.WithClaim(batch, default).WithDispute(batch, 0);
        call.Emit(C.Refuted, batch, C.IdOf(batch, claim), provenLeaf, call.Sender);
        if (!holdsBond) return;
        call.Call(_set.Vault, BondVaultContract.Credit, _set.Bond / 2, call.Sender);
        call.Pay(L1Address.Burned, _set.Bond - _set.Bond / 2);
    }

    private void Prove(TwinCall<Storage> call, AbiValue a)
    {
        ulong batch = a[0].ToUInt64();
        Know(call, batch, a[1]);
        call.Require(!_segments.Counts(call, batch), "AlreadyProven", batch);
        call.Require(!_set.Proofs.IsZero, "NotProven", batch);
        Digest32 start = StartLeaf(call, batch, a[1][0].ToDigest(), a[2]);
        ulong when = call.Call(_set.Proofs, ProofRegistryContract.ProvenAt, 0, start, a[1][3], HeadOf(call, _set.Inbox, batch))[0].ToUInt64();
        call.Require(when != 0, "NotProven", batch);
        call.State = call.State with { ProvenAt = call.State.ProvenAt.SetItem(batch, (when, ProposedAt(a[1]))) };
        call.Emit(C.Proven, batch, when);
    }

    private Digest32 StartLeaf(TwinCall<Storage> call, ulong batch, Digest32 parent, AbiValue claim)
    {
        if (batch == 0) return _genesisLeaf;
        call.Require(call.State.Claim(batch - 1) == parent && C.IdOf(batch - 1, claim) == parent, "UnknownClaim", batch - 1);
        return claim[3].ToDigest();
    }

    private void Check(TwinCall<Storage> call, Digest32 left, Digest32 right, Digest32 leaf, AbiValue opening)
    {
        var siblings = new Digest32[opening.Items.Length];
        for (int i = 0; i < siblings.Length; i++) siblings[i] = opening[i].ToDigest();
        call.Require(Claim.VerifyOpening(Hashing.Pair(left, right), _set.Height, (1UL << _set.Height) - 1, leaf, siblings), "WrongOpening");
    }

    internal sealed record Settings(
        L1Address Inbox, L1Address Tournament, L1Address Vault, L1Address Proofs, L1Address Proposer, ulong Period, ulong ProofDelay, ulong OpenDelay, UInt128 Bond, int Height, Digest32 GenesisRoot,
        ulong SegmentSteps)
    {
        /// <summary>Segments of a claim.</summary>
        public ulong Segments => SegmentSteps == 0 ? 0 : (1UL << Height) / SegmentSteps;
    }

    internal sealed record Storage(
        ulong CreatedAt,
        ulong FinalCount,
        ulong FinalAt,
        ulong RefundedCount,
        ImmutableDictionary<ulong, Digest32> Claims,
        ImmutableDictionary<ulong, ulong> Disputes,
        ImmutableDictionary<ulong, (ulong At, ulong ClaimedAt)> ProvenAt,
        ImmutableDictionary<ulong, (Digest32 State, Digest32 Exit)> Roots,
        ImmutableDictionary<(Digest32 Claim, ulong Trusted), SegmentCover> Covers)
    {
        public Digest32 Claim(ulong batch) => Claims.GetValueOrDefault(batch);

        public ulong Dispute(ulong batch) => Disputes.GetValueOrDefault(batch);

        public (ulong At, ulong ClaimedAt) Proven(ulong batch) => ProvenAt.GetValueOrDefault(batch);

        public Storage WithClaim(ulong batch, Digest32 id) => this with { Claims = Claims.SetItem(batch, id), ProvenAt = ProvenAt.Remove(batch) };

        public Storage WithDispute(ulong batch, ulong dispute) => this with { Disputes = Disputes.SetItem(batch, dispute) };
    }
}
