using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>Takes out of the stores what no live model has.</summary>
internal static class StripeRemoval
{
    public static async ValueTask<PruneReport> PruneAsync(VaultContext context, ModelManifest manifest)
    {
        List<CatalogueEntry> unused = context.Catalogue.Remove(manifest)
            ?? throw new ArgumentException($"Expected a model that the catalogue has, got '{manifest.Name}' that it does not.", nameof(manifest));
        return await DeleteAsync(context, unused).ConfigureAwait(false);
    }

    /// <summary>Gives references back, and deletes what no one has any more.</summary>
    public static async ValueTask ReleaseAsync(VaultContext context, IEnumerable<Bytes32> identities) =>
        await DeleteAsync(context, context.Catalogue.Release(identities)).ConfigureAwait(false);

    private static async ValueTask<PruneReport> DeleteAsync(VaultContext context, List<CatalogueEntry> unused)
    {
        try
        {
            List<(Bytes32 Root, int Piece, int Shard)> pieces = [.. unused.SelectMany(Pieces)];
            List<(Bytes32 Root, int Piece, int Shard)> left = await StripeWriter.DeleteAsync(context, context.Calls(), pieces).ConfigureAwait(false);
            return new PruneReport(unused.Count, pieces.Count - left.Count, [.. left.Select(p => p.Shard).Distinct().Order()]);
        }
        finally
        {
            context.Catalogue.Forget(unused);
        }
    }

    /// <exception cref="IOException">A store failed.</exception>
    public static async ValueTask AbandonAsync(VaultContext context, StoreJournal journal, CancellationToken cancellationToken)
    {
        var pieces = journal.Entries.SelectMany(e => StripeWriter.Pieces(context.Table, e.Stripe.PieceRoot, e.Fresh));
        cancellationToken.ThrowIfCancellationRequested();
        var left = await StripeWriter.DeleteAsync(context, context.Calls(), pieces).ConfigureAwait(false);
        if (left.Count > 0) throw new IOException($"{left.Count} pieces are still stored: store {left[0].Shard} failed, for one.");
        await journal.ClearAsync(cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<(Bytes32 Root, int Piece, int Shard)> Pieces(CatalogueEntry entry)
    {
        int[] shards = [.. entry.Shards()];
        return shards.Select((shard, piece) => (entry.Stripe!.PieceRoot, piece, shard));
    }
}
