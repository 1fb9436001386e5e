using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Derivation;

/// <summary>Runs posted batches over a state and keeps what a dispute about them would need.</summary>
internal sealed class BatchExecutor(IStateTransition<L2Transfer> transition, RollupState state)
{
    private const int Chunk = 256;

    private readonly EffectLog _effects = new();

    /// <summary>Applies a batch, or none if it counts as empty.</summary>
    public DerivedBatch Execute(in BatchPosting posting, Batch? batch, ReadOnlyMemory<byte> data)
    {
        var roots = new Digest32[posting.TransferCount + 1];
        roots.AsSpan().Fill(state.Root());
        if (batch is null) return new DerivedBatch(posting, null, data, new BatchTrace(roots), [], [], StateWitness.Empty, default);

        bool[] authentic = Authenticate(batch);
        BatchContext context = batch.Context;
        state.Store.Checkpoint();
        _effects.Begin(context);
        var recording = new RecordingState<KeccakTree>(state.Store);
        for (int i = 0; i < batch.Count; i++) transition.Apply(batch.GetTransfer(i), authentic[i], context, recording, _effects);
        // Taken before the state changes: it proves everything the batch touches against the root before it.
        StateWitness? witness = recording.Witness();

        var statuses = new TransitionStatus[batch.Count];
        var use = new ResourceUse();
        for (int i = 0; i < batch.Count; i++)
        {
            TransitionOutcome outcome = transition.Apply(batch.GetTransfer(i), authentic[i], context, state, _effects);
            (statuses[i], roots[i + 1]) = (outcome.Status, state.Root());
            use += outcome.Resources;
        }
        return new DerivedBatch(posting, batch, data, new BatchTrace(roots), statuses, authentic, witness, use);
    }

    /// <summary>What a dispute about one transfer of a batch is decided by; null if the batch's particulars are gone.</summary>
    public ProveStepCall? ProveStep(long disputeId, DerivedBatch derived, int step)
    {
        if (derived.Trace is null) return null;
        StateWitness? witness = derived.Batch is null ? StateWitness.Empty : WitnessOf(derived, step);
        if (witness is null) return null;
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        witness.Write(output);
        return new ProveStepCall(disputeId, output.WrittenMemory, derived.Data);
    }

    private StateWitness? WitnessOf(DerivedBatch derived, int step)
    {
        if (derived.Witness is null || !StatelessState<KeccakTree>.TryOpen(derived.PreRoot, derived.Witness, out StatelessState<KeccakTree> part)) return null;
        BatchContext context = derived.Batch!.Context;
        _effects.Begin(context);
        for (int i = 0; i < step; i++) transition.Apply(derived.Batch.GetTransfer(i), derived.Authentic[i], context, part, _effects);
        var recording = new RecordingState<KeccakTree>(part);
        transition.Apply(derived.Batch.GetTransfer(step), derived.Authentic[step], context, recording, _effects);
        return recording.Witness();
    }

    private bool[] Authenticate(Batch batch)
    {
        var results = new bool[batch.Count];
        var transfers = new L2Transfer[Math.Min(Chunk, batch.Count)];
        for (int at = 0; at < batch.Count; at += Chunk)
        {
            int count = Math.Min(Chunk, batch.Count - at);
            for (int i = 0; i < count; i++) transfers[i] = batch.GetTransfer(at + i);
            transition.Authenticate(transfers.AsSpan(0, count), results.AsSpan(at, count));
        }
        return results;
    }
}
