namespace Prozchain.Rollups.Transition;

/// <summary>What one transaction did to the state.</summary>
public enum TransitionStatus
{
    /// <summary>Took effect.</summary>
    Applied,

    /// <summary>Valid, but the sender has less than the amount: no value moved, the nonce advanced.</summary>
    InsufficientBalance,

    /// <summary>Valid, but the recipient's balance would pass 2^64 - 1: no value moved, the nonce advanced.</summary>
    BalanceOverflow,

    /// <summary>Invalid: the signature does not verify. The state is unchanged.</summary>
    BadSignature,

    /// <summary>Invalid: made for another rollup. The state is unchanged.</summary>
    WrongChain,

    /// <summary>Invalid: not the sender's next nonce, or the last nonce there is. The state is unchanged.</summary>
    WrongNonce,

    /// <summary>Invalid: an account touched does not hold an account's value. The state is unchanged.</summary>
    CorruptState,

    /// <summary>The view lacks a key that the transaction needs. Says nothing about the transaction; never from a whole state.</summary>
    MissingState,
}
