namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>What became of a payment; from <see cref="UnknownParty"/> on, nothing.</summary>
internal enum PaymentResult
{
    /// <summary>It is done.</summary>
    Applied,

    /// <summary>Paid for, and the sender has not the amount.</summary>
    InsufficientBalance,

    /// <summary>Paid for, and there is no such recipient.</summary>
    UnknownRecipient,

    /// <summary>There is no such sender or sponsor.</summary>
    UnknownParty,

    /// <summary>No key has the index of its signature.</summary>
    UsedKey,

    /// <summary>Who pays has not the fee.</summary>
    CannotPayFee,

    /// <summary>The key to rotate to is the account's.</summary>
    SameKey,

    /// <summary>Of a forced one: key, nonce or index are not the account's.</summary>
    Judged,

    /// <summary>A deposit goes back.</summary>
    SentBack,
}
