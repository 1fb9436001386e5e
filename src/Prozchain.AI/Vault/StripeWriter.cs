using System.Collections.Concurrent;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// Puts the stripes of one model where a table says, those that are stored already by reference only; takes back what it put when
/// the operation fails. Its stripes may come at the same time.
/// </summary>
internal sealed class StripeWriter(VaultContext context, ShardTable table, int keptPieces, StoreJournal? journal)
{
    private readonly ShardCalls _calls = context.Calls();
    private readonly ConcurrentDictionary<Bytes32, bool> _taken = new();
    private readonly ConcurrentQueue<(Bytes32 Root, int Piece, int Shard)> _fresh = new();
    private int _shared;

    /// <summary>Stripes that were stored before, by another model or an earlier run of this one, or that the model has twice.</summary>
    public int Shared => Volatile.Read(ref _shared);

    public Bytes32 Identify(StoredStripe stripe) =>
        VaultHash.Identity(stripe, context.Options.DataPieces, context.Options.ParityPieces, keptPieces, table.Id);

    /// <summary>The same stripe as it is stored already; or null, and it has to be put.</summary>
    public async ValueTask<StoredStripe?> TryShareAsync(Bytes32 identity, CancellationToken cancellationToken)
    {
        StoredStripe? stored = await context.Catalogue.BeginAsync(identity, cancellationToken).ConfigureAwait(false);
        if (!_taken.TryAdd(identity, true)) context.Catalogue.Release([identity]);
        if (stored is null && journal?.Find(identity) is { Done: true } entry)
        {
            stored = entry.Stripe;
            Keep(entry.Stripe, entry.Fresh);
            context.Catalogue.Complete(identity, stored, table, keptPieces);
        }
        if (stored is not null) Interlocked.Increment(ref _shared);
        return stored;
    }

    /// <summary>Puts the framed pieces of a slot.</summary>
    /// <exception cref="IOException">A store failed. Calls to others have ended then.</exception>
    public async ValueTask PutAsync(StripeSlot slot, StoredStripe stripe, Bytes32 identity, CancellationToken cancellationToken)
    {
        var shards = new int[keptPieces];
        table.Place(stripe.PieceRoot.Span, shards);
        bool[] fresh = await FindFreshAsync(stripe, shards, journal?.Find(identity), cancellationToken).ConfigureAwait(false);
        Keep(stripe, fresh);
        if (journal is not null) await journal.IntendAsync(identity, stripe, fresh, cancellationToken).ConfigureAwait(false);
        var puts = new Task[keptPieces];
        for (int piece = 0; piece < puts.Length; piece++)
            puts[piece] = _calls.PutAsync(shards[piece], new PieceKey(stripe.PieceRoot.Span, piece), slot.Frame(piece, stripe.PieceLength), cancellationToken).AsTask();
        try
        {
            await Task.WhenAll(puts).ConfigureAwait(false);
        }
        catch
        {
            if (puts.Any(ShardCalls.HasStalled)) slot.Abandon();
            throw;
        }
        if (journal is not null) await journal.FinishAsync(identity, cancellationToken).ConfigureAwait(false);
        context.Catalogue.Complete(identity, stripe, table, keptPieces);
    }

    /// <summary>All stripes are stored: the references are the model's.</summary>
    public void Adopt(ModelManifest manifest) => context.Catalogue.Adopt(manifest, _taken.Keys);

    /// <summary>
    /// Gives up: removes what was newly put and is nobody else's, as far as the stores answer; the failure that led here is the one
    /// to report, and orphans do no harm. With a journal everything stays, to be gone on with.
    /// </summary>
    public async ValueTask RollBackAsync()
    {
        List<CatalogueEntry> unused = context.Catalogue.Release(_taken.Keys);
        if (journal is null) await DeleteAsync(context, _calls, _fresh).ConfigureAwait(false);
        context.Catalogue.Forget(unused);
    }

    /// <summary>Deletes pieces that no stripe in use has; those whose store did not answer.</summary>
    public static async ValueTask<List<(Bytes32 Root, int Piece, int Shard)>> DeleteAsync(
        VaultContext context, ShardCalls calls, IEnumerable<(Bytes32 Root, int Piece, int Shard)> pieces)
    {
        var left = new List<(Bytes32, int, int)>();
        foreach ((Bytes32 root, int piece, int shard) in pieces)
        {
            if (context.Catalogue.Uses(root, shard, piece)) continue;
            try
            {
                await calls.DeleteAsync(shard, new PieceKey(root.Span, piece), CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (ShardCalls.IsOutage(e))
            {
                left.Add((root, piece, shard));
            }
        }
        return left;
    }

    private void Keep(StoredStripe stripe, bool[] fresh)
    {
        var shards = new int[fresh.Length];
        table.Place(stripe.PieceRoot.Span, shards);
        for (int piece = 0; piece < fresh.Length; piece++)
            if (fresh[piece]) _fresh.Enqueue((stripe.PieceRoot, piece, shards[piece]));
    }

    // What an earlier run of the same store put is its own.
    private async ValueTask<bool[]> FindFreshAsync(StoredStripe stripe, int[] shards, JournalEntry? earlier, CancellationToken cancellationToken)
    {
        if (earlier is not null && earlier.Stripe.PieceRoot.Equals(stripe.PieceRoot)) return earlier.Fresh;
        var exists = new Task<bool>[shards.Length];
        for (int piece = 0; piece < exists.Length; piece++)
            exists[piece] = _calls.ExistsAsync(shards[piece], new PieceKey(stripe.PieceRoot.Span, piece), cancellationToken).AsTask();
        bool[] found = await Task.WhenAll(exists).ConfigureAwait(false);
        return [.. found.Select(f => !f)];
    }
}
