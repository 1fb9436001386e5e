namespace Prozchain.Sharding;

/// <summary>
/// Names a peer to a host: which address, connection or simulated process it stands for is the host's matter. Protocol
/// messages never carry it; who signed what is told by public keys.
/// </summary>
/// <param name="Value">Any number of the host's choice, not negative.</param>
public readonly record struct NodeId(int Value) : IComparable<NodeId>
{
    /// <inheritdoc/>
    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal digits.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Order by value.</summary>
    public static bool operator <(NodeId left, NodeId right) => left.Value < right.Value;

    /// <summary>Order by value.</summary>
    public static bool operator >(NodeId left, NodeId right) => left.Value > right.Value;

    /// <summary>Order by value.</summary>
    public static bool operator <=(NodeId left, NodeId right) => left.Value <= right.Value;

    /// <summary>Order by value.</summary>
    public static bool operator >=(NodeId left, NodeId right) => left.Value >= right.Value;
}
