using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Payments;

/// <summary>What can be said of a payment without a state.</summary>
internal static class PaymentForm
{
    /// <summary>True if each field is one that the kind uses, with a value of the right shape, or zero, and of a size that the layout has room for.</summary>
    public static bool IsWellFormed(in Payment payment, AccountLayout layout) => IsWellFormed(payment) && (layout == AccountLayout.Numbered ? HasRoom(payment) : !payment.IsBare);

    /// <summary>True if a deposit is one that may be credited.</summary>
    public static bool IsWellFormed(in InboundMessage message, AccountLayout layout) =>
        layout == AccountLayout.Numbered ? message.Token < NumberedLimits.Tokens && IsRecipient(message.Recipient) : message.Recipient.Scheme != 0;

    private static bool IsWellFormed(in Payment payment)
    {
        if (payment.Sender.Scheme == 0 || payment.Payload.Length > PaymentRules.MaxPayload) return false;
        if (payment.Sponsor.Scheme == 0 ? payment.Sponsor != default || !payment.Sponsored.IsEmpty : payment.Sponsor == payment.Sender) return false;
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

    // Of a well-formed payment: what a numbered rollup has no room for.
    private static bool HasRoom(in Payment payment) =>
        payment.Kind <= PaymentKind.RotateKey
        && payment.Sender.TryGetNumber(out _) && (payment.Sponsor.Scheme == 0 || payment.Sponsor.TryGetNumber(out _))
        && payment.Amount <= NumberedLimits.MostAmount && payment.Fee <= NumberedLimits.MostAmount
        && payment.Token < NumberedLimits.Tokens && payment.FeeToken < NumberedLimits.Tokens && payment.Nonce < NumberedLimits.Nonces
        && payment.Kind switch
        {
            PaymentKind.Transfer => IsRecipient(payment.Recipient),
            PaymentKind.RotateKey => payment.Payload.Span[0] == AccountAddress.HashScheme,
            _ => true,
        };

    // An account's number, or a key that has an account or gets one.
    private static bool IsRecipient(in AccountAddress address) =>
        address.Scheme == AccountAddress.HashScheme ? AccountAddress.AreElements(address.Digest.Span) : address.TryGetNumber(out uint number) && number < NumberedLimits.Accounts;
}
