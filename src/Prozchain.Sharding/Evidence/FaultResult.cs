namespace Prozchain.Sharding.Evidence;

/// <summary>What is wrong with a piece of evidence, if anything.</summary>
public enum FaultResult
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

    /// <summary>The auditor does not find the fault proven by the witness.</summary>
    NotProven,
}
