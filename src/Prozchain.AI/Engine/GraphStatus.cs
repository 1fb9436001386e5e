namespace Prozchain.AI.Engine;

/// <summary>What reading a graph found.</summary>
public enum GraphStatus
{
    /// <summary>A graph.</summary>
    Ok = 0,

    /// <summary>Too short, or a number not in its one form.</summary>
    Malformed,

    /// <summary>Another version of the format.</summary>
    UnsupportedVersion,

    /// <summary>A count, a shape or an interval outside the limits.</summary>
    OutOfLimits,

    /// <summary>An input or output that cannot be.</summary>
    InvalidBorder,

    /// <summary>An operator that cannot be, or whose inputs do not come before it.</summary>
    InvalidNode,

    /// <summary>A constant's bytes are not those of its digest and interval.</summary>
    ConstantMismatch,

    /// <summary>Bytes are left over.</summary>
    TrailingBytes,
}
