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
    private int _shared;

    /// <summary>Stripes that were stored before, by another model or an earlier run of this one, or that the model has twice.</summary>
    public int Shared => Volatile.Read(ref _shared);

    public Bytes32 Identify(StoredStripe stripe) =>
        VaultHash.Identity(stripe, context.Options.DataPieces, context.Options.ParityPieces, keptPieces, table.Id);

    /// <summary>The same stripe as it is stored already, and which of its pieces are not; or null, and it has to be put.</summary>
    public async ValueTask<(StoredStripe? Stripe, UnwrittenPiece[] Unwritten)> TryShareAsync(StripeSlot slot, Bytes32 identity, CancellationToken cancellationToken)
    {
        StoredStripe? stored = await context.Catalogue.BeginAsync(identity, cancellationToken).ConfigureAwait(false);
        if (!_taken.TryAdd(identity, true)) context.Catalogue.Release([identity]);
        if (stored is null && journal?.Find(identity) is { Done: true } entry && await IsStillThereAsync(slot, entry, cancellationToken).ConfigureAwait(false))
        {
            stored = entry.Stripe;
            await context.Catalogue.AnnounceAsync(identity, stored, table, keptPieces, cancellationToken).ConfigureAwait(false);
            context.Catalogue.Own(identity, entry.Fresh);
            context.Catalogue.Complete(identity, entry.Unwritten);
        }
        if (stored is null) return (null, []);
        Interlocked.Increment(ref _shared);
        return (stored, context.Catalogue.MissingOf(identity));
    }

    /// <summary>The same stripe if it is stored already, and which of its pieces are not; otherwise null, and nothing has changed.</summary>
    public async ValueTask<(StoredStripe? Stripe, UnwrittenPiece[] Unwritten)> TryShareKnownAsync(StripeSlot slot, Bytes32 identity, CancellationToken cancellationToken)
    {
        if (context.Catalogue.TryBegin(identity) is { } stored)
        {
            if (!_taken.TryAdd(identity, true)) context.Catalogue.Release([identity]);
            Interlocked.Increment(ref _shared);
            return (stored, context.Catalogue.MissingOf(identity));
        }
        return journal?.Find(identity) is { Done: true } entry && await IsStillThereAsync(slot, entry, cancellationToken).ConfigureAwait(false)
            ? await TryShareAsync(slot, identity, cancellationToken).ConfigureAwait(false) : (null, []);
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
        await context.Catalogue.AnnounceAsync(identity, stripe, table, keptPieces, cancellationToken).ConfigureAwait(false);
        // What an earlier run of the same store put is its own.
        Place(slot, stripe);
        bool[] fresh = journal?.Find(identity) is { } earlier && earlier.Stripe.PieceRoot.Equals(stripe.PieceRoot)
            ? earlier.Fresh : await FindFreshAsync(slot, stripe, cancellationToken).ConfigureAwait(false);
        context.Catalogue.Own(identity, fresh);
        if (journal is not null) await journal.IntendAsync(identity, stripe, fresh, cancellationToken).ConfigureAwait(false);
        await PutAsync(slot, stripe, cancellationToken).ConfigureAwait(false);
        UnwrittenPiece[] unwritten = Unwritten(slot, index);
        if (journal is not null) await journal.FinishAsync(identity, unwritten, cancellationToken).ConfigureAwait(false);
        context.Catalogue.Complete(identity, unwritten);
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
    public ValueTask RollBackAsync() => StripeRemoval.RollBackAsync(context, _calls, _taken.Keys, journal);

    private void Place(StripeSlot slot, StoredStripe stripe)
    {
        table.Place(stripe.PieceRoot.Span, slot.Shards.AsSpan(0, keptPieces));
        slot.Present.AsSpan().Fill(true);
    }

    // Whether the pieces that an earlier run put are there yet: since then a model of the same content may have come and gone, or a
    // store have been cleared. What a store does not say is taken as written.
    private async ValueTask<bool> IsStillThereAsync(StripeSlot slot, JournalEntry entry, CancellationToken cancellationToken)
    {
        if (entry.IsChecked) return true;
        Place(slot, entry.Stripe);
        Begin(PieceCallKind.Exists, slot, entry.Stripe, cancellationToken);
        await slot.Calls.EndAsync().ConfigureAwait(false);
        for (int piece = 0; piece < keptPieces; piece++)
        {
            if (slot.Calls[piece] is not { Fault: null, Length: 0 } || Array.Exists(entry.Unwritten, u => u.Piece == piece)) continue;
            entry.Done = false;
            return false;
        }
        return entry.IsChecked = true;
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
