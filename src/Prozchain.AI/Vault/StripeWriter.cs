using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// Puts the stripes of one model where a table says, those that are stored already by reference only, and goes on without the stores
/// that fail as long as enough of each stripe is written; takes back what it put when the operation fails. Its stripes may come at
/// the same time.
/// </summary>
internal sealed class StripeWriter(VaultContext context, ShardTable table, int keptPieces, StoreJournal? journal)
{
    private readonly ShardCalls _calls = context.Calls();
    private readonly ConcurrentDictionary<Bytes32, bool> _taken = new();
    private readonly ConcurrentQueue<(Bytes32 Root, bool[] Fresh)> _fresh = new();
    private int _shared;

    /// <summary>Stripes that were stored before, by another model or an earlier run of this one, or that the model has twice.</summary>
    public int Shared => Volatile.Read(ref _shared);

    public Bytes32 Identify(StoredStripe stripe) =>
        VaultHash.Identity(stripe, context.Options.DataPieces, context.Options.ParityPieces, keptPieces, table.Id);

    /// <summary>The same stripe as it is stored already, and which of its pieces are not; or null, and it has to be put.</summary>
    public async ValueTask<(StoredStripe? Stripe, UnwrittenPiece[] Unwritten)> TryShareAsync(Bytes32 identity, CancellationToken cancellationToken)
    {
        StoredStripe? stored = await context.Catalogue.BeginAsync(identity, cancellationToken).ConfigureAwait(false);
        if (!_taken.TryAdd(identity, true)) context.Catalogue.Release([identity]);
        if (stored is null && journal?.Find(identity) is { Done: true } entry)
        {
            stored = entry.Stripe;
            _fresh.Enqueue((stored.PieceRoot, entry.Fresh));
            context.Catalogue.Complete(identity, stored, table, keptPieces, entry.Unwritten);
        }
        if (stored is null) return (null, []);
        Interlocked.Increment(ref _shared);
        return (stored, context.Catalogue.MissingOf(identity));
    }

    /// <summary>The same stripe if it is stored already, and which of its pieces are not; otherwise null, and nothing has changed.</summary>
    public async ValueTask<(StoredStripe? Stripe, UnwrittenPiece[] Unwritten)> TryShareKnownAsync(Bytes32 identity, CancellationToken cancellationToken)
    {
        if (context.Catalogue.TryBegin(identity) is { } stored)
        {
            if (!_taken.TryAdd(identity, true)) context.Catalogue.Release([identity]);
            Interlocked.Increment(ref _shared);
            return (stored, context.Catalogue.MissingOf(identity));
        }
        return journal?.Find(identity) is { Done: true } ? await TryShareAsync(identity, cancellationToken).ConfigureAwait(false) : (null, []);
    }

    /// <summary>Takes a reference on a stripe of a live model, as a base.</summary>
    public void Need(StoredStripe stripe)
    {
        Bytes32 identity = Identify(stripe);
        if (context.Catalogue.TryBegin(identity) is null) throw new UnreachableException("A base that is held is stored.");
        if (!_taken.TryAdd(identity, true)) context.Catalogue.Release([identity]);
    }

    /// <summary>Puts the framed pieces of a slot. Those that their stores did not take; they are as few as the options allow.</summary>
    /// <exception cref="IOException">More stores failed. All calls have ended then.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<UnwrittenPiece[]> PutAsync(StripeSlot slot, StoredStripe stripe, int index, Bytes32 identity, CancellationToken cancellationToken)
    {
        table.Place(stripe.PieceRoot.Span, slot.Shards.AsSpan(0, keptPieces));
        // What an earlier run of the same store put is its own.
        slot.Present.AsSpan().Fill(true);
        bool[] fresh = journal?.Find(identity) is { } earlier && earlier.Stripe.PieceRoot.Equals(stripe.PieceRoot)
            ? earlier.Fresh : await FindFreshAsync(slot, stripe, cancellationToken).ConfigureAwait(false);
        _fresh.Enqueue((stripe.PieceRoot, fresh));
        if (journal is not null) await journal.IntendAsync(identity, stripe, fresh, cancellationToken).ConfigureAwait(false);
        await PutAsync(slot, stripe, cancellationToken).ConfigureAwait(false);
        UnwrittenPiece[] unwritten = Unwritten(slot, index);
        if (journal is not null) await journal.FinishAsync(identity, unwritten, cancellationToken).ConfigureAwait(false);
        context.Catalogue.Complete(identity, stripe, table, keptPieces, unwritten);
        return unwritten;
    }

    /// <summary>Those pieces as a report has them.</summary>
    public IReadOnlyList<PieceFault>? Describe(int index, StoredStripe stripe, UnwrittenPiece[] unwritten)
    {
        if (unwritten.Length == 0) return null;
        var shards = new int[keptPieces];
        table.Place(stripe.PieceRoot.Span, shards);
        return [.. unwritten.Select(u => new PieceFault(index, u.Piece, shards[u.Piece], u.Kind))];
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
        if (journal is null) await DeleteAsync(context, _calls, _fresh.SelectMany(f => Pieces(table, f.Root, f.Fresh))).ConfigureAwait(false);
        context.Catalogue.Forget(unused);
    }

    /// <summary>Where the pieces of a stripe are that were not there before.</summary>
    public static IEnumerable<(Bytes32 Root, int Piece, int Shard)> Pieces(ShardTable table, Bytes32 root, bool[] fresh)
    {
        var shards = new int[fresh.Length];
        table.Place(root.Span, shards);
        for (int piece = 0; piece < fresh.Length; piece++)
            if (fresh[piece]) yield return (root, piece, shards[piece]);
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

    // Of a store that does not say, what it has is not this operation's: nothing is put there for this stripe.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool[]> FindFreshAsync(StripeSlot slot, StoredStripe stripe, CancellationToken cancellationToken)
    {
        Begin(PieceCallKind.Exists, slot, stripe, cancellationToken);
        await slot.Calls.EndAsync().ConfigureAwait(false);
        var fresh = new bool[keptPieces];
        for (int piece = 0; piece < fresh.Length; piece++)
        {
            PieceAnswer answer = slot.Calls[piece];
            fresh[piece] = answer is { Fault: null, Length: 0 };
            slot.Present[piece] = answer.Fault is null;
            if (answer.Error is not null) _calls.Note(slot.Shards[piece], failed: true);
        }
        return fresh;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask PutAsync(StripeSlot slot, StoredStripe stripe, CancellationToken cancellationToken)
    {
        Begin(PieceCallKind.Put, slot, stripe, cancellationToken);
        try
        {
            await slot.Calls.EndAsync().ConfigureAwait(false);
        }
        finally
        {
            if (slot.Calls.HasOverrun) slot.Abandon();
        }
    }

    private void Begin(PieceCallKind kind, StripeSlot slot, StoredStripe stripe, CancellationToken cancellationToken)
    {
        slot.Calls.Begin(_calls, cancellationToken);
        for (int piece = 0; piece < keptPieces; piece++)
        {
            int shard = slot.Shards[piece];
            if (slot.Present[piece] && _calls.Takes(shard))
                slot.Calls.Add(kind, piece, shard, new PieceKey(stripe.PieceRoot.Span, piece), kind == PieceCallKind.Put ? slot.Frame(piece, stripe.PieceLength) : default);
            else
                slot.Calls.Answer(piece, _calls.WhyNot(shard));
        }
    }

    private UnwrittenPiece[] Unwritten(StripeSlot slot, int index)
    {
        int count = 0;
        for (int piece = 0; piece < keptPieces; piece++)
        {
            PieceAnswer answer = slot.Calls[piece];
            if (answer.Fault is not null) count++;
            if (answer.Fault is null || answer.Error is not null) _calls.Note(slot.Shards[piece], answer.Fault is not null);
        }
        if (count == 0) return [];
        UnwrittenPiece[] unwritten = [.. Enumerable.Range(0, keptPieces).Where(p => slot.Calls[p].Fault is not null).Select(p => new UnwrittenPiece(p, slot.Calls[p].Fault!.Value))];
        int allowed = keptPieces - context.Options.MustWrite(keptPieces);
        if (count <= allowed) return unwritten;
        string stores = string.Join(", ", unwritten.Select(u => slot.Shards[u.Piece]).Distinct().Order().Select(s => s.ToString(CultureInfo.InvariantCulture)));
        Exception? cause = unwritten.Select(u => slot.Calls[u.Piece].Error).FirstOrDefault(e => e is not null);
        throw new IOException(
            $"Stripe {index}: expected at most {allowed} of {keptPieces} pieces that their stores do not take, got {count}; stores {stores} failed{(cause is null ? "" : $": {cause.Message}")}", cause);
    }
}
