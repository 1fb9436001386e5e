namespace Prozchain.Sharding.Reshaping;

/// <summary>Why a layout is to change.</summary>
public enum ReshapeReason
{
    /// <summary>The load of the shards asks for it, by the network's policy.</summary>
    Load = 0,

    /// <summary>The beacon has decided it.</summary>
    Decision = 1,
}
