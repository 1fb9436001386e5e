using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The <see cref="ICommitteeDirectory"/> of a node that follows the beacon: the ordering committees of the epoch and of those
/// before that it saw, and the beacon's own runs. What a frozen committee certified up to the height that the beacon
/// recognised still counts; nothing above it does. For one caller at a time.
/// </summary>
public sealed partial class BeaconDirectory : ICommitteeDirectory
{
    private readonly BeaconOptions _options;
    private readonly Func<ShardId, ReadOnlyMemory<byte>, NodeId> _nodeOf;
    private readonly Func<Committee, ICertificateScheme> _schemeOf;
    private readonly Dictionary<(ShardId Shard, ulong Epoch), ShardCommittee> _known = [];
    private readonly List<FreezeRecord> _freezes = [];
    private ulong _height;

    /// <summary>Makes a directory.</summary>
    /// <param name="options">The beacon's rules.</param>
    /// <param name="state">Its state.</param>
    /// <param name="nodeOf">Under which name the host reaches the validator with a public key.</param>
    /// <param name="schemeOf">Makes a committee's scheme, with the own key where the node is a member; null for those of the options, which only check.</param>
    public BeaconDirectory(BeaconOptions options, BeaconState state, Func<ReadOnlyMemory<byte>, NodeId> nodeOf, Func<Committee, ICertificateScheme>? schemeOf = null)
        : this(options, state, (_, key) => nodeOf(key), schemeOf) => ArgumentNullException.ThrowIfNull(nodeOf);

    internal BeaconDirectory(BeaconOptions options, BeaconState state, Func<ShardId, ReadOnlyMemory<byte>, NodeId> nodeOf, Func<Committee, ICertificateScheme>? schemeOf)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        (_options, _nodeOf, _schemeOf, State) = (options, nodeOf, schemeOf ?? options.SchemeOf, state);
        Update(state);
    }

    /// <summary>The beacon's state that answers are read from.</summary>
    public BeaconState State { get; private set; }

    /// <summary>Event: the beacon went on.</summary>
    /// <param name="state">Its new state; the state after each block is handed in, so that no freeze is missed.</param>
    public void Update(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        bool isNewEpoch = state.Epoch != State.Epoch || _known.Count == 0;
        State = state;
        if (state.Height > _height) _freezes.AddRange(state.Outputs.Freezes);
        _height = state.Height;
        if (!isNewEpoch) return;
        ulong kept = (ulong)_options.Registry.UnbondingEpochs;
        foreach ((ShardId Shard, ulong Epoch) key in _known.Keys.Where(key => key.Epoch + kept < state.Epoch).ToArray()) _known.Remove(key);
        _freezes.RemoveAll(freeze => freeze.Epoch + kept < state.Epoch);
        foreach (ShardInfo shard in state.Layout.Shards) Find(shard.Id, state.Epoch);
        _known[(BeaconRun.Shard, state.Epoch)] = Of(BeaconRun.InstanceOf(_options.ChainId, state.Epoch, state.Validators));
    }

    /// <inheritdoc/>
    public ShardCommittee? Find(ShardId shard, ulong epoch)
    {
        _known.TryGetValue((shard, epoch), out ShardCommittee? known);
        if (State.CommitteeOf(shard, epoch) is not { } committee || ReferenceEquals(known?.Instance.Committee, committee)) return known;
        return _known[(shard, epoch)] = Of(State.InstanceOf(_options, committee));
    }

    /// <inheritdoc/>
    public ShardCommittee? FindNow(ShardId shard, ulong epoch) => State.CommitteeOf(shard, State.Epoch) is null ? LastOf(shard) : Find(shard, State.Epoch);

    /// <inheritdoc/>
    public bool Counts(ShardId shard, ulong epoch, ulong height)
    {
        foreach (FreezeRecord freeze in _freezes)
            if (freeze.Shard == shard && epoch <= freeze.Epoch && height > freeze.Height) return false;
        return true;
    }

    private ShardCommittee Of(OrderingInstance instance) =>
        new(instance, _schemeOf(instance.Committee), [.. instance.Committee.Members.Select(member => _nodeOf(instance.Committee.Shard, member.PublicKey))]);
}
