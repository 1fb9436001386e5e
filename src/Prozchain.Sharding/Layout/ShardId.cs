namespace Prozchain.Sharding.Layout;

/// <summary>
/// Names one shard for ever. Opaque: it says nothing about position or number, is never used twice, and is not an
/// index; what it stands for is in its <see cref="ShardInfo"/>. On the wire 8 bytes, little-endian.
/// </summary>
/// <param name="Value">The identifier; 0 names no shard.</param>
public readonly record struct ShardId(ulong Value) : IComparable<ShardId>
{
    /// <inheritdoc/>
    public int CompareTo(ShardId other) => Value.CompareTo(other.Value);

    /// <summary>The identifier in decimal digits.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Order by value.</summary>
    public static bool operator <(ShardId left, ShardId right) => left.Value < right.Value;

    /// <summary>Order by value.</summary>
    public static bool operator >(ShardId left, ShardId right) => left.Value > right.Value;

    /// <summary>Order by value.</summary>
    public static bool operator <=(ShardId left, ShardId right) => left.Value <= right.Value;

    /// <summary>Order by value.</summary>
    public static bool operator >=(ShardId left, ShardId right) => left.Value >= right.Value;
}
