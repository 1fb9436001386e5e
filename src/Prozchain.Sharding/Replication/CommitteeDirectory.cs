using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <summary>The default <see cref="ICommitteeDirectory"/>: what the host has added as the beacon certified it. For one caller at a time.</summary>
public sealed class CommitteeDirectory : ICommitteeDirectory
{
    private readonly Dictionary<(ShardId, ulong), ShardCommittee> _committees = [];

    /// <summary>Adds a committee, or replaces one that was drawn again.</summary>
    /// <param name="committee">The committee; its run names shard and epoch.</param>
    public void Add(ShardCommittee committee)
    {
        ArgumentNullException.ThrowIfNull(committee);
        _committees[(committee.Instance.Committee.Shard, committee.Instance.Committee.Epoch)] = committee;
    }

    /// <summary>Forgets committees of epochs below one.</summary>
    /// <param name="epoch">The first epoch that stays.</param>
    public void ForgetBefore(ulong epoch)
    {
        foreach ((ShardId Shard, ulong Epoch) key in _committees.Keys.Where(key => key.Item2 < epoch).ToArray()) _committees.Remove(key);
    }

    /// <inheritdoc/>
    public ShardCommittee? Find(ShardId shard, ulong epoch) => _committees.GetValueOrDefault((shard, epoch));
}
