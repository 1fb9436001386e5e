using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <summary>The <see cref="ITopologyDirectory"/> of a node that follows the beacon: what its final blocks decided. For one caller at a time.</summary>
/// <param name="layout">The layout before the first change.</param>
internal sealed class BeaconTopology(ShardLayout layout) : ITopologyDirectory
{
    private readonly TopologyDirectory _all = new(layout);

    public ShardLayout Newest => _all.Newest;

    public TopologyChange? Find(ulong version) => _all.Find(version);

    public ITopologyDirectory At(ulong epoch) => new View(_all, epoch);

    /// <summary>The beacon went on; no state is left out.</summary>
    public void Update(BeaconState state)
    {
        if (state.Decided is { } decided) Add(decided);
    }

    /// <summary>Takes a change for decided.</summary>
    public void Add(TopologyChange change)
    {
        if (change.Fits(Newest)) _all.Add(change);
    }

    private sealed class View(TopologyDirectory all, ulong epoch) : ITopologyDirectory
    {
        public ShardLayout Newest => all.Newest;

        public TopologyChange? Find(ulong version) => all.Find(version) is { } change && change.Epoch <= epoch ? change : null;

        public ITopologyDirectory At(ulong other) => new View(all, other);
    }
}
