using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The <see cref="ICommitteeDirectory"/> of a node that follows the beacon: the ordering committees of the epoch and of the
/// one before, without those whose authority a freeze ended. For one caller at a time.
/// </summary>
public sealed class BeaconDirectory : ICommitteeDirectory
{
    private readonly BeaconOptions _options;
    private readonly Func<ReadOnlyMemory<byte>, NodeId> _nodeOf;
    private readonly Func<Committee, ICertificateScheme> _schemeOf;
    private readonly Dictionary<(ShardId Shard, ulong Epoch), ShardCommittee> _known = [];

    /// <summary>Makes a directory.</summary>
    /// <param name="options">The beacon's rules.</param>
    /// <param name="state">Its state.</param>
    /// <param name="nodeOf">Under which name the host reaches the validator with a public key.</param>
    /// <param name="schemeOf">Makes a committee's scheme, with the own key where the node is a member; null for those of the options, which only check.</param>
    public BeaconDirectory(BeaconOptions options, BeaconState state, Func<ReadOnlyMemory<byte>, NodeId> nodeOf, Func<Committee, ICertificateScheme>? schemeOf = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(nodeOf);
        (_options, _nodeOf, _schemeOf, State) = (options, nodeOf, schemeOf ?? options.SchemeOf, state);
    }

    /// <summary>The beacon's state that answers are read from.</summary>
    public BeaconState State { get; private set; }

    /// <summary>Event: the beacon went on.</summary>
    /// <param name="state">Its new state.</param>
    public void Update(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Epoch != State.Epoch)
            foreach ((ShardId Shard, ulong Epoch) key in _known.Keys.Where(key => key.Epoch + 1 < state.Epoch).ToArray()) _known.Remove(key);
        State = state;
    }

    /// <inheritdoc/>
    public ShardCommittee? Find(ShardId shard, ulong epoch)
    {
        if (State.CommitteeOf(shard, epoch) is not { } committee) return null;
        if (_known.TryGetValue((shard, epoch), out ShardCommittee? known) && ReferenceEquals(known.Instance.Committee, committee)) return known;
        var found = new ShardCommittee(State.InstanceOf(_options, committee), _schemeOf(committee), [.. committee.Members.Select(member => _nodeOf(member.PublicKey))]);
        _known[(shard, epoch)] = found;
        return found;
    }
}
