namespace Prozchain.Rollups.Payments;

/// <summary>What a <see cref="Payment"/> does. The values are those of the wire.</summary>
public enum PaymentKind : byte
{
    /// <summary>Moves an amount of a token to another account.</summary>
    Transfer,

    /// <summary>Takes an amount of a token out of the rollup, to an address of the settlement layer.</summary>
    Withdraw,

    /// <summary>Sends the payload to an address of the settlement layer.</summary>
    Message,

    /// <summary>Replaces the sender's key by the one in the payload. The address stays.</summary>
    RotateKey,

    /// <summary>Names the sender's guardians, how many of them it takes, and the delay; an empty payload names none.</summary>
    SetRecovery,

    /// <summary>A guardian asks for a new key, in the payload, for the account in <see cref="Payment.Recipient"/>.</summary>
    StartRecovery,

    /// <summary>A further guardian agrees to the key that was asked for, whose digest (that of the address made from it) is the payload.</summary>
    ApproveRecovery,

    /// <summary>Anyone installs the new key, whose digest is the payload, once enough guardians agreed and the delay has passed.</summary>
    FinishRecovery,

    /// <summary>The owner stops all recoveries of his own account.</summary>
    CancelRecovery,
}
