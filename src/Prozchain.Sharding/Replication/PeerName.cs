using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// Names a validator in its part as a member of a shard: one host sits in several committees, and a message has to say for
/// which of them it is.
/// </summary>
internal static class PeerName
{
    private const int HostBits = 12;

    /// <summary>The name of a host as a node of a shard.</summary>
    /// <exception cref="ArgumentException">A host above 4,095 or a shard above 524,287.</exception>
    public static NodeId Of(ShardId shard, NodeId host)
    {
        if (!TryOf(shard, host, out NodeId name)) throw new ArgumentException($"Expected a host below {1 << HostBits} and a shard below {1 << (31 - HostBits)}, got {host} and {shard}.", nameof(host));
        return name;
    }

    /// <summary>Names a host that anybody may claim to be, or a shard that anybody may name; false for what no validator is.</summary>
    public static bool TryOf(ShardId shard, NodeId host, out NodeId name)
    {
        bool isName = host.Value >> HostBits == 0 && shard.Value >> (31 - HostBits) == 0;
        name = isName ? new NodeId((int)shard.Value << HostBits | host.Value) : default;
        return isName;
    }

    public static NodeId HostOf(NodeId name) => new(name.Value & ((1 << HostBits) - 1));

    public static ShardId ShardOf(NodeId name) => new((ulong)(name.Value >> HostBits));
}
