using System.Buffers;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Disputes;

/// <summary>
/// The steps of a payments rollup, one at a time: makes the proof of a step from a whole state, and executes a step from
/// a proof, as contracts/src/StepVerifier.sol does over a Keccak tree. Not thread-safe.
/// </summary>
/// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
public sealed class PaymentStep<THash> where THash : IStateHash
{
    private readonly Payments<THash> _payments;
    private readonly ResourceUse _cap;
    private readonly EffectLog _effects = new();

    /// <summary>The steps of one rollup.</summary>
    /// <param name="rules">Its rules; keys are shown, and accounts by address: no step of a numbered rollup is executed again (docs/adr/0042-rollup-profiles.md).</param>
    /// <param name="verifier">Checks signatures.</param>
    /// <exception cref="ArgumentException">Rules of a mode that posts no signatures, or of numbered accounts.</exception>
    public PaymentStep(PaymentRules rules, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (!rules.KeysAreShown) throw new ArgumentException("Expected rules under which keys are shown.", nameof(rules));
        if (rules.Layout != AccountLayout.ByAddress) throw new ArgumentException($"Expected accounts by address, got {rules.Layout}: where accounts are numbered no step is executed again, a proof ends what is false.", nameof(rules));
        _cap = rules.Caps.Batch;
        _payments = new Payments<THash>(rules, verifier, keyMemo: 16);
    }

    /// <summary>The proof of the next step of a batch. Nothing is changed.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="effects">What left the rollup in the batch's steps before it.</param>
    /// <param name="before">The machine before it, of the same state and effects.</param>
    /// <param name="item">The step.</param>
    /// <param name="context">The batch.</param>
    public StepProof Prove(StateStore<THash> state, EffectLog effects, in StepMachine before, in StepItem item, in BatchContext context)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(effects);
        if (item.Kind == StepKind.Close) return new StepProof(before, item, default, default);
        var view = new RecordingState<THash>(state);
        Run(view, item, context, before.Used, out _);
        var witness = new ArrayBufferWriter<byte>();
        view.Witness()!.Write(witness);
        return new StepProof(before, item, witness.WrittenMemory, _effects.Count == 0 ? default : effects.ProveNext());
    }

    /// <summary>Executes a step. Untrusted: the whole proof, which must show all that the step needs.</summary>
    /// <param name="proof">The proof.</param>
    /// <param name="context">The batch.</param>
    /// <param name="outcome">What became of the step.</param>
    /// <param name="after">The machine after it; nothing unless there is no fault.</param>
    public StepFault Execute(StepProof proof, in BatchContext context, out TransitionOutcome outcome, out StepMachine after)
    {
        ArgumentNullException.ThrowIfNull(proof);
        StepMachine before = proof.Before;
        (outcome, after) = (default, default);
        if (proof.Item.Kind > StepKind.Close) return StepFault.UnknownKind;
        if (proof.Item.Kind == StepKind.Close)
        {
            after = before.Close(_cap);
            return StepFault.None;
        }
        if (StateWitness.TryRead(proof.Witness.Span, out StateWitness witness) != WitnessReadResult.Ok) return StepFault.BadWitness;
        if (!StatelessState<THash>.TryOpen(before.StateRoot, witness, out StatelessState<THash> view)) return StepFault.BadWitness;
        outcome = Run(view, proof.Item, context, before.Used, out ResourceUse used);
        if (outcome.Status == TransitionStatus.MissingState) return StepFault.MissingState;
        StepMachine next = before with { StateRoot = view.Root(), Used = used };
        if (_effects.Count > 0)
        {
            if (before.Exits == ulong.MaxValue || !EffectLog.TryAppend(before.ExitRoot, before.Exits, _effects.Leaf(0, before.Exits), proof.Exits.Span, out Digest32 exitRoot)) return StepFault.BadExits;
            next = next with { ExitRoot = exitRoot, Exits = before.Exits + 1 };
        }
        after = proof.Item.Kind == StepKind.Payment ? next : next with { ForcedRoot = next.StateRoot, ForcedExits = next.ExitRoot };
        return StepFault.None;
    }

    /// <summary>Executes a step on a whole state, and notes what leaves the rollup.</summary>
    /// <param name="state">The state.</param>
    /// <param name="effects">What left the rollup in the batch's steps before it.</param>
    /// <param name="used">What they used.</param>
    /// <param name="item">The step, which is not Close.</param>
    /// <param name="context">The batch.</param>
    /// <returns>What they used with this one.</returns>
    internal ResourceUse Advance(StateStore<THash> state, EffectLog effects, in ResourceUse used, in StepItem item, in BatchContext context)
    {
        Run(state, item, context, used, out ResourceUse after);
        for (int i = 0; i < _effects.Count; i++)
        {
            ref readonly Effect effect = ref _effects[i];
            if (effect.Kind == EffectKind.Withdrawal) effects.Withdraw(effect.Token, effect.Amount, effect.Recipient);
            else effects.Send(effect.Sender, effect.Recipient, _effects.Payload(i));
        }
        return after;
    }

    private TransitionOutcome Run<TView>(TView view, in StepItem item, in BatchContext context, in ResourceUse before, out ResourceUse used) where TView : IStateView
    {
        long mark = view.Mark();
        TransitionOutcome outcome = Run(view, item, context);
        ResourceUse sum = before + outcome.Resources;
        used = before;
        // What is forced takes of the batch's room what there is; a payment that finds none does nothing.
        if (item.Kind == StepKind.ForcedPayment && outcome.Status.IsValid() && !sum.FitsIn(_cap))
        {
            view.Revert(mark);
            _effects.Revert(0);
            return outcome with { Status = TransitionStatus.OverCap };
        }
        if (item.Kind == StepKind.Payment || (sum.FitsIn(_cap) && (item.Kind == StepKind.Deposit || outcome.Status.IsValid()))) used = sum;
        return outcome;
    }

    private TransitionOutcome Run<TView>(TView view, in StepItem item, in BatchContext context) where TView : IStateView
    {
        _effects.Begin(context);
        if (item.Kind == StepKind.Deposit)
            return item.TryReadDeposit(out InboundMessage deposit) ? _payments.ApplyInbound(deposit, context, view, _effects) : new(TransitionStatus.Malformed, default);
        if (!item.TryReadPayment(out Payment payment)) return new(TransitionStatus.Malformed, PaymentRules.Intrinsic);
        bool isAuthentic = false;
        _payments.Authenticate(new ReadOnlySpan<Payment>(in payment), new Span<bool>(ref isAuthentic));
        return _payments.Apply(payment, isAuthentic, context, view, _effects);
    }
}
