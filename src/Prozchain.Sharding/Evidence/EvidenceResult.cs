namespace Prozchain.Sharding.Evidence;

/// <summary>What is wrong with a piece of evidence, if anything.</summary>
public enum EvidenceResult
{
    /// <summary>It convicts.</summary>
    Valid,

    /// <summary>It speaks of an epoch that has not come.</summary>
    FromTheFuture,

    /// <summary>The offence lies further back than stake stays locked.</summary>
    Expired,

    /// <summary>An accused was no validator in the epoch of the offence.</summary>
    NotOnDuty,

    /// <summary>All accused are convicted already: nobody is punished twice.</summary>
    AlreadyConvicted,

    /// <summary>A signature is not the accused's over the statement.</summary>
    BadSignature,

    /// <summary>Execution from the witness does not show that the statement is wrong.</summary>
    NotProven,

    /// <summary>It is about another run of the ordering protocol.</summary>
    WrongInstance,

    /// <summary>The committee has no such member.</summary>
    NoSuchMember,

    /// <summary>An honest member may sign both statements.</summary>
    NoContradiction,
}
