using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <summary>The changes of the layout that the beacon has certified.</summary>
/// <remarks>An implementer owes: what it once answered for a version never changes; answers cost no network. It may know a change later than others do, never another one.</remarks>
public interface ITopologyDirectory
{
    /// <summary>The newest layout that is known here.</summary>
    ShardLayout Newest { get; }

    /// <summary>Looks a change up.</summary>
    /// <param name="version">Version of the layout after it.</param>
    /// <returns>The change; null if none is known.</returns>
    TopologyChange? Find(ulong version);

    /// <summary>What a run of an epoch may take in: where the beacon decides within epochs, no run takes in what a later epoch decided, so that a shard's end is known by its epoch.</summary>
    /// <param name="epoch">The run's epoch.</param>
    ITopologyDirectory At(ulong epoch) => this;
}

/// <summary>The default <see cref="ITopologyDirectory"/>: what the host has added as the beacon certified it. For one caller at a time.</summary>
/// <param name="layout">The layout before the first change.</param>
public sealed class TopologyDirectory(ShardLayout layout) : ITopologyDirectory
{
    private readonly Dictionary<ulong, TopologyChange> _changes = [];

    /// <inheritdoc/>
    public ShardLayout Newest { get; private set; } = layout;

    /// <summary>Adds the next change.</summary>
    /// <param name="change">The change.</param>
    /// <exception cref="ArgumentException">It is not the next one.</exception>
    public void Add(TopologyChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (!change.Fits(Newest)) throw new ArgumentException($"Expected a change to version {Newest.Version + 1} that the layout takes, got {change}.", nameof(change));
        _changes.Add(change.Version, change);
        Newest = change.ApplyTo(Newest);
    }

    /// <inheritdoc/>
    public TopologyChange? Find(ulong version) => _changes.GetValueOrDefault(version);
}
