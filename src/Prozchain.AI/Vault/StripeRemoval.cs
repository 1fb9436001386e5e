using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>Takes out of the stores what no live model has.</summary>
internal static class StripeRemoval
{
    public static async ValueTask<PruneReport> PruneAsync(VaultContext context, ModelManifest manifest)
    {
        List<CatalogueEntry> unused = context.Catalogue.Remove(manifest)
            ?? throw new ArgumentException($"Expected a model that the catalogue has, got '{manifest.Name}' that it does not.", nameof(manifest));
        return await DeleteAsync(context, context.Calls(), unused, keep: null).ConfigureAwait(false);
    }

    /// <summary>Gives references back, and deletes what no one has any more.</summary>
    public static async ValueTask ReleaseAsync(VaultContext context, IEnumerable<Bytes32> identities) =>
        await DeleteAsync(context, context.Calls(), context.Catalogue.Release(identities), keep: null).ConfigureAwait(false);

    /// <summary>Gives back the references of an operation that failed, and deletes what no one has any more, as far as the stores answer.</summary>
    /// <param name="journal">Knows what stays, to be gone on with; null for nothing.</param>
    public static async ValueTask RollBackAsync(VaultContext context, ShardCalls calls, IEnumerable<Bytes32> identities, StoreJournal? journal) =>
        await DeleteAsync(context, calls, context.Catalogue.Release(identities), e => journal?.Find(e.Identity) is not null).ConfigureAwait(false);

    /// <exception cref="IOException">A store failed.</exception>
    public static async ValueTask AbandonAsync(VaultContext context, StoreJournal journal, CancellationToken cancellationToken)
    {
        var taken = new List<Bytes32>();
        PruneReport report;
        try
        {
            foreach ((Bytes32 identity, JournalEntry entry) in journal.Entries)
            {
                await context.Catalogue.BeginAsync(identity, cancellationToken).ConfigureAwait(false);
                taken.Add(identity);
                await context.Catalogue.AnnounceAsync(identity, entry.Stripe, context.Table, entry.Fresh.Length, cancellationToken).ConfigureAwait(false);
                context.Catalogue.Own(identity, entry.Fresh);
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch
        {
            await RollBackAsync(context, context.Calls(), taken, journal).ConfigureAwait(false);
            throw;
        }
        report = await DeleteAsync(context, context.Calls(), context.Catalogue.Release(taken), keep: null).ConfigureAwait(false);
        if (report.FailedStores.Count > 0) throw new IOException($"Pieces are still stored: store {report.FailedStores[0]} failed, for one.");
        await journal.ClearAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<PruneReport> DeleteAsync(VaultContext context, ShardCalls calls, List<CatalogueEntry> unused, Predicate<CatalogueEntry>? keep)
    {
        try
        {
            int pieces = 0, left = 0;
            var failed = new SortedSet<int>();
            foreach ((Bytes32 root, int piece, int shard) in unused.Where(e => keep?.Invoke(e) != true).SelectMany(e => e.OwnPieces()))
            {
                pieces++;
                if (context.Catalogue.Keeps(root, shard, piece) || await TryDeleteAsync(calls, shard, new PieceKey(root.Span, piece)).ConfigureAwait(false)) continue;
                left++;
                failed.Add(shard);
            }
            return new PruneReport(unused.Count, pieces - left, [.. failed]);
        }
        finally
        {
            context.Catalogue.Forget(unused);
        }
    }

    // Whatever a store throws here, the others' pieces go all the same, and who waits for the stripe is not left waiting.
    private static async ValueTask<bool> TryDeleteAsync(ShardCalls calls, int shard, PieceKey key)
    {
        try
        {
            await calls.DeleteAsync(shard, key, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
