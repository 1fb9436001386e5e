namespace Prozchain.DataAvailability.Simulation;

/// <summary>What the adversary of a simulation does. Producers of blocks take turns: an honest one, then one for each attack on blocks.</summary>
[Flags]
public enum Adversaries
{
    /// <summary>Nothing: every producer and node is honest.</summary>
    None = 0,

    /// <summary>Withholds the smallest set of samples that makes a block unrecoverable.</summary>
    Withholding = 1,

    /// <summary>Serves clients in full as they come, until it would give away enough to recover the block.</summary>
    SelectiveServing = 2,

    /// <summary>Encodes a block wrongly and serves all of it.</summary>
    MisEncoding = 4,

    /// <summary>Its nodes deceive clients that are connected to nobody else.</summary>
    Eclipse = 8,

    /// <summary>Nodes leave, and others take their place with nothing in their stores.</summary>
    Churn = 16,
}
