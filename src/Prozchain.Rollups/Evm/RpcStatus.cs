namespace Prozchain.Rollups.Evm;

/// <summary>What a request to a node came to.</summary>
internal enum RpcStatus
{
    /// <summary>An answer.</summary>
    Ok,

    /// <summary>The node answered that the request fails, and why.</summary>
    NodeError,

    /// <summary>No endpoint answered; the request may have had its effect.</summary>
    NoAnswer,

    /// <summary>Something answered that does not speak the protocol, or an answer of another shape than asked for.</summary>
    Malformed,
}
