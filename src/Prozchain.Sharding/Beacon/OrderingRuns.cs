using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The ordering runs of one epoch: of each shard one for each moment of its rotation, from the seats of the start towards
/// those drawn. A moment begins at a height of the beacon; its run begins where that of the moment before ended, once the
/// members know. Immutable; for several threads.
/// </summary>
internal sealed class OrderingRuns
{
    private readonly CommitteeAssignment _drawn;
    private readonly RotationStart? _start;
    private readonly ShardId[] _lacking = [];
    private readonly Digest _seed;
    private readonly ulong _beginsAt;
    private readonly int _blocks, _changes;
    private readonly ConcurrentDictionary<ShardId, Way> _ways = [];

    /// <param name="options">The beacon's rules.</param>
    /// <param name="drawn">The epoch's draw.</param>
    /// <param name="start">What its rotation starts from; null where it starts as drawn.</param>
    /// <param name="seed">The epoch's seed.</param>
    /// <param name="beginsAt">Height of the last beacon block of the epoch before.</param>
    /// <param name="lacks">True for a shard that nobody orders in the epoch: it is frozen.</param>
    public OrderingRuns(BeaconOptions options, CommitteeAssignment drawn, RotationStart? start, in Digest seed, ulong beginsAt, Func<ShardId, bool>? lacks = null)
    {
        (_drawn, _start, _seed, _beginsAt, _blocks, _changes) = (drawn, start, seed, beginsAt, options.RotationBlocks, options.SeatChanges);
        if (lacks is not null) _lacking = [.. drawn.All.Select(committee => committee.Shard).Where(lacks).Order()];
    }

    private OrderingRuns(OrderingRuns other, CommitteeAssignment drawn) =>
        (_drawn, _start, _seed, _beginsAt, _blocks, _changes, _lacking) = (drawn, other._start, other._seed, other._beginsAt, other._blocks, other._changes, other._lacking);

    /// <summary>The runs with those of heirs, where seats do not rotate: shards were split or merged within the epoch.</summary>
    public OrderingRuns With(CommitteeAssignment drawn) => new(this, drawn);

    /// <summary>The epoch's draw.</summary>
    public CommitteeAssignment Drawn => _drawn;

    /// <summary>The epoch's seed.</summary>
    public Digest Seed => _seed;

    /// <summary>True if a committee orders the shard in the epoch.</summary>
    public bool Has(ShardId shard) => _drawn.TryGet(shard, out _) && Array.BinarySearch(_lacking, shard) < 0;

    /// <summary>The last moment of a shard's rotation; 0 where nothing changes.</summary>
    public int LastOf(ShardId shard) => Has(shard) ? WayOf(shard).Last : 0;

    /// <summary>The moment that has begun at a height of the beacon: the last one, once the epoch is over.</summary>
    public int MomentAt(ShardId shard, ulong height) => _blocks == 0 || height < _beginsAt ? 0 : (int)Math.Min((height - _beginsAt) / (ulong)_blocks, (ulong)LastOf(shard));

    /// <summary>The committee of a moment.</summary>
    /// <param name="shard">A shard that has one.</param>
    /// <param name="moment">0 to <see cref="LastOf"/>.</param>
    public Committee At(ShardId shard, int moment) => WayOf(shard).Rotation.At(moment);

    /// <summary>The run of a moment. Its seed differs from moment to moment, so that runs differ even where the members do not.</summary>
    public OrderingInstance InstanceOf(BeaconOptions options, ShardId shard, int moment)
    {
        Committee committee = At(shard, moment);
        Span<byte> input = stackalloc byte[Digest.Size + 2 * sizeof(ulong) + sizeof(uint)];
        _seed.Span.CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[Digest.Size..], shard.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(input[(Digest.Size + sizeof(ulong))..], committee.Epoch);
        BinaryPrimitives.WriteUInt32LittleEndian(input[(Digest.Size + 2 * sizeof(ulong))..], (uint)moment);
        return new OrderingInstance(options.ChainId, committee, Domains.OrderingSeed.Hash(moment == 0 ? input[..^sizeof(uint)] : input).Span, options.ViewsPerTerm);
    }

    /// <summary>The moment whose run has an id; null if none has.</summary>
    public int? Find(BeaconOptions options, ShardId shard, in Digest instance)
    {
        if (!Has(shard)) return null;
        Way way = WayOf(shard);
        way.Ids ??= [.. Enumerable.Range(0, way.Last + 1).Select(moment => InstanceOf(options, shard, moment).Id)];
        int found = Array.IndexOf(way.Ids, instance);
        return found < 0 ? null : found;
    }

    /// <summary>Writes what the runs have beside draw, seed and height of their epoch.</summary>
    public void WriteRest(IBufferWriter<byte> output, bool isHashed)
    {
        RotationStart.Write(_start, output, isHashed);
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)_lacking.Length);
        foreach (ShardId shard in _lacking) writer.WriteUInt64(shard.Value);
    }

    /// <summary>Reads what <see cref="WriteRest"/> writes.</summary>
    public static ReadResult ReadRest(ref WireReader reader, BeaconOptions options, CommitteeAssignment drawn, in Digest seed, out OrderingRuns runs)
    {
        runs = null!;
        ReadResult result = RotationStart.Read(ref reader, options, drawn, out RotationStart? start);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadCount(ref reader, ShardLayout.MaxShards, sizeof(ulong), out int count);
        if (result != ReadResult.Ok) return result;
        var lacking = new HashSet<ShardId>();
        for (ulong last = 0; count > 0; count--)
        {
            reader.TryReadUInt64(out ulong shard);
            if (shard <= last || !drawn.TryGet(new ShardId(shard), out _)) return ReadResult.NotCanonical;
            lacking.Add(new ShardId(last = shard));
        }
        runs = new OrderingRuns(options, drawn, start, seed, drawn.Epoch * (ulong)options.BlocksPerEpoch, lacking.Contains);
        return ReadResult.Ok;
    }

    private Way WayOf(ShardId shard) => _ways.GetOrAdd(shard, static (shard, runs) => new Way(
        new CommitteeRotation(runs._start?.Seats.Of(shard) ?? runs._drawn.Of(shard), runs._drawn.Of(shard)), runs._changes - (runs._start?.SpentOf(shard) ?? 0)), this);

    private sealed class Way(CommitteeRotation rotation, int changes)
    {
        public CommitteeRotation Rotation { get; } = rotation;

        public int Last { get; } = 2 * Math.Clamp(rotation.Changes, 0, Math.Max(0, changes));

        public Digest[]? Ids { get; set; }
    }
}
