namespace Prozchain.Sharding.Hashing;

/// <summary>Every domain in which this package hashes. A context string is never used for two purposes.</summary>
internal static class Domains
{
    public static readonly DomainHash Address = DomainHash.Deriving("prozchain sharding v0 address");
    public static readonly DomainHash Transfer = DomainHash.Deriving("prozchain sharding v0 transfer");
    public static readonly DomainHash Header = DomainHash.Deriving("prozchain sharding v0 shard header");
    public static readonly DomainHash Vote = DomainHash.Deriving("prozchain sharding v0 vote");
    public static readonly DomainHash BeaconBlock = DomainHash.Deriving("prozchain sharding v0 beacon block");
    public static readonly DomainHash RegistryChange = DomainHash.Deriving("prozchain sharding v0 registry change");
    public static readonly DomainHash Committee = DomainHash.Deriving("prozchain sharding v0 committee");
    public static readonly DomainHash Randomness = DomainHash.Deriving("prozchain sharding v0 randomness");
    public static readonly DomainHash Channel = DomainHash.Deriving("prozchain sharding v0 channel");
    public static readonly DomainHash Genesis = DomainHash.Deriving("prozchain sharding v0 genesis");

    public static readonly DomainHash MicroHeader = DomainHash.Deriving("prozchain sharding v0 micro header");
    public static readonly DomainHash MicroBody = DomainHash.Deriving("prozchain sharding v0 micro body");
    public static readonly DomainHash OrderingInstance = DomainHash.Deriving("prozchain sharding v0 ordering instance");
    public static readonly DomainHash OrderingVote = DomainHash.Deriving("prozchain sharding v0 ordering vote");

    public static readonly DomainHash TreeLeaf = DomainHash.Deriving("prozchain sharding v0 tree leaf");
    public static readonly DomainHash TreeInner = DomainHash.Keyed("prozchain sharding v0 tree inner");
    public static readonly DomainHash TreeEmpty = DomainHash.Deriving("prozchain sharding v0 tree empty");

    public static readonly DomainHash StateValue = DomainHash.Keyed("prozchain sharding v0 state value");
    public static readonly DomainHash StateLeaf = DomainHash.Keyed("prozchain sharding v0 state leaf");
    public static readonly DomainHash StateInner = DomainHash.Keyed("prozchain sharding v0 state inner");
}
