namespace Prozchain.Rollups.Sequencing;

/// <summary>What the sequencer did with a transfer handed to it.</summary>
public enum SubmitResult
{
    /// <summary>In the pool. Not yet in a batch.</summary>
    Accepted,

    /// <summary>Made for another rollup.</summary>
    WrongChain,

    /// <summary>Not the sender's next nonce, those in the pool counted: sent twice, or out of order.</summary>
    WrongNonce,

    /// <summary>The signature does not verify.</summary>
    BadSignature,

    /// <summary>The sender has as many transfers in the pool as allowed.</summary>
    SenderLimit,

    /// <summary>The pool is full.</summary>
    PoolFull,
}
