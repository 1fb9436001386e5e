using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Payments;

/// <summary>What can be said of a payment without a state.</summary>
internal static class PaymentForm
{
    /// <summary>True if each field is one that the kind uses, with a value of the right shape, or zero.</summary>
    public static bool IsWellFormed(in Payment payment)
    {
        if (payment.Sender.Scheme == 0 || payment.Payload.Length > PaymentRules.MaxPayload) return false;
        if (payment.Sponsor.Scheme == 0 ? payment.Sponsor != default || !IsEmpty(payment.Sponsored) : payment.Sponsor == payment.Sender) return false;
        ReadOnlySpan<byte> payload = payment.Payload.Span;
        bool isValueless = payment.Token == 0 && payment.Amount == 0;
        return payment.Kind switch
        {
            PaymentKind.Transfer => IsAccount(payment) && payment.L1Recipient == default && payload.IsEmpty,
            PaymentKind.Withdraw => payment.Amount != 0 && payment.Recipient == default && payload.IsEmpty,
            PaymentKind.Message => isValueless && payment.Recipient == default,
            _ when !isValueless || payment.L1Recipient != default => false,
            PaymentKind.RotateKey => payment.Recipient == default && AccountAddress.IsKey(payload),
            PaymentKind.SetRecovery => payment.Recipient == default && RecoveryPolicy.TryRead(payload, out _),
            PaymentKind.StartRecovery => IsAccount(payment) && AccountAddress.IsKey(payload),
            PaymentKind.ApproveRecovery or PaymentKind.FinishRecovery => IsAccount(payment) && payload.Length == Digest32.Size && payload.ContainsAnyExcept((byte)0),
            PaymentKind.CancelRecovery => payment.Recipient == payment.Sender && payload.IsEmpty,
            _ => false,
        };
    }

    private static bool IsAccount(in Payment payment) => payment.Recipient.Scheme != 0;

    private static bool IsEmpty(in Authorization authorization) => authorization.PublicKey.IsEmpty && authorization.Signature.IsEmpty;
}
