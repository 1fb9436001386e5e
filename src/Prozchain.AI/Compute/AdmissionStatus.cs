namespace Prozchain.AI.Compute;

/// <summary>Whether a request got a slot, or why not.</summary>
public enum AdmissionStatus
{
    /// <summary>It has a slot.</summary>
    Admitted,

    /// <summary>Its memory is not there now.</summary>
    NoMemory,

    /// <summary>Its model's requests have so much of the memory that what is left is for other models.</summary>
    MemoryShare,

    /// <summary>The model has as many requests as it may have.</summary>
    TooManyRequests,

    /// <summary>It would end after its deadline.</summary>
    DeadlineCannotHold,

    /// <summary>With it, a request that has its slot already would end after its deadline.</summary>
    WouldDelayOthers,
}
