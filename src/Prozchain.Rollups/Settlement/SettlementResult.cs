namespace Prozchain.Rollups.Settlement;

/// <summary>What became of a settlement call. Only an accepted one has an effect, but that any verified call uses up its sequence number.</summary>
public enum SettlementResult
{
    /// <summary>Took effect.</summary>
    Accepted,

    /// <summary>Not an encoding of a call.</summary>
    Malformed,

    /// <summary>Nobody registered by the genesis.</summary>
    UnknownActor,

    /// <summary>Not the author's next call.</summary>
    WrongSequence,

    /// <summary>The signature does not verify.</summary>
    BadSignature,

    /// <summary>The author may not post batches, or challenges itself.</summary>
    NotPermitted,

    /// <summary>Not the next batch, or not the batch to assert next.</summary>
    WrongBatch,

    /// <summary>A batch beyond the limits, or an assertion with another count of transfers than posted.</summary>
    WrongCount,

    /// <summary>The author has less than the bond free.</summary>
    InsufficientDeposit,

    /// <summary>The assertion does not start where the one below it ends.</summary>
    WrongPreRoot,

    /// <summary>An opening does not fit the trace commitment, or an assertion without transfers changes the state.</summary>
    WrongTrace,

    /// <summary>No such assertion, or no longer open to a challenge, or the author is challenging it already.</summary>
    NotChallengeable,

    /// <summary>No such dispute going on.</summary>
    NoDispute,

    /// <summary>Not a move that this dispute waits for from this author.</summary>
    NotYourMove,

    /// <summary>Not the middle of what is disputed.</summary>
    WrongPosition,

    /// <summary>The bytes are not those of the batch.</summary>
    WrongData,

    /// <summary>The witness does not prove, against the agreed root, all that the transfer touches.</summary>
    WrongWitness,
}
