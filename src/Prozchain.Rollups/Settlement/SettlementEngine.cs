using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// What each settlement call, and the passing of time, does to batches, assertions, disputes and bonds. The calls are
/// verified already.
/// </summary>
internal sealed class SettlementEngine(RollupGenesis genesis, ISignatureVerifier verifier)
{
    private readonly StepVerifier _judge = new(genesis, new PaymentsTransition(genesis.ChainId, verifier));
    private readonly SettlementParameters _parameters = genesis.Parameters;

    public long Height { get; private set; }

    public List<BatchPosting> Batches { get; } = [];

    public BondLedger Bonds { get; } = new(genesis);

    public AssertionChain Assertions { get; } = new(genesis.StateRoot);

    public DisputeBoard Disputes { get; } = new(genesis.Parameters);

    public void AdvanceTo(long height, ICollection<SettlementEvent> events)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, Height);
        while (true)
        {
            // In order of time, disputes before finality, so that how often this is called makes no difference.
            Dispute? dispute = Disputes.FirstDue;
            Assertion? assertion = Assertions.NextFinal;
            long disputeDue = dispute is null ? long.MaxValue : dispute.Deadline + 1;
            long finalDue = assertion is null ? long.MaxValue : Math.Max(assertion.Deadline + 1, Height);
            if (Math.Min(disputeDue, finalDue) > height) break;
            Height = Math.Min(disputeDue, finalDue);
            if (disputeDue <= finalDue) End(dispute!, asserterWins: dispute!.Phase == DisputePhase.Respond, events);
            else MakeFinal(assertion!, events);
        }
        Height = height;
    }

    public SettlementResult PostBatch(PostBatchCall call, in ActorStanding actor, ICollection<SettlementEvent> events)
    {
        if (!actor.MayPostBatches) return SettlementResult.NotPermitted;
        if (call.Index != Batches.Count) return SettlementResult.WrongBatch;
        if (call.Length > _parameters.BatchLimits.MaxBytes || call.TransferCount > _parameters.BatchLimits.MaxTransfers) return SettlementResult.WrongCount;
        Digest32 previous = Batches.Count == 0 ? genesis.Digest : Batches[^1].DataHash;
        Batches.Add(new BatchPosting(call.Index, call.DataCommitment, call.DataHash, previous, call.Length, call.TransferCount, Height));
        events.Add(new SettlementEvent(SettlementEventKind.BatchPosted, Height, call.Index));
        return SettlementResult.Accepted;
    }

    public SettlementResult Assert(AssertCall call, in AccountAddress author, ICollection<SettlementEvent> events)
    {
        if (call.BatchIndex != Assertions.LineLength || call.BatchIndex >= Batches.Count) return SettlementResult.WrongBatch;
        SettlementResult result = Assertions.Check(call, Batches[(int)call.BatchIndex]);
        if (result != SettlementResult.Accepted) return result;
        if (!Bonds.TryBond(author, _parameters.AssertionBond)) return SettlementResult.InsufficientDeposit;
        Assertion assertion = Assertions.Add(call, author, Height, Height + _parameters.ChallengeWindow);
        events.Add(new SettlementEvent(SettlementEventKind.Asserted, Height, call.BatchIndex, assertion.Id));
        return SettlementResult.Accepted;
    }

    public SettlementResult Challenge(ChallengeCall call, in AccountAddress author, ICollection<SettlementEvent> events)
    {
        if (Assertions.Find(call.AssertionId) is not { } assertion || assertion.Status > AssertionStatus.Challenged) return SettlementResult.NotChallengeable;
        // Without transfers there is nothing to be wrong about.
        if (Height > assertion.Deadline || assertion.TransferCount == 0 || Disputes.IsChallenging(assertion, author)) return SettlementResult.NotChallengeable;
        if (author == assertion.Asserter) return SettlementResult.NotPermitted;
        if (!Bonds.TryBond(author, _parameters.ChallengeBond)) return SettlementResult.InsufficientDeposit;
        Dispute dispute = Disputes.Start(assertion, author, Height);
        events.Add(Event(SettlementEventKind.Challenged, dispute));
        return SettlementResult.Accepted;
    }

    public SettlementResult Bisect(BisectCall call, AccountAddress author, ICollection<SettlementEvent> events) =>
        Move(call.DisputeId, events, dispute => DisputeBoard.Bisect(dispute, call, author, Height));

    public SettlementResult Respond(RespondCall call, AccountAddress author, ICollection<SettlementEvent> events) =>
        Move(call.DisputeId, events, dispute => DisputeBoard.Respond(dispute, call, author, Height));

    private SettlementResult Move(long disputeId, ICollection<SettlementEvent> events, Func<Dispute, SettlementResult> move)
    {
        if (Disputes.FindOpen(disputeId) is not { } dispute) return SettlementResult.NoDispute;
        SettlementResult result = move(dispute);
        if (result == SettlementResult.Accepted) events.Add(Event(SettlementEventKind.DisputeMoved, dispute));
        return result;
    }

    public SettlementResult ProveStep(ProveStepCall call, ICollection<SettlementEvent> events)
    {
        if (Disputes.FindOpen(call.DisputeId) is not { } dispute) return SettlementResult.NoDispute;
        if (dispute.Phase != DisputePhase.ProveStep) return SettlementResult.NotYourMove;
        SettlementResult result = _judge.TryExecute(dispute, Batches[(int)dispute.Assertion.BatchIndex], call, out Digest32 root);
        if (result == SettlementResult.Accepted) End(dispute, asserterWins: root == dispute.HighRoot, events);
        return result;
    }

    private void End(Dispute dispute, bool asserterWins, ICollection<SettlementEvent> events)
    {
        Assertion assertion = dispute.Assertion;
        if (asserterWins)
        {
            Disputes.End(dispute, DisputePhase.AsserterWon);
            Bonds.Slash(dispute.Challenger, assertion.Asserter, _parameters.ChallengeBond);
            // A challenger who loses on purpose must not use up the time of those who mean it. Nor must the dispute use up
            // the time of what stands above, which nobody may have been able to judge before it ended.
            Assertions.ExtendFrom(assertion, Height + _parameters.ChallengeWindow);
            events.Add(Event(SettlementEventKind.AsserterWon, dispute));
            return;
        }
        Disputes.End(dispute, DisputePhase.ChallengerWon);
        Bonds.Slash(assertion.Asserter, dispute.Challenger, _parameters.AssertionBond);
        Bonds.Release(dispute.Challenger, _parameters.ChallengeBond);
        events.Add(Event(SettlementEventKind.ChallengerWon, dispute));
        Assertion[] rejected = Assertions.Reject(assertion);
        foreach (Assertion each in rejected)
        {
            if (each != assertion) Bonds.Release(each.Asserter, _parameters.AssertionBond);
            events.Add(new SettlementEvent(SettlementEventKind.Rejected, Height, each.BatchIndex, each.Id));
        }
        foreach (Dispute moot in Disputes.Open.Where(open => open.Assertion.Status == AssertionStatus.Rejected).ToArray())
        {
            Disputes.End(moot, DisputePhase.Dissolved);
            Bonds.Release(moot.Challenger, _parameters.ChallengeBond);
            events.Add(Event(SettlementEventKind.DisputeDissolved, moot));
        }
    }

    private void MakeFinal(Assertion assertion, ICollection<SettlementEvent> events)
    {
        Assertions.MakeFinal(assertion);
        Bonds.Release(assertion.Asserter, _parameters.AssertionBond);
        events.Add(new SettlementEvent(SettlementEventKind.Finalized, Height, assertion.BatchIndex, assertion.Id));
    }

    private SettlementEvent Event(SettlementEventKind kind, Dispute dispute) =>
        new(kind, Height, dispute.Assertion.BatchIndex, dispute.Assertion.Id, dispute.Id);
}
