using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <summary>The default <see cref="ICommitteeDirectory"/>: what the host has added as the beacon certified it. For one caller at a time.</summary>
public sealed class CommitteeDirectory : ICommitteeDirectory
{
    private readonly Dictionary<(ShardId, ulong), ShardCommittee> _committees = [];
    private readonly Dictionary<(ShardId, ulong), List<AttestingCommittee>> _attesters = [];

    /// <summary>Adds a committee, or replaces one that was drawn again.</summary>
    /// <param name="committee">The committee; its run names shard and epoch.</param>
    public void Add(ShardCommittee committee)
    {
        ArgumentNullException.ThrowIfNull(committee);
        _committees[(committee.Instance.Committee.Shard, committee.Instance.Committee.Epoch)] = committee;
    }

    /// <summary>Adds a committee that attests. Another of the same shard and epoch is one that was drawn again: it is in force from then on.</summary>
    /// <param name="committee">The committee.</param>
    public void Add(AttestingCommittee committee)
    {
        ArgumentNullException.ThrowIfNull(committee);
        (ShardId, ulong) key = (committee.Committee.Shard, committee.Committee.Epoch);
        if (_attesters.TryGetValue(key, out List<AttestingCommittee>? drawn)) drawn.Add(committee);
        else _attesters.Add(key, [committee]);
    }

    /// <summary>Forgets committees of epochs below one.</summary>
    /// <param name="epoch">The first epoch that stays.</param>
    public void ForgetBefore(ulong epoch)
    {
        foreach ((ShardId Shard, ulong Epoch) key in _committees.Keys.Where(key => key.Item2 < epoch).ToArray()) _committees.Remove(key);
        foreach ((ShardId, ulong) key in _attesters.Keys.Where(key => key.Item2 < epoch).ToArray()) _attesters.Remove(key);
    }

    /// <inheritdoc/>
    public ShardCommittee? Find(ShardId shard, ulong epoch) => _committees.GetValueOrDefault((shard, epoch));

    /// <inheritdoc/>
    public IReadOnlyList<AttestingCommittee> AttestersOf(ShardId shard, ulong epoch) => _attesters.TryGetValue((shard, epoch), out List<AttestingCommittee>? drawn) ? drawn : [];
}
