using System.Runtime.InteropServices;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
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
    private readonly Dictionary<ulong, Digest32> _roots = [];
    private readonly List<Digest32> _hashes = [], _running = [];
    private bool[] _authentic = [];
    private DerivationNode<TTransaction, THash> _follower;
    private BatchProducer<TTransaction, THash>? _producer;
    private ChainBlock _origin;
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
        _follower = NewNode();
    }

    /// <summary>Transactions in the pool.</summary>
    public int PendingCount => _pool.Count;

    /// <summary>Where its own chain of batches stands, ahead of the settlement layer's.</summary>
    public DerivedTip Tip => Producer.Tip;

    /// <summary>Transactions that it gave its word on and cannot keep it, because the settlement layer undid what they stood on.</summary>
    public int BrokenWords { get; private set; }

    private BatchProducer<TTransaction, THash> Producer => _producer ?? throw new InvalidOperationException("Expected a sequencer that was started.");

    /// <summary>Derives what is posted, makes again what the journal holds beyond it, and is ready.</summary>
    /// <exception cref="InvalidOperationException">The data of a posted batch cannot be had.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _follower = NewNode();
        DerivationNode<TTransaction, THash> work = NewNode();
        DerivationStatus status = await work.SyncAsync(null, cancellationToken).ConfigureAwait(false);
        if (status.WaitsFor is { } missing) throw new InvalidOperationException($"Expected the data of batch {missing}, which cannot be had.");
        _producer = new BatchProducer<TTransaction, THash>(_setup.Rules, _setup.Transition(), _setup.Codec, _setup.Access, work.Deriver.State, status.Tip);
        _roots.Clear();
        _poster.Clear();
        _isDiverged = false;
        await MoveOriginAsync(cancellationToken).ConfigureAwait(false);
        foreach (SequencerJournal.Noted noted in _journal.Read(status.Tip.NextBatch))
        {
            if (noted.Beginning.Number != Producer.Tip.NextBatch) break;
            ChainBlock? origin = await _setup.Settlement.FindBlockAsync(noted.Beginning.Origin, ChainFinality.Latest, cancellationToken).ConfigureAwait(false);
            Repeat(noted, work.Deriver, origin?.TimestampSeconds == noted.Beginning.OriginTime && noted.Beginning.Origin >= Producer.Tip.Context.L1Block);
        }
        await FollowAsync(cancellationToken).ConfigureAwait(false);
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
            results[i] = !_authentic[i] ? PoolResult.BadSignature : _setup.Access.MaxSizeOf(transaction) > _setup.Rules.Limits.MaxBytes / 2 ? PoolResult.TooLarge : _pool.Add(transaction);
        }
    }

    /// <summary>Runs what is in the pool into the open batch, opening one if there is something to do, and notes it in the journal.</summary>
    /// <returns>The word on the last transaction, which binds all before it; null if the batch has none.</returns>
    public SoftConfirmation? Extend()
    {
        if (!Producer.IsOpen)
        {
            List<ForcedItem> forced = ForcedNow();
            if (_pool.Count == 0 && forced.Count == 0) return null;
            Open(_origin, forced);
        }
        int before = Producer.Count;
        _pool.Drain(Producer, static (producer, transaction) => producer.TryAdd(transaction, out TransitionStatus status) switch
        {
            InclusionResult.Included => PoolFate.Gone,
            InclusionResult.NoRoom => PoolFate.Full,
            _ => status == TransitionStatus.WrongNonce ? PoolFate.Passed : PoolFate.Gone,
        });
        NoteFrom(before);
        return Producer.Count == 0 ? null : Confirm((uint)Producer.Count - 1);
    }

    /// <summary>The word on a transaction of the open batch.</summary>
    /// <param name="position">Its place.</param>
    public SoftConfirmation Confirm(uint position) =>
        SoftConfirmation.Sign(_setup.Rules.ChainId, Producer.Tip.NextBatch, position, _hashes[(int)position], _running[(int)position], _setup.Signer);

    /// <summary>Ends the open batch; null if none is open.</summary>
    public ProducedBatch? Close()
    {
        if (!Producer.IsOpen) return null;
        _journal.NoteEnd();
        ProducedBatch batch = Producer.Close(out ReadOnlyMemory<byte> bytes);
        _roots[batch.Number] = batch.PostRoot;
        _poster.Add(batch.Number, batch.ForcedCount, bytes.Span);
        return batch;
    }

    /// <summary>Posts closed batches that the settlement layer does not have, those that it lost too.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PostAsync(CancellationToken cancellationToken)
    {
        (int posted, bool isRefused) = await _poster.PostAsync(cancellationToken).ConfigureAwait(false);
        _isDiverged |= isRefused;
        return posted;
    }

    /// <summary>
    /// Reads the settlement layer: forced items, a block to build on, and whether what was posted came to what was promised.
    /// Where it did not, the sequencer starts again on what there is.
    /// </summary>
    public async Task<DerivationStatus> FollowAsync(CancellationToken cancellationToken)
    {
        var batches = new List<ExecutedBatch>();
        DerivationStatus status = await _follower.SyncAsync(new Listed(batches), cancellationToken).ConfigureAwait(false);
        await MoveOriginAsync(cancellationToken).ConfigureAwait(false);
        foreach (ExecutedBatch batch in batches)
        {
            ulong number = batch.Posting.Number;
            _isDiverged |= _roots.TryGetValue(number, out Digest32 root) ? root != batch.PostRoot : number >= Producer.Tip.NextBatch;
            if (batch.Posting.Block > status.Finalized) continue;
            _roots.Remove(number);
            _poster.Forget(number);
            _journal.Forget(number + 1);
        }
        if (!_isDiverged) return status;
        _isDiverged = false;
        await StartAsync(cancellationToken).ConfigureAwait(false);
        return status;
    }

    private void Open(ChainBlock origin, List<ForcedItem> forced)
    {
        _journal.NoteBeginning(new SequencerJournal.Beginning(Producer.Tip.NextBatch, origin.Number, origin.TimestampSeconds, forced.Count));
        _hashes.Clear();
        _running.Clear();
        Producer.Open(origin.Number, origin.TimestampSeconds, forced);
    }

    private void NoteFrom(int first)
    {
        // A record has at most a mebibyte: so many at a time.
        for (int at = first; at < Producer.Count; at += BatchExecution<TTransaction, THash>.Chunk) _journal.NotePiece(Producer, at, Math.Min(BatchExecution<TTransaction, THash>.Chunk, Producer.Count - at));
        Hash(first);
    }

    private void Hash(int first)
    {
        CollectionsMarshal.SetCount(_hashes, Producer.Count);
        _setup.Access.Hash(Producer.Transactions[first..], CollectionsMarshal.AsSpan(_hashes)[first..]);
        for (int i = first; i < Producer.Count; i++)
            _running.Add(SoftConfirmation.Next(i == 0 ? SoftConfirmation.Start(_setup.Rules.ChainId, Producer.Tip.NextBatch) : _running[i - 1], _hashes[i]));
    }

    private List<ForcedItem> ForcedNow() =>
        [.. _follower.Deriver.ItemsFrom(Producer.Tip.ForcedTaken).TakeWhile(item => item.Block <= _origin.Number).Take((int)Evm.InboxContract.MaxForcedPerBatch)];

    // Makes a batch of the journal again, on another block and with the forced items that there are if those are gone.
    private void Repeat(SequencerJournal.Noted noted, Deriver<TTransaction, THash> deriver, bool isSameOrigin)
    {
        List<ForcedItem> forced = [.. deriver.ItemsFrom(Producer.Tip.ForcedTaken).Take(noted.Beginning.Forced)];
        bool isSame = isSameOrigin && forced.Count == noted.Beginning.Forced;
        if (isSame)
        {
            _hashes.Clear();
            _running.Clear();
            Producer.Open(noted.Beginning.Origin, noted.Beginning.OriginTime, forced);
        }
        else Open(_origin, forced);
        foreach (ReadOnlyMemory<byte> piece in noted.Pieces)
        {
            int before = Producer.Count;
            if (!Producer.TryReadRecord(piece, out ReadOnlyMemory<TTransaction> transactions)) BrokenWords++;
            foreach (ref readonly TTransaction transaction in transactions.Span)
                if (Producer.TryAdd(transaction, out _) != InclusionResult.Included) BrokenWords++;
            if (isSame) Hash(before);
            else NoteFrom(before);
        }
        if (!noted.IsClosed) return;
        if (!isSame) _journal.NoteEnd();
        ProducedBatch batch = Producer.Close(out ReadOnlyMemory<byte> bytes);
        _roots[batch.Number] = batch.PostRoot;
        _poster.Add(batch.Number, batch.ForcedCount, bytes.Span);
    }

    private async Task MoveOriginAsync(CancellationToken cancellation)
    {
        ChainBlock? head = await _setup.Settlement.FindBlockAsync(null, ChainFinality.Latest, cancellation).ConfigureAwait(false);
        ulong number = Math.Max((head?.Number ?? 0) - Math.Min(head?.Number ?? 0, _options.Depth), Producer.Tip.Context.L1Block);
        if (await _setup.Settlement.FindBlockAsync(number, ChainFinality.Latest, cancellation).ConfigureAwait(false) is { } block) _origin = block;
    }

    private DerivationNode<TTransaction, THash> NewNode() => new(_setup.Rules, _setup.Settlement, _setup.Data, () => new Deriver<TTransaction, THash>(_setup.Rules, _setup.Transition(), _setup.Codec));

    private sealed class Listed(List<ExecutedBatch> batches) : IProgress<ExecutedBatch>
    {
        public void Report(ExecutedBatch value) => batches.Add(value);
    }
}

/// <summary>What a sequencer is made of.</summary>
/// <param name="Rules">What everybody agrees on.</param>
/// <param name="Settlement">The settlement layer, as the account that the Inbox knows as its sequencer.</param>
/// <param name="Data">Where data off the settlement layer goes.</param>
/// <param name="Transition">Makes the rules of transactions; each is used by one at a time.</param>
/// <param name="Codec">Their columns over a state.</param>
/// <param name="Access">What a pool must know of them.</param>
/// <param name="Signer">Signs soft confirmations.</param>
/// <param name="Journal">The sequencer's own, on a disk that a crash does not touch.</param>
public sealed record RollupSequencerSetup<TTransaction, THash>(
    DerivationRules Rules, ISettlementChain Settlement, IDataPublisher Data, Func<IStateTransition<TTransaction>> Transition, Func<IStateView, ITransactionCodec<TTransaction>> Codec,
    ITransactionAccess<TTransaction> Access, ISigner Signer, ITransactionJournal Journal)
    where THash : IStateHash;
