using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Payments;

/// <summary>What each kind of payment does once it is paid for. Answers Applied, or the status that undoes it.</summary>
internal static class PaymentWork
{
    /// <summary>Charges what the kind uses besides the intrinsic part. False if that crosses the cap.</summary>
    public static bool TryCharge<TView, THash>(ref Ledger<TView, THash> ledger, in Payment payment)
        where TView : IStateView
        where THash : IStateHash
    {
        ResourceUse cost = CostOf(payment.Kind, (ulong)payment.Payload.Length);
        return ledger.TryCharge(cost.ExecutionGas, cost.ProvingUnits);
    }

    /// <summary>What a payment of a kind uses besides the intrinsic part: the most that it can touch, so the same for every payload of the length and every state.</summary>
    public static ResourceUse CostOf(PaymentKind kind, ulong payload)
    {
        (ulong reads, ulong writes, ulong effects) = kind switch
        {
            PaymentKind.Transfer => (4UL, 5UL, 0UL),
            PaymentKind.Withdraw => (2UL, 2UL, 1UL),
            PaymentKind.Message => (0UL, 0UL, 1UL),
            PaymentKind.RotateKey => (1UL, 1UL, 0UL),
            PaymentKind.FinishRecovery => (3UL, 2UL, 0UL),
            _ => (2UL, 1UL, 0UL),
        };
        return new(
            reads * Costs.Read + writes * Costs.Write + effects * Costs.Effect + payload * Costs.Byte,
            reads * Costs.ProvingRead + writes * Costs.ProvingWrite + effects * Costs.ProvingEffect + payload / Costs.BytesPerProvingUnit);
    }

    public static TransitionStatus Do<TView, THash>(ref Ledger<TView, THash> ledger, in Payment payment, in BatchContext context, EffectLog effects)
        where TView : IStateView
        where THash : IStateHash
    {
        switch (payment.Kind)
        {
            case PaymentKind.Transfer: return Transfer(ref ledger, payment);
            case PaymentKind.Withdraw: return Withdraw(ref ledger, payment, effects);
            case PaymentKind.Message:
                effects.Send(payment.Sender, payment.L1Recipient, payment.Payload.Span);
                return TransitionStatus.Applied;
            case PaymentKind.RotateKey: return ledger.ReplaceKey(payment.Sender, AccountAddress.FromPublicKey(payment.Payload.Span).Digest);
            case PaymentKind.SetRecovery: return Recovery.Set(ref ledger, payment);
            case PaymentKind.StartRecovery or PaymentKind.ApproveRecovery: return Recovery.Ask(ref ledger, payment, context);
            case PaymentKind.FinishRecovery: return Recovery.Finish(ref ledger, payment, context);
            default: return Recovery.Cancel(ref ledger, payment);
        }
    }

    // A transfer of 0 needs nothing and touches no recipient, so it cannot make an account.
    private static TransitionStatus Transfer<TView, THash>(ref Ledger<TView, THash> ledger, in Payment payment)
        where TView : IStateView
        where THash : IStateHash
    {
        if (payment.Amount == 0) return TransitionStatus.Applied;
        TransitionStatus status = ledger.Debit(payment.Sender, payment.Token, payment.Amount);
        return status == TransitionStatus.Applied ? ledger.Credit(payment.Recipient, payment.Token, payment.Amount) : status;
    }

    private static TransitionStatus Withdraw<TView, THash>(ref Ledger<TView, THash> ledger, in Payment payment, EffectLog effects)
        where TView : IStateView
        where THash : IStateHash
    {
        TransitionStatus status = ledger.Debit(payment.Sender, payment.Token, payment.Amount);
        if (status == TransitionStatus.Applied) status = ledger.ChangeSupply(payment.Token, payment.Amount, isUp: false);
        if (status == TransitionStatus.Applied) effects.Withdraw(payment.Token, payment.Amount, payment.L1Recipient);
        return status;
    }
}
