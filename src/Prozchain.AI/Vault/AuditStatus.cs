namespace Prozchain.AI.Vault;

/// <summary>What checking an answer came to.</summary>
public enum AuditStatus : byte
{
    /// <summary>Every chunk asked for is there, in time.</summary>
    Ok,
    /// <summary>Received before the window opened: the beacon was not known.</summary>
    Early,
    /// <summary>Received after the window closed.</summary>
    Late,
    /// <summary>The bytes are no answer to these samples.</summary>
    Malformed,
    /// <summary>A chunk does not lead to the audit root.</summary>
    Wrong,
}
