namespace Prozchain.Sharding.Evidence;

/// <summary>What is wrong with evidence, if anything.</summary>
public enum EvidenceResult
{
    /// <summary>The member signed what no honest member signs.</summary>
    Valid,

    /// <summary>It is about another run of the ordering protocol.</summary>
    WrongInstance,

    /// <summary>The committee has no such member.</summary>
    NoSuchMember,

    /// <summary>An honest member may sign both statements.</summary>
    NoContradiction,

    /// <summary>A share is not the member's.</summary>
    BadSignature,
}
