using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Disputes;

/// <summary>The judge: runs one transfer again, from nothing but the agreed root before it, a witness and the batch's bytes.</summary>
internal sealed class StepVerifier(RollupGenesis genesis, IStateTransition<L2Transfer> transition)
{
    // A transfer touches its sender's account and its recipient's.
    private const int MaxKeys = 2;

    /// <summary>The true root after the dispute's one step. Untrusted: witness and bytes.</summary>
    public SettlementResult TryExecute(Dispute dispute, in BatchPosting posting, ProveStepCall call, out Digest32 root)
    {
        root = default;
        if (!BatchRules.IsDataOf(posting, call.Batch)) return SettlementResult.WrongData;
        if (StateWitness.TryRead(call.Witness.Span, MaxKeys, out StateWitness witness) != WitnessReadResult.Ok) return SettlementResult.WrongWitness;
        if (BatchRules.Open(genesis, posting, call.Batch) is not { } batch)
        {
            // An undecodable batch is an empty one: none of its steps changes the state.
            root = dispute.LowRoot;
            return witness.Count == 0 ? SettlementResult.Accepted : SettlementResult.WrongWitness;
        }
        if (!StatelessState<KeccakTree>.TryOpen(dispute.LowRoot, witness, out StatelessState<KeccakTree> state)) return SettlementResult.WrongWitness;
        L2Transfer transfer = batch.GetTransfer(dispute.Low);
        bool isAuthentic = false;
        transition.Authenticate(new ReadOnlySpan<L2Transfer>(in transfer), new Span<bool>(ref isAuthentic));
        if (transition.Apply(transfer, isAuthentic, batch.Context, state, new EffectLog()).Status == TransitionStatus.MissingState) return SettlementResult.WrongWitness;
        root = state.Root();
        return SettlementResult.Accepted;
    }
}
