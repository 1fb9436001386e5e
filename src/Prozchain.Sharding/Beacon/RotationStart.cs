using System.Buffers;
using System.Collections.Immutable;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The seats from which an epoch's rotation starts: those that the epoch before arrives with, but that the seats of
/// validators who are not on duty any more are given to newcomers of the draw at once. Immutable.
/// </summary>
internal sealed class RotationStart
{
    private readonly ImmutableDictionary<ShardId, int> _spent;

    private RotationStart(CommitteeAssignment seats, ImmutableDictionary<ShardId, int> spent) => (Seats, _spent) = (seats, spent);

    /// <summary>The committees of moment 0.</summary>
    public CommitteeAssignment Seats { get; }

    /// <summary>Seats of a shard that changed at once: so many fewer may within the epoch.</summary>
    public int SpentOf(ShardId shard) => _spent.GetValueOrDefault(shard);

    /// <param name="before">The runs of the epoch before; a shard that has none starts as drawn.</param>
    /// <param name="drawn">The epoch's draw.</param>
    /// <param name="set">Its validators.</param>
    public static RotationStart Of(OrderingRuns before, CommitteeAssignment drawn, ValidatorSet set)
    {
        var onDuty = new HashSet<ReadOnlyMemory<byte>>(set.Members.Select(member => member.PublicKey), KeyBytes.Instance);
        var seats = new List<Committee>();
        ImmutableDictionary<ShardId, int>.Builder spent = ImmutableDictionary.CreateBuilder<ShardId, int>();
        foreach (Committee to in drawn.All)
        {
            if (!before.Has(to.Shard))
            {
                seats.Add(to);
                continue;
            }
            var rotation = new CommitteeRotation(before.At(to.Shard, before.LastOf(to.Shard)), to, onDuty.Contains);
            seats.Add(rotation.At(2 * rotation.Vacant));
            if (rotation.Vacant > 0) spent.Add(to.Shard, rotation.Vacant);
        }
        return new RotationStart(new CommitteeAssignment(drawn.Epoch, seats), spent.ToImmutable());
    }

    /// <summary>Writes it, or that there is none.</summary>
    public static void Write(RotationStart? start, IBufferWriter<byte> output, bool isHashed)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(start is null ? (byte)0 : (byte)1);
        if (start is null) return;
        if (isHashed) writer.WriteBytes32(start.Seats.Hash.Bytes); else start.Seats.Write(output);
        writer.WriteVarint((ulong)start._spent.Count);
        foreach ((ShardId shard, int seats) in start._spent.OrderBy(entry => entry.Key))
        {
            writer.WriteUInt64(shard.Value);
            writer.WriteVarint((ulong)seats);
        }
    }

    /// <summary>Reads that of a draw, or that there is none, as the rules have it.</summary>
    public static ReadResult Read(ref WireReader reader, BeaconOptions options, CommitteeAssignment drawn, out RotationStart? start)
    {
        start = null;
        if (!reader.TryReadByte(out byte has)) return ReadResult.Truncated;
        if (has != (options.RotationBlocks == 0 || drawn.Epoch == 0 ? 0 : 1)) return ReadResult.NotCanonical;
        if (has == 0) return ReadResult.Ok;
        ReadResult result = AssignmentCodec.Read(ref reader, drawn.Epoch, out CommitteeAssignment seats);
        if (result != ReadResult.Ok) return result;
        if (seats.All.Count() != drawn.All.Count() || drawn.All.Any(to => !seats.TryGet(to.Shard, out Committee? from) || Math.Max(from.Seats, to.Seats) >= WireLimits.MaxMembers)) return ReadResult.NotCanonical;
        result = BeaconWire.ReadCount(ref reader, ShardLayout.MaxShards, sizeof(ulong) + 1, out int count);
        if (result != ReadResult.Ok) return result;
        ImmutableDictionary<ShardId, int>.Builder spent = ImmutableDictionary.CreateBuilder<ShardId, int>();
        for (ulong last = 0; count > 0; count--)
        {
            if (!reader.TryReadUInt64(out ulong shard)) return ReadResult.Truncated;
            result = BeaconWire.ReadCount(ref reader, WireLimits.MaxMembers, 0, out int changed);
            if (result != ReadResult.Ok) return result;
            if (shard <= last || changed == 0) return ReadResult.NotCanonical;
            spent.Add(new ShardId(last = shard), changed);
        }
        start = new RotationStart(seats, spent.ToImmutable());
        return ReadResult.Ok;
    }

    /// <summary>A shard's seats were all drawn afresh.</summary>
    public RotationStart With(Committee fresh) => new(Seats.With(fresh), _spent.Remove(fresh.Shard));

    /// <summary>Shards were split or merged: heirs start with their parents' seats.</summary>
    public RotationStart Reshaped(ShardLayout before, ShardLayout after)
    {
        ImmutableDictionary<ShardId, int> spent = _spent;
        foreach (ShardInfo shard in after.Lineage.Where(shard => shard.BornVersion > before.Version))
            if (shard.Parents.Select(parent => spent.GetValueOrDefault(parent)).DefaultIfEmpty().Max() is var most and > 0) spent = spent.SetItem(shard.Id, most);
        return new RotationStart(Seats.Reshaped(before, after), spent);
    }
}
