namespace Prozchain.Sharding;

/// <summary>What became of a transaction that was handed to an <see cref="InProcessEngine{TTransition}"/>.</summary>
public enum AdmissionResult : byte
{
    /// <summary>It waits; the shard's next blocks hold it, in the order of arrival.</summary>
    Accepted,

    /// <summary>The bytes are no transaction of this transition, too long, or declare cells that they must not.</summary>
    Malformed,

    /// <summary>A version, scheme or program that is not known here.</summary>
    Unknown,

    /// <summary>It names another chain.</summary>
    WrongChain,

    /// <summary>The time is outside its validity window.</summary>
    OutsideWindow,

    /// <summary>Its cells lie in several shards: only an atomic transaction may name such.</summary>
    ForeignCells,

    /// <summary>It asks for more gas than a block has.</summary>
    TooMuchGas,

    /// <summary>A signature does not hold.</summary>
    BadSignature,

    /// <summary>Its number was used: it, or another in its place, is in a block or waits.</summary>
    SequenceTooLow,

    /// <summary>Earlier transactions of the sender are missing; hand it in after them.</summary>
    SequenceGap,

    /// <summary>The shard's queue is full: try again after the next round.</summary>
    QueueFull,
}
