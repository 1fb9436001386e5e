using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Reshaping;

/// <summary>
/// The default policy: a shard is split when two thirds of its last 48 sealed blocks were hot, a block of the last 16
/// counting three times, of the 16 before twice, of the oldest 16 once; and two siblings are merged when for a whole
/// epoch, and since, they stayed together well under what would split one.
/// </summary>
/// <remarks>
/// The smoothing is TON's (validator/impl/collator.cpp), here over facts that everyone recomputes. A steady load counts
/// after 24 blocks; a load that comes and goes, once it is there for two blocks of three. What bounds a storm is the
/// number of changes an epoch, the cooldown, and in the end the cap on shards.
/// </remarks>
public sealed class SmoothedReshapePolicy : IReshapePolicy
{
    private const int Third = LoadHistory.Window / 3;
    private const int AllWeights = Third * (3 + 2 + 1);

    private readonly ReshapeOptions _options;

    /// <summary>Takes the thresholds.</summary>
    /// <param name="options">The thresholds.</param>
    /// <exception cref="ArgumentException">Something is out of range, or a merge's threshold is above 2/5 of a split's.</exception>
    public SmoothedReshapePolicy(ReshapeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ReshapeAction> Decide(ShardLayout layout, ulong epoch, IReadOnlyDictionary<ShardId, LoadHistory> loads)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(loads);
        (int splits, int merges) = MadeIn(layout, epoch);
        int allowed = Math.Max(1, (layout.Shards.Count - splits + merges) / _options.ShardsPerChange);
        List<ReshapeAction> actions = [];
        foreach (ReshapeAction split in Hot(layout, epoch, loads).Take(Math.Max(0, allowed - splits)))
        {
            if (layout.Shards.Count >= _options.MaxShards || !split.IsPossible(layout)) break;
            layout = split.ApplyTo(layout, epoch);
            actions.Add(split);
        }
        foreach (ReshapeAction merge in Cold(layout, epoch, loads).Take(Math.Max(0, allowed - merges)))
        {
            if (!merge.IsPossible(layout)) break;
            layout = merge.ApplyTo(layout, epoch);
            actions.Add(merge);
        }
        return actions;
    }

    // The largest first.
    private IEnumerable<ReshapeAction> Hot(ShardLayout layout, ulong epoch, IReadOnlyDictionary<ShardId, LoadHistory> loads) =>
        layout.Shards.Where(shard => IsRested(shard, epoch) && loads.TryGetValue(shard.Id, out LoadHistory? load) && IsHot(load))
            .OrderByDescending(shard => loads[shard.Id][0].Bytes).ThenByDescending(shard => loads[shard.Id][0].Gas).ThenBy(shard => shard.Id)
            .Select(shard => ReshapeAction.Split(shard.Id));

    // The smallest first.
    private IEnumerable<ReshapeAction> Cold(ShardLayout layout, ulong epoch, IReadOnlyDictionary<ShardId, LoadHistory> loads)
    {
        var pairs = new List<(UInt128 Bytes, ReshapeAction Merge)>();
        foreach (ShardInfo left in layout.Shards)
        {
            if (!layout.TryGetSibling(left.Id, out ShardInfo? right) || right.Prefix < left.Prefix || !IsRested(left, epoch) || !IsRested(right, epoch)) continue;
            if (TryGetPeak(left, epoch, loads, out ShardLoad l) && TryGetPeak(right, epoch, loads, out ShardLoad r) && IsCold(l, r))
                pairs.Add(((UInt128)l.Bytes + r.Bytes, ReshapeAction.Merge(left.Id, right.Id)));
        }
        return pairs.OrderBy(pair => pair.Bytes).ThenBy(pair => pair.Merge.Shard).Select(pair => pair.Merge);
    }

    private bool IsHot(LoadHistory load)
    {
        if (load.Count < LoadHistory.Window) return false;
        int weight = 0;
        for (int age = 0; age < LoadHistory.Window; age++)
            if (IsHot(load[age])) weight += 3 - age / Third;
        return 3 * weight >= 2 * AllWeights;
    }

    private bool IsHot(in ShardLoad load) =>
        load.Bytes >= _options.SplitBytes || load.Queued >= _options.SplitQueued || (UInt128)load.Gas * 100 >= (UInt128)_options.BlockGasLimit * (uint)_options.SplitGasPercent;

    private bool IsCold(in ShardLoad left, in ShardLoad right) =>
        (UInt128)left.Bytes + right.Bytes < _options.MergeBytes && (UInt128)left.Queued + right.Queued < _options.MergeQueued
        && ((UInt128)left.Gas + right.Gas) * 100 < (UInt128)_options.BlockGasLimit * (uint)_options.MergeGasPercent;

    private bool IsRested(ShardInfo shard, ulong epoch) => shard.BornVersion == 0 || (shard.BornEpoch <= epoch && epoch - shard.BornEpoch >= (ulong)_options.CooldownEpochs);

    // The whole epoch before, which the shard must have lived through, and what there is of this one.
    private static bool TryGetPeak(ShardInfo shard, ulong epoch, IReadOnlyDictionary<ShardId, LoadHistory> loads, out ShardLoad peak)
    {
        peak = default;
        return epoch > 0 && (shard.BornVersion == 0 || shard.BornEpoch + 1 < epoch)
            && loads.TryGetValue(shard.Id, out LoadHistory? load) && load.TryGetPeakSince(epoch - 1, out peak);
    }

    private static (int Splits, int Merges) MadeIn(ShardLayout layout, ulong epoch)
    {
        int halves = 0, merges = 0;
        foreach (ShardInfo shard in layout.Lineage)
        {
            if (shard.BornVersion == 0 || shard.BornEpoch != epoch) continue;
            if (shard.Parents.Count == 1) halves++;
            if (shard.Parents.Count == 2) merges++;
        }
        return (halves / 2, merges);
    }
}
