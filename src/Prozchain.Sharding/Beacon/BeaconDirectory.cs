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
    private readonly Dictionary<(ShardId Shard, ulong Epoch, int Moment), ShardCommittee> _known = [];
    private readonly Dictionary<ulong, OrderingRuns> _runs = [];
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
        bool isNew = !_runs.TryGetValue(state.Epoch, out OrderingRuns? runs) || !ReferenceEquals(runs, state.Runs);
        State = state;
        if (state.Height > _height) _freezes.AddRange(state.Outputs.Freezes);
        _height = state.Height;
        if (!isNew) return;
        ulong kept = (ulong)_options.Registry.UnbondingEpochs;
        if (state.PreviousRuns is { } before) _runs[state.Epoch - 1] = before;
        _runs[state.Epoch] = state.Runs;
        Next = new OrderingRuns(_options, state.NextCommittees, state.NextStart, state.NextSeed, ulong.MaxValue);
        foreach (ulong epoch in _runs.Keys.Where(epoch => epoch + kept < state.Epoch).ToArray()) _runs.Remove(epoch);
        foreach ((ShardId Shard, ulong Epoch, int Moment) key in _known.Keys.Where(key => IsPast(key, kept)).ToArray()) _known.Remove(key);
        _freezes.RemoveAll(freeze => freeze.Epoch + kept < state.Epoch);
        _known[(BeaconRun.Shard, state.Epoch, 0)] = Of(BeaconRun.InstanceOf(_options.ChainId, state.Epoch, state.Validators));
    }

    /// <inheritdoc/>
    /// <remarks>Where seats rotate: that of the last moment that has begun.</remarks>
    public ShardCommittee? Find(ShardId shard, ulong epoch) => Find(shard, epoch, _runs.GetValueOrDefault(epoch)?.MomentAt(shard, State.Height) ?? 0);

    /// <inheritdoc/>
    public ShardCommittee? Find(ShardId shard, ulong epoch, in Digest instance)
    {
        if (shard == BeaconRun.Shard) return Find(shard, epoch) is { } pool && pool.Instance.Id == instance ? pool : null;
        return MomentOf(shard, epoch, instance) is { } moment ? Find(shard, epoch, moment) : null;
    }

    /// <summary>The committee of a moment of an epoch, begun or not.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="epoch">The epoch, not after the beacon's.</param>
    /// <param name="moment">The moment, from 0; see <see cref="CommitteeRotation"/>.</param>
    /// <returns>The committee; null if none is known.</returns>
    public ShardCommittee? Find(ShardId shard, ulong epoch, int moment)
    {
        if (_known.TryGetValue((shard, epoch, moment), out ShardCommittee? known)) return known;
        if (!_runs.TryGetValue(epoch, out OrderingRuns? runs) || !runs.Has(shard) || moment < 0 || moment > runs.LastOf(shard)) return null;
        return _known[(shard, epoch, moment)] = Of(runs.InstanceOf(_options, shard, moment));
    }

    /// <inheritdoc/>
    public ShardCommittee? FindNow(ShardId shard, ulong epoch) => State.RunsOf(shard, State.Epoch) is null ? LastOf(shard) : Find(shard, State.Epoch);

    /// <inheritdoc/>
    public bool Counts(ShardId shard, ulong epoch, ulong height)
    {
        foreach (FreezeRecord freeze in _freezes)
            if (freeze.Shard == shard && epoch <= freeze.Epoch && height > freeze.Height) return false;
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>Also false for a run of a moment that has not begun, and for one at or above the height that the beacon anchored of a later run.</remarks>
    public bool Counts(MicroHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (!Counts(header.Shard, header.Epoch, header.Height) || MomentOf(header.Shard, header.Epoch, header.Instance) is not { } moment) return false;
        if (moment > _runs[header.Epoch].MomentAt(header.Shard, State.Height)) return false;
        return !State.Shards.TryGetValue(header.Shard, out ShardStanding? standing) || standing.Anchored is not { } last
            || header.Height < last.Height || (header.Epoch, moment).CompareTo((last.Epoch, standing.Moment)) >= 0;
    }

    /// <summary>The runs of the next epoch as far as they are fixed: layout changes and redraws at its beginning still touch them.</summary>
    internal OrderingRuns Next { get; private set; } = null!;

    /// <summary>The runs of an epoch; null if they are not known.</summary>
    internal OrderingRuns? RunsOf(ulong epoch) => _runs.GetValueOrDefault(epoch);

    /// <summary>The moment of a run by its id; null if it is not known.</summary>
    internal int? MomentOf(ShardId shard, ulong epoch, in Digest instance) => _runs.GetValueOrDefault(epoch)?.Find(_options, shard, instance);

    /// <summary>The last moment of a shard's rotation in an epoch.</summary>
    internal int LastOf(ShardId shard, ulong epoch) => _runs.GetValueOrDefault(epoch)?.LastOf(shard) ?? 0;

    // Of epochs before the last, moments are made again when evidence asks.
    private bool IsPast((ShardId Shard, ulong Epoch, int Moment) key, ulong kept) => key.Epoch + kept < State.Epoch || key.Epoch + 1 < State.Epoch && LastOf(key.Shard, key.Epoch) > 0;

    private ShardCommittee Of(OrderingInstance instance) =>
        new(instance, _schemeOf(instance.Committee), [.. instance.Committee.Members.Select(member => _nodeOf(instance.Committee.Shard, member.PublicKey))]);
}
