namespace Prozchain.Sharding.State;

/// <summary>Whether a batch can be staged. Everything but <see cref="Ok"/> means that nothing is staged.</summary>
public enum StageResult
{
    /// <summary>The batch is staged.</summary>
    Ok,

    /// <summary>The content would take more bytes than the store may hold.</summary>
    Full,

    /// <summary>The store holds a part of the content only, and the batch reaches beyond it.</summary>
    NotCovered,
}
