using Prozchain.Rollups.Settlement;
using Prozchain.Shared;

namespace Prozchain.Rollups.Disputes;

/// <summary>All disputes ever opened, and the rules of their moves.</summary>
internal sealed class DisputeBoard(SettlementParameters parameters)
{
    private readonly List<Dispute> _all = [];

    // In order of opening.
    private readonly List<Dispute> _open = [];

    public IReadOnlyList<Dispute> Open => _open;

    public Dispute? Find(long id) => id >= 0 && id < _all.Count ? _all[(int)id] : null;

    public Dispute? FindOpen(long id) => Find(id) is { IsOpen: true } dispute ? dispute : null;

    /// <summary>The open dispute whose awaited move is due first; the oldest of several.</summary>
    public Dispute? FirstDue
    {
        get
        {
            Dispute? first = null;
            foreach (Dispute dispute in _open)
                if (first is null || dispute.Deadline < first.Deadline) first = dispute;
            return first;
        }
    }

    public bool IsChallenging(Assertion assertion, in AccountAddress challenger)
    {
        foreach (Dispute dispute in _open)
            if (dispute.Assertion == assertion && dispute.Challenger == challenger) return true;
        return false;
    }

    public Dispute Start(Assertion assertion, in AccountAddress challenger, long height)
    {
        var dispute = new Dispute(_all.Count, assertion, challenger, height, parameters);
        _all.Add(dispute);
        _open.Add(dispute);
        assertion.OpenDisputes++;
        assertion.Status = AssertionStatus.Challenged;
        return dispute;
    }

    public static SettlementResult Bisect(Dispute dispute, BisectCall call, in AccountAddress author, long height)
    {
        if (dispute.Phase != DisputePhase.Bisect || author != dispute.Assertion.Asserter) return SettlementResult.NotYourMove;
        if (call.Position != dispute.Middle) return SettlementResult.WrongPosition;
        if (!BatchTrace.VerifyOpening(dispute.Assertion.TraceCommitment, dispute.Assertion.TransferCount, call.Position, call.Root, call.Proof.Span)) return SettlementResult.WrongTrace;
        dispute.Open(call.Root, height);
        return SettlementResult.Accepted;
    }

    public static SettlementResult Respond(Dispute dispute, RespondCall call, in AccountAddress author, long height)
    {
        if (dispute.Phase != DisputePhase.Respond || author != dispute.Challenger) return SettlementResult.NotYourMove;
        if (call.Position != dispute.Middle) return SettlementResult.WrongPosition;
        dispute.Respond(call.Agree, height);
        return SettlementResult.Accepted;
    }

    public void End(Dispute dispute, DisputePhase outcome)
    {
        dispute.Phase = outcome;
        dispute.Assertion.OpenDisputes--;
        _open.Remove(dispute);
    }

    public void Write(WireWriter writer)
    {
        foreach (Dispute dispute in _all) dispute.Write(writer);
    }
}
