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
    // By the number of a batch: roots of those made here, and the blocks that those which are not final yet are in.
    private readonly Dictionary<ulong, Digest32> _roots = [];
    private readonly Dictionary<ulong, ulong> _landed = [];
    private readonly HashSet<ulong> _givenUp = [];
    private readonly GivenWords<TTransaction> _words;
    private bool[] _authentic = [];
    private DerivationNode<TTransaction, THash> _follower;
    private BatchProducer<TTransaction, THash>? _producer;
    private ChainBlock _head;
    private ulong? _outOfDate;
    private bool _isDiverged;

    /// <summary>A sequencer that <see cref="StartAsync"/> makes ready.</summary>
    public RollupSequencer(RollupSequencerSetup<TTransaction, THash> setup, RollupSequencerOptions options)
    {
        ArgumentNullException.ThrowIfNull(setup);
        ArgumentNullException.ThrowIfNull(options);
        (_setup, _options) = (setup, options);
        _check = new SignatureCheck<TTransaction>(setup.Transition, options.Cores);
        _journal = new SequencerJournal(setup.Journal);
        _poster = new BatchPoster(setup.Rules, setup.Settlement, setup.Data, options);
        _pool = new TransactionPool<TTransaction>(setup.Access, options.Order, options.Pool);
        _words = new GivenWords<TTransaction>(setup.Rules.ChainId, setup.Access, setup.Signer);
        _follower = NewNode();
    }

    /// <summary>Transactions in the pool.</summary>
    public int PendingCount => _pool.Count;

    /// <summary>Where its own chain of batches stands, ahead of the settlement layer's.</summary>
    public DerivedTip Tip => Producer.Tip;

    /// <summary>Transactions that it gave its word on and cannot keep it, because the settlement layer undid what they stood on.</summary>
    public int BrokenWords { get; private set; }

    /// <summary>Closed batches that may have to be posted, or posted again: the settlement layer does not have them for good.</summary>
    public int UnsettledCount => _poster.Count;

    /// <summary>Why the settlement layer did not take the batch that was to be posted last; null if it did, or there was none.</summary>
    public string? Refusal { get; private set; }

    private BatchProducer<TTransaction, THash> Producer => _producer ?? throw new InvalidOperationException("Expected a sequencer that was started.");

    private ulong Origin => _head.Number - Math.Min(_head.Number, _options.Depth);

    /// <summary>Derives what is posted, makes again what the journal holds beyond it, and is ready.</summary>
    /// <exception cref="InvalidOperationException">A posted batch cannot be derived, because its data cannot be had or is not what it says.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        List<SequencerJournal.Noted> noted = _journal.Read();
        var posted = new Dictionary<ulong, ReadOnlyMemory<Digest32>>();
        DerivationNode<TTransaction, THash> work = NewNode();
        DerivationStatus status = await work.SyncAsync(new Reports(Collect), cancellationToken).ConfigureAwait(false);
        if (status.WaitsFor is { } missing) throw new InvalidOperationException($"Expected batch {missing} as it was posted, got {status.WaitsWhy}.");
        ChainBlock? head = await _setup.Settlement.FindBlockAsync(null, ChainFinality.Latest, cancellationToken).ConfigureAwait(false);
        // Nothing waits from here on: all of it is done, or nothing is.
        _head = head ?? _head;
        _follower = NewNode();
        _producer = new BatchProducer<TTransaction, THash>(_setup.Rules, _setup.Transition(), _setup.Codec, _setup.Access, work.Deriver.State, status.Tip);
        _roots.Clear();
        _landed.Clear();
        _poster.Clear();
        Repeat(noted, posted, work.Deriver);
        (_isDiverged, _outOfDate) = (false, null);
        await FollowAsync(cancellationToken).ConfigureAwait(false);

        void Collect(ExecutedBatch batch)
        {
            if (noted.Count > 0 && batch.Posting.Number >= noted[0].Beginning.Number) posted[batch.Posting.Number] = batch.TransactionHashes;
        }
    }

    /// <summary>Checks signatures, many at once, and takes into the pool what is valid and has room.</summary>
    /// <param name="transactions">Untrusted. What they refer to must not change from now on.</param>
    /// <param name="results">As many.</param>
    public void Submit(ReadOnlyMemory<TTransaction> transactions, Span<PoolResult> results)
    {
        if (results.Length < transactions.Length) throw new ArgumentException($"Expected room for {transactions.Length} results, got {results.Length}.", nameof(results));
        if (_authentic.Length < transactions.Length) _authentic = new bool[transactions.Length];
        _check.Check(transactions, _authentic);
        Producer.Prepare(transactions.Span);
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
        if (_isDiverged) return null;
        if (!Producer.IsOpen)
        {
            List<ForcedItem> forced = ForcedNow(_follower.Deriver);
            if (_pool.Count == 0 && forced.Count == 0) return null;
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
        _journal.Note(Producer.Transactions[_words.Count..], _setup.Access);
        _words.Add(Producer.Transactions);
        return Producer.Count == 0 ? null : Confirm((uint)Producer.Count - 1);
    }

    /// <summary>The word on a transaction of the open batch; null where another word was given on that place, which could not be kept.</summary>
    /// <param name="position">Its place.</param>
    public SoftConfirmation? Confirm(uint position) => _words.Give(position);

    /// <summary>Ends the open batch; null if none is open.</summary>
    public ProducedBatch? Close()
    {
        if (!Producer.IsOpen) return null;
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
        DerivationStatus status = await _follower.SyncAsync(new Reports(Take), cancellationToken).ConfigureAwait(false);
        _head = await _setup.Settlement.FindBlockAsync(null, ChainFinality.Latest, cancellationToken).ConfigureAwait(false) ?? _head;
        Forget(status);
        if (!_isDiverged) return status;
        await StartAsync(cancellationToken).ConfigureAwait(false);
        return status;
    }

    private int MaxItem => _setup.Rules.IsListed ? DataChallengeContract.MaxItemBytes : Math.Min(_setup.Rules.Limits.MaxBytes / 2, SequencerJournal.MaxItem);

    private ulong Now() => Math.Max(_head.TimestampSeconds, Producer.Tip.Context.TimestampSeconds);

    private void Take(ExecutedBatch batch)
    {
        ulong number = batch.Posting.Number;
        _isDiverged |= _roots.TryGetValue(number, out Digest32 root) ? root != batch.PostRoot : number >= Producer.Tip.NextBatch;
        _landed[number] = batch.Posting.Block;
    }

    // What is in final blocks, also if it was seen there before they were.
    private void Forget(in DerivationStatus status)
    {
        ulong? last = null;
        foreach ((ulong number, ulong block) in _landed.ToArray())
        {
            if (block > status.Finalized && number < status.Tip.NextBatch) continue;
            _landed.Remove(number);
            if (number >= status.Tip.NextBatch) continue;
            _roots.Remove(number);
            _poster.Forget(number);
            last = last is { } other && other > number ? other : number;
        }
        if (last is { } final) _journal.Forget(final + 1);
    }

    private void Open(in SequencerJournal.Beginning beginning, List<ForcedItem> forced)
    {
        _words.Start(beginning.Number, beginning.Spoken);
        Producer.Open(beginning.Origin, beginning.Time, forced);
    }

    private ProducedBatch Finish()
    {
        ProducedBatch batch = Producer.Close(out ReadOnlyMemory<byte> bytes);
        _roots[batch.Number] = batch.PostRoot;
        _poster.Add(batch, bytes.Span);
        return batch;
    }

    private List<ForcedItem> ForcedNow(Deriver<TTransaction, THash> deriver) =>
        [.. deriver.ItemsFrom(Producer.Tip.ForcedTaken).TakeWhile(item => item.Block <= Origin).Take((int)InboxContract.MaxForcedPerBatch)];

    // From the first batch on that cannot be as it was noted, all are noted anew, at once.
    private void Repeat(List<SequencerJournal.Noted> noted, Dictionary<ulong, ReadOnlyMemory<Digest32>> posted, Deriver<TTransaction, THash> deriver)
    {
        bool isSame = true;
        _journal.StartDraft();
        foreach (SequencerJournal.Noted batch in noted)
        {
            ulong number = batch.Beginning.Number;
            if (number < Producer.Tip.NextBatch) GiveUp(batch, posted.GetValueOrDefault(number).Span);
            else if (number == Producer.Tip.NextBatch && !Producer.IsOpen) isSame = TryRepeat(batch, deriver, isSame);
            else isSame = false;
        }
        _journal.EndDraft(isWanted: !isSame);
    }

    // Its place is taken: if not by itself, words on it are broken, and its transactions may find another place.
    private void GiveUp(SequencerJournal.Noted noted, ReadOnlySpan<Digest32> there)
    {
        _journal.Keep(noted);
        TTransaction[] transactions = ReadItems(noted, out Digest32[] hashes);
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
        TTransaction[] transactions = ReadItems(noted, out Digest32[] hashes);
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

    private TTransaction[] ReadItems(SequencerJournal.Noted noted, out Digest32[] hashes)
    {
        var transactions = new TTransaction[noted.Items.Count];
        for (int i = 0; i < transactions.Length; i++) _setup.Access.TryReadItem(noted.Items[i], out transactions[i]);
        _setup.Access.Hash(transactions, hashes = new Digest32[transactions.Length]);
        return transactions;
    }

    private DerivationNode<TTransaction, THash> NewNode() => new(
        _setup.Rules, _setup.Settlement, _setup.Data, () => new Deriver<TTransaction, THash>(_setup.Rules, _setup.Transition(), _setup.Codec, _setup.Access));

    private sealed class Reports(Action<ExecutedBatch> take) : IProgress<ExecutedBatch>
    {
        public void Report(ExecutedBatch value) => take(value);
    }
}
