using System.Collections.Immutable;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;

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
