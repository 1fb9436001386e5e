using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Sequencing;

/// <summary>
/// The one sequencer of a rollup: takes transactions, gives its word on their places, closes batches and posts them, forced
/// items first. What it gives its word on is in its journal before; killed at any point, it goes on with the same batches.
/// Not thread-safe.
/// </summary>
/// <typeparam name="TTransaction">The rollup's transactions.</typeparam>
/// <typeparam name="THash">The hash of its state.</typeparam>
public sealed class RollupSequencer<TTransaction, THash> where THash : IStateHash
{
    private readonly RollupSequencerSetup<TTransaction, THash> _setup;
    private readonly RollupSequencerOptions _options;
    private readonly SignatureCheck<TTransaction> _check;
    private readonly SequencerJournal _journal;
    private readonly BatchPoster _poster;
    private readonly TransactionPool<TTransaction> _pool;
    private readonly MadeBatches _made = new();
    private readonly HashSet<ulong> _givenUp = [];
    // Transactions of posted batches that the journal has too.
    private readonly Dictionary<ulong, ReadOnlyMemory<Digest32>> _posted = [];
    private readonly GivenWords<TTransaction> _words;
    private bool[] _authentic = [];
    private DerivationNode<TTransaction, THash> _follower;
    private DerivationNode<TTransaction, THash>? _beginning;
    private BatchProducer<TTransaction, THash>? _producer;
    private ChainBlock _head;
    private ulong? _outOfDate;
    private bool _isDiverged;

    /// <summary>A sequencer that <see cref="StartAsync"/> makes ready.</summary>
    public RollupSequencer(RollupSequencerSetup<TTransaction, THash> setup, RollupSequencerOptions options)
    {
        ArgumentNullException.ThrowIfNull(setup);
        ArgumentNullException.ThrowIfNull(options);
        options.Check(setup.Rules);
        (_setup, _options) = (setup, options);
        _check = new SignatureCheck<TTransaction>(setup.Transition, options.Cores);
        _journal = new SequencerJournal(setup.Journal);
        _poster = new BatchPoster(setup.Rules, setup.Settlement, setup.Data, options);
        _pool = new TransactionPool<TTransaction>(setup.Access, options.Order, options.Pool);
        _words = new GivenWords<TTransaction>(setup.Rules.ChainId, setup.Access, setup.Signer);
        _follower = _setup.NewNode();
    }

    /// <summary>Transactions in the pool.</summary>
    public int PendingCount => _pool.Count;

    /// <summary>The posted batch that it waits for to be ready, whose data cannot be had or is not what it says: nothing can be built upon it before it is shown or withheld. Null when ready.</summary>
    public ulong? WaitsFor { get; private set; }

    /// <summary>Where its own chain of batches stands, ahead of the settlement layer's.</summary>
    /// <exception cref="InvalidOperationException">It is not ready.</exception>
    public DerivedTip Tip => Producer.Tip;

    /// <summary>Transactions that it gave its word on and cannot keep it, because the settlement layer undid what they stood on.</summary>
    public int BrokenWords { get; private set; }

    /// <summary>Closed batches that may have to be posted, or posted again: the settlement layer does not have them for good.</summary>
    public int UnsettledCount => _poster.Count;

    /// <summary>Why the settlement layer did not take the batch that was to be posted last; null if it did, or there was none.</summary>
    public string? Refusal { get; private set; }

    private BatchProducer<TTransaction, THash> Producer => _producer ?? throw new InvalidOperationException("Expected a sequencer that was started.");

    private ulong Origin => _head.Number - Math.Min(_head.Number, _options.Depth);

    /// <summary>
    /// Derives what is posted, makes again what the journal holds beyond it, and is ready. Where derivation waits, it is not:
    /// it takes transactions, but does nothing with them until <see cref="FollowAsync"/> finds that derivation goes on.
    /// </summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _beginning = null;
        return BeginAsync(cancellationToken);
    }

    /// <summary>Checks signatures, many at once, and takes into the pool what is valid and has room.</summary>
    /// <param name="transactions">Untrusted. What they refer to must not change from now on.</param>
    /// <param name="results">As many.</param>
    public void Submit(ReadOnlyMemory<TTransaction> transactions, Span<PoolResult> results)
    {
        if (results.Length < transactions.Length) throw new ArgumentException($"Expected room for {transactions.Length} results, got {results.Length}.", nameof(results));
        if (_setup.Sealed is not null)
        {
            results[..transactions.Length].Fill(PoolResult.Sealed);
            return;
        }
        if (_authentic.Length < transactions.Length) _authentic = new bool[transactions.Length];
        _check.Check(transactions, _authentic);
        _producer?.Prepare(transactions.Span);
        for (int i = 0; i < transactions.Length; i++)
        {
            ref readonly TTransaction transaction = ref transactions.Span[i];
            results[i] = !_authentic[i] ? PoolResult.BadSignature : _setup.Access.MaxSizeOf(transaction) > MaxItem ? PoolResult.TooLarge : _pool.Add(transaction);
        }
    }

    /// <summary>Runs what is in the pool into the open batch, opening one if there is something to do, and notes it in the journal.</summary>
    /// <returns>
    /// The word on the last transaction, which binds all before it; null if the batch has none, if another word was given on
    /// that place, or if <see cref="FollowAsync"/> must come first, to start again.
    /// </returns>
    public SoftConfirmation? Extend()
    {
        if (_isDiverged || _producer is null) return null;
        if (!Producer.IsOpen)
        {
            List<ForcedItem> forced = ForcedNow(_follower.Deriver);
            if (_pool.Count == 0 && forced.Count == 0 && _setup.Sealed is not { HasNext: true }) return null;
            var beginning = new SequencerJournal.Beginning(Producer.Tip.NextBatch, Origin, Now(), forced.Count, 0);
            _journal.NoteBeginning(beginning);
            Open(beginning, forced);
        }
        _pool.Drain(Producer, static (producer, transaction) => producer.TryAdd(transaction, out TransitionStatus status) switch
        {
            InclusionResult.Included => PoolFate.Gone,
            InclusionResult.NoRoom => PoolFate.Full,
            _ => status == TransitionStatus.WrongNonce ? PoolFate.Passed : PoolFate.Gone,
        });
        // What a batch that was made again had no place for comes before.
        if (_pool.Count == 0) _setup.Sealed?.Fill(Producer);
        _journal.Note(Producer.Transactions[_words.Count..], _setup.Access);
        _setup.Sealed?.Forget();
        _words.Add(Producer.Transactions);
        return Producer.Count == 0 ? null : Confirm((uint)Producer.Count - 1);
    }

    /// <summary>The word on a transaction of the open batch; null where another word was given on that place, which could not be kept.</summary>
    /// <param name="position">Its place.</param>
    public SoftConfirmation? Confirm(uint position) => _producer is null ? null : _words.Give(position);

    /// <summary>The transactions of a closed batch as they were signed, while the journal has them: what its prover needs where signatures are not posted. Null for one that was not made here.</summary>
    public ReadOnlyMemory<TTransaction>? FindSigned(ulong batch) =>
        _journal.Read().Find(noted => noted.IsClosed && noted.Beginning.Number == batch) is { } kept ? kept.Read(_setup.Access, out _) : default(ReadOnlyMemory<TTransaction>?);

    /// <summary>Ends the open batch; null if none is open.</summary>
    public ProducedBatch? Close()
    {
        if (_producer is not { IsOpen: true }) return null;
        _journal.NoteEnd();
        return Finish();
    }

    /// <summary>
    /// Posts closed batches that the settlement layer does not have, those that it lost too. Where it asks more of one by now,
    /// such as forced items that have become due or a later time, <see cref="FollowAsync"/> makes it again.
    /// </summary>
    /// <returns>How many.</returns>
    public async Task<int> PostAsync(CancellationToken cancellationToken)
    {
        if (_producer is null) return 0;
        BatchPoster.Posted posted = await _poster.PostAsync(cancellationToken).ConfigureAwait(false);
        (_outOfDate, Refusal) = (posted.OutOfDate, posted.Refusal);
        _isDiverged |= posted.OutOfDate is not null;
        return posted.Count;
    }

    /// <summary>
    /// Reads the settlement layer: forced items, a block to build on, and whether what was posted came to what was promised.
    /// Where it did not, the sequencer starts again on what there is.
    /// </summary>
    public async Task<DerivationStatus> FollowAsync(CancellationToken cancellationToken)
    {
        if (_producer is null) return await BeginAsync(cancellationToken).ConfigureAwait(false);
        DerivationStatus status = await _follower.SyncAsync(new Reports(batch => _isDiverged |= !_made.Land(batch, Producer.Tip.NextBatch)), cancellationToken).ConfigureAwait(false);
        _head = await _setup.Settlement.FindBlockAsync(null, ChainFinality.Latest, cancellationToken).ConfigureAwait(false) ?? _head;
        Forget(status);
        if (!_isDiverged) return status;
        _beginning = null;
        return await BeginAsync(cancellationToken).ConfigureAwait(false);
    }

    private int MaxItem => _setup.Rules.IsListed ? DataChallengeContract.MaxItemBytes : Math.Min(_setup.Rules.Limits.MaxBytes / 2, SequencerJournal.MaxItem);

    private ulong Now() => Math.Max(_head.TimestampSeconds, Producer.Tip.Context.TimestampSeconds);

    // Goes on where it waited, if it did: derivation from the beginning is done once.
    private async Task<DerivationStatus> BeginAsync(CancellationToken cancellationToken)
    {
        List<SequencerJournal.Noted> noted = _journal.Read();
        if (_beginning is null) _posted.Clear();
        DerivationNode<TTransaction, THash> work = _beginning ??= _setup.NewNode();
        DerivationStatus status = await work.SyncAsync(new Reports(Collect), cancellationToken).ConfigureAwait(false);
        WaitsFor = status.WaitsFor;
        if (WaitsFor is not null)
        {
            _producer = null;
            return status;
        }
        ChainBlock? head = await _setup.Settlement.FindBlockAsync(null, ChainFinality.Latest, cancellationToken).ConfigureAwait(false);
        // Nothing waits from here on: all of it is done, or nothing is.
        _head = head ?? _head;
        (_follower, _beginning) = (_setup.NewNode(), null);
        _producer = new BatchProducer<TTransaction, THash>(_setup.Rules, _setup.Transition(), _setup.Codec, _setup.Access, work.Deriver.State, status.Tip);
        _made.Clear();
        _poster.Clear();
        Repeat(noted, work.Deriver);
        (_isDiverged, _outOfDate) = (false, null);
        return await FollowAsync(cancellationToken).ConfigureAwait(false);

        void Collect(ExecutedBatch batch)
        {
            if (noted.Count > 0 && batch.Posting.Number >= noted[0].Beginning.Number) _posted[batch.Posting.Number] = batch.TransactionHashes;
        }
    }

    private void Forget(in DerivationStatus status)
    {
        List<ulong> settled = _made.Settle(status);
        foreach (ulong number in settled) _poster.Forget(number);
        if (settled.Count > 0) _journal.Forget(Math.Min(settled.Max() + 1, _setup.Unproven?.Invoke() ?? ulong.MaxValue));
    }

    private void Open(in SequencerJournal.Beginning beginning, List<ForcedItem> forced)
    {
        _words.Start(beginning.Number, beginning.Spoken);
        Producer.Open(beginning.Origin, beginning.Time, forced);
    }

    private ProducedBatch Finish()
    {
        ProducedBatch batch = Producer.Close(out ReadOnlyMemory<byte> bytes);
        _made.Add(batch);
        _poster.Add(batch, bytes.Span);
        return batch;
    }

    private List<ForcedItem> ForcedNow(Deriver<TTransaction, THash> deriver) =>
        [.. deriver.ItemsFrom(Producer.Tip.ForcedTaken).TakeWhile(item => item.Block <= Origin || _head.TimestampSeconds >= item.TimestampSeconds + InboxContract.ForcedDelaySeconds / 2).Take((int)InboxContract.MaxForcedPerBatch)];

    // From the first batch on that cannot be as it was noted, all are noted anew, at once.
    private void Repeat(List<SequencerJournal.Noted> noted, Deriver<TTransaction, THash> deriver)
    {
        bool isSame = true;
        _journal.StartDraft();
        foreach (SequencerJournal.Noted batch in noted)
        {
            ulong number = batch.Beginning.Number;
            if (number < Producer.Tip.NextBatch) GiveUp(batch, _posted.GetValueOrDefault(number).Span);
            else if (number == Producer.Tip.NextBatch && !Producer.IsOpen) isSame = TryRepeat(batch, deriver, isSame);
            else isSame = false;
        }
        _journal.EndDraft(isWanted: !isSame);
    }

    // Its place is taken: if not by itself, words on it are broken, and its transactions may find another place.
    private void GiveUp(SequencerJournal.Noted noted, ReadOnlySpan<Digest32> there)
    {
        _journal.Keep(noted);
        TTransaction[] transactions = noted.Read(_setup.Access, out Digest32[] hashes);
        int kept = there.CommonPrefixLength(hashes);
        if (kept == hashes.Length || !_givenUp.Add(noted.Beginning.Number)) return;
        BrokenWords += Math.Max(0, hashes.Length - Math.Max(kept, noted.Beginning.Spoken));
        for (int i = kept; i < transactions.Length; i++)
            if (!there.Contains(hashes[i])) _pool.Add(transactions[i]);
    }

    // Makes a batch of the journal again: as it was, unless the settlement layer, or what comes before it, is no longer as it was.
    private bool TryRepeat(SequencerJournal.Noted noted, Deriver<TTransaction, THash> deriver, bool isSame)
    {
        SequencerJournal.Beginning beginning = noted.Beginning;
        List<ForcedItem> forced = [.. deriver.ItemsFrom(Producer.Tip.ForcedTaken).Take(beginning.Forced)];
        isSame &= beginning.Number != _outOfDate && forced.Count == beginning.Forced && beginning.Origin <= Origin && beginning.Time >= Producer.Tip.Context.TimestampSeconds;
        if (!isSame)
        {
            forced = ForcedNow(deriver);
            beginning = beginning with { Origin = Origin, Time = Now(), Forced = forced.Count };
        }
        Open(beginning, forced);
        TTransaction[] transactions = noted.Read(_setup.Access, out Digest32[] hashes);
        foreach (TTransaction transaction in transactions)
        {
            InclusionResult result = Producer.TryAdd(transaction, out TransitionStatus status);
            if (result == InclusionResult.NoRoom || status == TransitionStatus.WrongNonce) _pool.Add(transaction);
        }
        _words.Add(Producer.Transactions);
        isSame &= _words.Hashes.SequenceEqual(hashes);
        BrokenWords += _words.Break(hashes);
        if (isSame) _journal.Keep(noted);
        else
        {
            _journal.NoteBeginning(beginning with { Spoken = _words.Spoken });
            _journal.Note(Producer.Transactions, _setup.Access);
            if (noted.IsClosed) _journal.NoteEnd();
        }
        if (noted.IsClosed) Finish();
        return isSame;
    }
}
