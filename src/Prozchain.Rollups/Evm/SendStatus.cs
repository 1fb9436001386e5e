namespace Prozchain.Rollups.Evm;

/// <summary>How far a call has come. From <see cref="Confirmed"/> on nothing changes any more.</summary>
internal enum SendStatus
{
    /// <summary>It has no nonce yet.</summary>
    Waiting,

    /// <summary>It has a nonce, and is signed or about to be.</summary>
    Sent,

    /// <summary>It is in a block that is not deep enough.</summary>
    Mined,

    /// <summary>It succeeded, as deep as was asked for.</summary>
    Confirmed,

    /// <summary>It reverted, as deep as was asked for; its nonce is spent.</summary>
    Reverted,

    /// <summary>It ran out of gas, as deep as was asked for; its nonce is spent.</summary>
    OutOfGas,

    /// <summary>
    /// Its nonce was spent, as deep as was asked for, by a transaction that is not from here. It is not sent under another
    /// nonce: a node that lost a receipt looks the same, and would make it happen twice.
    /// </summary>
    Superseded,
}
