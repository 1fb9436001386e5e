namespace Prozchain.Sharding.Layout;

/// <summary>
/// What kind of shard: each class has its own key space, its own trie of shards, state transition and committee floors,
/// under the one beacon. One byte on the wire; any value that is not named here is free for a network's own classes.
/// </summary>
/// <param name="Value">The class; 0 is <see cref="General"/>, which every layout has.</param>
public readonly record struct LayoutClass(byte Value) : IComparable<LayoutClass>
{
    /// <summary>Accounts and contracts of no special kind.</summary>
    public static LayoutClass General => new(0);

    /// <summary>Models, inferences and their payments.</summary>
    public static LayoutClass AI => new(1);

    /// <summary>Markets and lending.</summary>
    public static LayoutClass DeFi => new(2);

    /// <summary>Unique assets.</summary>
    public static LayoutClass NFT => new(3);

    /// <inheritdoc/>
    public int CompareTo(LayoutClass other) => Value.CompareTo(other.Value);

    /// <summary>The class in decimal digits.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Order by value.</summary>
    public static bool operator <(LayoutClass left, LayoutClass right) => left.Value < right.Value;

    /// <summary>Order by value.</summary>
    public static bool operator >(LayoutClass left, LayoutClass right) => left.Value > right.Value;

    /// <summary>Order by value.</summary>
    public static bool operator <=(LayoutClass left, LayoutClass right) => left.Value <= right.Value;

    /// <summary>Order by value.</summary>
    public static bool operator >=(LayoutClass left, LayoutClass right) => left.Value >= right.Value;
}
