using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;

namespace Prozchain.Devnet.Stages;

/// <summary>
/// What <c>--reshard</c> has the beacon decide: after a third of the workload the shard that spent most gas is split, after
/// two thirds its halves are merged. Facts of the log alone decide, and only in a round that ends an epoch, so that a run
/// that crashed in between decides the same.
/// </summary>
internal static class ReshardPlan
{
    /// <summary>Rounds of an epoch in such a run: a change waits for the last of them.</summary>
    public const int RoundsPerEpoch = 4;

    /// <summary>The change for the round after <paramref name="height"/>, or null for none.</summary>
    public static ReshapeAction? Next(ShardLayout layout, ulong height, long lines, long allLines, Func<ShardId, ulong> gasOf)
    {
        if ((height + 1) % RoundsPerEpoch != 0) return null;
        if (layout.Version == 0) return 3 * lines >= allLines ? ReshapeAction.Split(layout.Shards.MaxBy(shard => gasOf(shard.Id))!.Id) : null;
        if (layout.Version > 1 || 3 * lines < 2 * allLines) return null;
        ShardInfo left = layout.Shards.First(shard => shard.BornVersion == 1);
        return ReshapeAction.Merge(left.Id, layout.TryGetSibling(left.Id, out ShardInfo? right) ? right.Id : throw new InvalidOperationException($"Expected two halves, got shard {left.Id} alone."));
    }

    /// <summary>True once all of it is done.</summary>
    public static bool IsDone(ShardLayout layout) => layout.Version >= 2;
}
