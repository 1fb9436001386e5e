using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Disputes;

/// <summary>Finds a party's next move in a dispute.</summary>
/// <param name="node">What the party holds for true.</param>
/// <param name="self">The party.</param>
/// <param name="claimed">The trace behind an assertion of the party's own; null if it has none.</param>
internal sealed class DisputePlayer(RollupNode node, AccountAddress self, Func<Assertion, BatchTrace?> claimed)
{
    /// <summary>The move, or null if there is none to make now.</summary>
    public SettlementPayload? NextMove(Dispute dispute)
    {
        bool asserting = dispute.Assertion.Asserter == self;
        if (!asserting && dispute.Challenger != self) return null;
        return dispute.Phase switch
        {
            DisputePhase.Bisect when asserting => Bisect(dispute),
            DisputePhase.Respond when !asserting => Respond(dispute),
            DisputePhase.ProveStep => ProveStep(dispute, asserting),
            _ => null,
        };
    }

    private BisectCall? Bisect(Dispute dispute)
    {
        if (claimed(dispute.Assertion) is not { } trace || trace.Commitment != dispute.Assertion.TraceCommitment) return null;
        return new BisectCall(dispute.Id, dispute.Middle, trace[dispute.Middle], trace.Open(dispute.Middle));
    }

    // Without the data nothing can be agreed to. Disagreeing leads to the first transfer, whose pre-root is settled, and
    // whoever proves that one shows the data.
    private RespondCall Respond(Dispute dispute)
    {
        BatchTrace? truth = node.FindBatch(dispute.Assertion.BatchIndex)?.Trace;
        return new RespondCall(dispute.Id, dispute.Middle, truth is not null && truth[dispute.Middle] == dispute.MiddleRoot);
    }

    // Only where it wins: a step proven decides the dispute either way.
    private ProveStepCall? ProveStep(Dispute dispute, bool asserting)
    {
        if (node.FindBatch(dispute.Assertion.BatchIndex)?.Trace is not { } truth || truth[dispute.Low] != dispute.LowRoot) return null;
        return truth[dispute.High] == dispute.HighRoot == asserting ? node.ProveStep(dispute.Id, dispute.Assertion.BatchIndex, dispute.Low) : null;
    }
}
