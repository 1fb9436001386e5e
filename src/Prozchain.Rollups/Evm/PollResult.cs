namespace Prozchain.Rollups.Evm;

/// <summary>What one round of a sender came to.</summary>
internal enum PollResult
{
    /// <summary>The node answered, and what was to do was tried.</summary>
    Ok,

    /// <summary>No endpoint answered all that must be known; nothing was done.</summary>
    NoAnswer,

    /// <summary>The node is of another chain; nothing was done.</summary>
    WrongChain,
}
