namespace Prozchain.Rollups.Derivation;

/// <summary>What a node thinks of an assertion.</summary>
public enum AssertionVerdict
{
    /// <summary>The posted data gives these roots.</summary>
    Right,

    /// <summary>The posted data gives another root before or after the batch.</summary>
    Wrong,

    /// <summary>The batch's data could not be had so far.</summary>
    Unknown,
}
