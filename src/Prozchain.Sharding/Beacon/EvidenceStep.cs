using Prozchain.Sharding.Evidence;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Takes in evidence and convicts. A validator is convicted once at most, whatever and however often it is accused of, so
/// replayed evidence punishes nobody. Evidence counts for as long as the stake of its epoch is locked.
/// </summary>
internal static class EvidenceStep
{
    public static BeaconVerdict Apply(BeaconStep step, IReadOnlyList<FaultEvidence> evidence)
    {
        for (int i = 0; i < evidence.Count; i++)
        {
            FaultResult result = Check(step, evidence[i]);
            if (result != FaultResult.Valid) return new BeaconVerdict(BeaconResult.BadEvidence, i, Evidence: result);
            foreach (Accusation accused in evidence[i].Accused) Convict(step, evidence[i], accused.PublicKey);
        }
        return BeaconVerdict.Valid;
    }

    private static FaultResult Check(BeaconStep step, FaultEvidence evidence)
    {
        BeaconState state = step.State;
        Statement statement = evidence.Statement;
        if (statement.Epoch > state.Epoch) return FaultResult.FromTheFuture;
        if (state.Epoch - statement.Epoch > (ulong)step.Options.Registry.UnbondingEpochs) return FaultResult.Expired;
        bool isNew = false;
        foreach (Accusation accused in evidence.Accused)
        {
            if (!state.Registry.TryGet(accused.PublicKey, out ValidatorRecord? record) || !record.IsOnDuty(statement.Epoch)) return FaultResult.NotOnDuty;
            isNew |= !record.IsConvicted;
        }
        if (!isNew) return FaultResult.AlreadyConvicted;
        if (step.Verifier is not { } verifier) return FaultResult.Valid;
        if (evidence.Offence == Offence.Contradiction)
            return step.Options.Auditor.Contradicts(evidence.Accused[0].PublicKey.Span, statement.Shard.Value, statement.Epoch, evidence.Witness.Span) ? FaultResult.Valid : FaultResult.NotProven;
        ulong chain = step.Options.ChainId;
        foreach (Accusation accused in evidence.Accused)
            if (!verifier.Verify(accused.PublicKey.Span, statement.Message(chain).Span, accused.Signature.Span)) return FaultResult.BadSignature;
        if (evidence.Offence == Offence.Equivocation)
            return verifier.Verify(evidence.Accused[0].PublicKey.Span, evidence.Conflicting.Message(chain).Span, evidence.ConflictingSignature.Span) ? FaultResult.Valid : FaultResult.BadSignature;
        return step.Options.Auditor.IsInvalid(statement.Shard.Value, statement.Epoch, statement.View, statement.Digest.Span, evidence.Witness.Span)
            ? FaultResult.Valid : FaultResult.NotProven;
    }

    private static void Convict(BeaconStep step, FaultEvidence evidence, ReadOnlyMemory<byte> key)
    {
        ValidatorRecord record = step.State.Registry.Records[key];
        if (record.IsConvicted) return;
        (ValidatorRegistry registry, ulong penalty) = Slashing.Convict(step.State.Registry, record, step.State.Epoch);
        step.Outputs.Add(new Conviction(key, evidence.Offence, evidence.Statement.Epoch, penalty));
        ulong share = step.Options.Registry.ReporterQuotient == 0 ? 0 : penalty / (ulong)step.Options.Registry.ReporterQuotient;
        if (share > 0)
            registry = (registry with { Ledger = registry.Ledger with { Slashed = registry.Ledger.Slashed - share } }).Pay(evidence.Reporter, share, step.Outputs);
        step.State = step.State with { Registry = registry };
    }
}
