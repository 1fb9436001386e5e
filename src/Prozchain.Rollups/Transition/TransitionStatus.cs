namespace Prozchain.Rollups.Transition;

/// <summary>What one transaction did to the state.</summary>
public enum TransitionStatus
{
    /// <summary>Took effect.</summary>
    Applied,

    /// <summary>Valid, but the sender has less than the amount: no value moved, the nonce advanced.</summary>
    InsufficientBalance,

    /// <summary>Valid, but the recipient's balance would pass its largest value: no value moved, the nonce advanced.</summary>
    BalanceOverflow,

    /// <summary>Valid, but it would cross its own cap on a meter: paid for, nothing else changed.</summary>
    OverCap,

    /// <summary>Valid, but the account to recover names no guardians, or is not there: paid for, nothing else changed.</summary>
    NoRecovery,

    /// <summary>Valid, but the sender is no guardian of the account: paid for, nothing else changed.</summary>
    NotGuardian,

    /// <summary>Valid, but a recovery of the account runs already: paid for, nothing else changed.</summary>
    RecoveryRuns,

    /// <summary>Valid, but no recovery of the account runs, or one to another key: paid for, nothing else changed.</summary>
    NoSuchRecovery,

    /// <summary>Valid, but this guardian has agreed before: paid for, nothing else changed.</summary>
    AlreadyApproved,

    /// <summary>Valid, but too few guardians have agreed: paid for, nothing else changed.</summary>
    TooFewApprovals,

    /// <summary>Valid, but the delay has not passed: paid for, nothing else changed.</summary>
    TooEarly,

    /// <summary>Valid, but the code it ran stopped with a failure: paid for, nothing else changed.</summary>
    Reverted,

    /// <summary>Invalid: the signature does not verify. The state is unchanged.</summary>
    BadSignature,

    /// <summary>Invalid: made for another rollup. The state is unchanged.</summary>
    WrongChain,

    /// <summary>Invalid: not the sender's next nonce, or the last nonce there is. The state is unchanged.</summary>
    WrongNonce,

    /// <summary>Invalid: an account touched does not hold an account's value. The state is unchanged.</summary>
    CorruptState,

    /// <summary>Invalid: an unknown kind, a field that the kind does not use and is not zero, or a payload of a wrong shape. The state is unchanged.</summary>
    Malformed,

    /// <summary>Invalid: the sender's account is not there. The state is unchanged.</summary>
    UnknownSender,

    /// <summary>Invalid: the key shown is not the sender's present one. The state is unchanged.</summary>
    WrongKey,

    /// <summary>Invalid: the sponsor's account is not there, or the key shown is not its present one. The state is unchanged.</summary>
    WrongSponsor,

    /// <summary>Invalid: who has to pay the fee has less. The state is unchanged.</summary>
    CannotPayFee,

    /// <summary>Inbound only: the tokens cannot be credited and go back to their sender on the settlement layer.</summary>
    SentBack,

    /// <summary>The view lacks a key that the transaction needs. Says nothing about the transaction; never from a whole state.</summary>
    MissingState,

    // Behind the others, whose numbers are also those of contracts/src/StepLedger.sol.

    /// <summary>Valid, but there is no account of the recipient's number, and nothing to make one from: paid for, nothing else changed.</summary>
    UnknownRecipient,

    /// <summary>Invalid: the one-time key that signed was used or passed over before, or no tree of keys has it. The state is unchanged.</summary>
    UsedKey,
}

/// <summary>What a status means for a host.</summary>
public static class TransitionStatusExtensions
{
    /// <summary>True if the transaction was valid and paid for, whether or not it took effect: a builder puts it in a batch.</summary>
    public static bool IsValid(this TransitionStatus status) => status is <= TransitionStatus.Reverted or TransitionStatus.UnknownRecipient;
}
