using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Derivation;

/// <summary>
/// What a rollup is, as a pure function of its settlement layer (docs/formats/rollups-derivation.md): items of the forced
/// queue and batches in, in the layer's order, with the batches' sources; state and exits out. No source stalls it: what
/// cannot be read is empty. Goes back as far as the layer may reorganise. Not thread-safe.
/// </summary>
/// <typeparam name="TTransaction">The rollup's transactions.</typeparam>
/// <typeparam name="THash">The hash of its state.</typeparam>
public sealed class Deriver<TTransaction, THash> where THash : IStateHash
{
    private readonly DerivationRules _rules;
    private readonly ChannelBank _bank;
    private readonly BatchCodec<TTransaction> _codec;
    private readonly BatchExecution<TTransaction, StateStore<THash>> _execution;
    private readonly IStateTransition<TTransaction> _transition;
    private readonly ForcedQueue _queue = new();
    private readonly List<Point> _points = [];
    private readonly List<ReadOnlyMemory<byte>> _candidates = [];
    private readonly List<ForcedItem> _taken = [];
    private readonly ItemList<TTransaction> _items;
    private readonly ITransactionAccess<TTransaction> _access;
    private ulong _lost, _final;
    private Behind _behind;

    /// <summary>Starts at the genesis.</summary>
    /// <param name="rules">What everybody agrees on.</param>
    /// <param name="transition">The rules of transactions.</param>
    /// <param name="codec">Their columns over a state.</param>
    /// <param name="access">Their form as items.</param>
    /// <param name="genesis">Writes the state that the rollup starts with; null for an empty one.</param>
    /// <param name="isHashed">Whether batches have the hashes of their transactions, where confirmations are to be held against them.</param>
    /// <exception cref="ArgumentException">Signatures that cannot be checked, batches that are listed without any, or that are bare to either the rules or the codec alone.</exception>
    public Deriver(
        DerivationRules rules, IStateTransition<TTransaction> transition, Func<IStateView, ITransactionCodec<TTransaction>> codec, ITransactionAccess<TTransaction> access,
        Action<IStateView>? genesis = null, bool isHashed = true)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(access);
        if (rules.Signatures == SignatureMode.Aggregate || (rules.IsListed && rules.Signatures != SignatureMode.PerTransaction))
            throw new ArgumentException($"Expected a mode whose signatures can be checked, and are listed, got {rules.Signatures}.", nameof(rules));
        if (rules.IsBare && (rules.IsListed || rules.Signatures != SignatureMode.None)) throw new ArgumentException($"Expected bare batches without signatures and lists, got {rules}.", nameof(rules));
        (_rules, _transition, _access) = (rules, transition, access);
        _bank = new ChannelBank(rules.Channels);
        State = new StateStore<THash>(rules.UndoBatches);
        genesis?.Invoke(State);
        ITransactionCodec<TTransaction> columns = codec(State);
        if (columns.IsBare != rules.IsBare) throw new ArgumentException($"Expected a codec that is bare as the rules say, {rules.IsBare}, got {columns.IsBare}.", nameof(codec));
        _codec = new BatchCodec<TTransaction>(columns, rules.Limits);
        _execution = new BatchExecution<TTransaction, StateStore<THash>>(rules, transition, access, State, isHashed);
        _items = new ItemList<TTransaction>(access);
        Tip = new DerivedTip(0, 0, rules.GenesisCheck, new BatchContext(rules.ChainId, 0, 0, 0), default, State.Root());
    }

    /// <summary>The state after the last batch. Not to be written.</summary>
    public StateStore<THash> State { get; }

    /// <summary>Where the chain of batches stands.</summary>
    public DerivedTip Tip { get; private set; }

    /// <summary>Items of the forced queue that no batch took yet, oldest first.</summary>
    public IEnumerable<ForcedItem> WaitingItems => _queue.From(Tip.ForcedTaken);

    /// <summary>Items of the forced queue from an index on, which is not below that of the waiting ones, oldest first.</summary>
    public IEnumerable<ForcedItem> ItemsFrom(ulong index) => index >= _queue.End ? [] : _queue.From(index);

    /// <summary>
    /// Is told of each bare batch, just before it is executed, what executes it again without the state. Costs another run over a
    /// view that notes what is touched.
    /// </summary>
    public Action<BatchRecord>? Recorder { get; init; }

    /// <summary>Keys of the state that a record shows whatever its batch touches.</summary>
    public IReadOnlyList<Digest32> AlwaysShown { get; init; } = [];

    /// <summary>Forced items that the batch took which was executed last.</summary>
    internal IReadOnlyList<ForcedItem> Taken => _taken;

    /// <summary>Takes in the next item of the forced queue.</summary>
    /// <exception cref="ArgumentException">Not the next.</exception>
    public void Queue(in ForcedItem item) => _queue.Add(item);

    /// <summary>Takes in the next batch and runs it.</summary>
    /// <param name="posting">The batch as the Inbox ordered it.</param>
    /// <param name="source">Its bytes, which may be kept and must not change; empty if it has none that count.</param>
    /// <returns>What came of it; null, without effect, if it is listed and its source is not what its list says: nobody can go on but by <see cref="Execute(in PostedBatch, IReadOnlyList{ReadOnlyMemory{byte}})"/>.</returns>
    /// <exception cref="ArgumentException">Not the next batch, or items that it takes were not queued.</exception>
    public ExecutedBatch? Execute(in PostedBatch posting, ReadOnlyMemory<byte> source)
    {
        int forced = Begin(posting);
        if (_rules.IsBare) return Run(posting, forced, BareSource.Read(_codec, Tip.Root, source, out ReadOnlyMemory<TTransaction> bare), 0, bare, source);
        // A list of none says it all: the source is not asked for, and may be anything.
        if (_rules.IsListed && posting.Count == 0) source = default;
        FindCandidates(posting, source);
        BatchVerdict verdict = _candidates.Count == 0 ? BatchVerdict.NoBatch : BatchVerdict.WrongHead;
        (ReadOnlyMemory<byte> bytes, BatchHead head) = (default, default);
        foreach (ReadOnlyMemory<byte> candidate in _candidates)
        {
            if (_codec.TryReadHead(candidate, out head) != BatchFault.None || !IsNext(head, posting.Number, forced)) continue;
            (bytes, verdict) = (candidate, BatchVerdict.Executed);
            break;
        }
        // Before anything runs: accounts go by their numbers in the state before the batch.
        BatchContent<TTransaction> content = default;
        if (verdict == BatchVerdict.Executed && _codec.TryRead(bytes, out content) != BatchFault.None) (content, verdict) = (default, BatchVerdict.Undecodable);
        if (_rules.IsListed && !IsListed(posting, content.Transactions.Span)) return null;
        ulong origin = verdict == BatchVerdict.Executed ? Math.Min(head.L1Origin, posting.Block) : 0;
        return Run(posting, forced, verdict, origin, content.Transactions, bytes);
    }

    /// <summary>Takes in the next batch, of which the settlement layer showed what its list commits to, and runs it.</summary>
    /// <param name="posting">The batch as the Inbox ordered it.</param>
    /// <param name="items">Its own transactions; bytes that are none stand for one that does nothing.</param>
    /// <exception cref="ArgumentException">Not the next batch, items that it takes were not queued, or another count.</exception>
    public ExecutedBatch Execute(in PostedBatch posting, IReadOnlyList<ReadOnlyMemory<byte>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (!_rules.IsListed || (ulong)items.Count != posting.Count) throw new ArgumentException($"Expected {posting.Count} items of a batch that is listed, got {items.Count}.", nameof(items));
        int forced = Begin(posting);
        var own = new TTransaction[items.Count];
        for (int i = 0; i < own.Length; i++) _access.TryReadItem(items[i], out own[i]);
        _items.Set(items);
        return Run(posting, forced, own.Length == 0 ? BatchVerdict.NoBatch : BatchVerdict.Executed, 0, own, default);
    }

    /// <summary>
    /// Appends the batch that was executed last as steps of a dispute (docs/formats/rollups-step.md), without the one that
    /// closes it: forced items, then, where batches are listed, its own, also if they crossed a cap.
    /// </summary>
    /// <param name="steps">Gets views of bytes, its own transactions' valid until the next batch.</param>
    public void CopySteps(ICollection<StepItem> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        foreach (ForcedItem item in _taken) steps.Add(new StepItem(item.Sender == _rules.Bridge ? StepKind.Deposit : StepKind.ForcedPayment, item.Data));
        _items.CopyTo(steps);
    }

    /// <summary>The settlement layer dropped all blocks after this one: so does the deriver.</summary>
    /// <returns>False, without effect, if that is further back than it can go: then start over.</returns>
    public bool TryRewind(ulong block)
    {
        if (block < _lost || block < _final) return false;
        int first = _points.FindIndex(point => point.Block > block);
        if (first >= 0)
        {
            if (!State.TryRollback(_points[first].Checkpoint)) return false;
            (Tip, _behind) = (_points[first].Before, _points[first].Behind);
            _points.RemoveRange(first, _points.Count - first);
        }
        _queue.Rewind(block);
        _bank.Rewind(block);
        return true;
    }

    /// <summary>The settlement layer never drops this block or one before it, and all of them were taken in.</summary>
    public void Finalize(ulong block)
    {
        _final = Math.Max(_final, block);
        _bank.Finalize(block);
    }

    /// <summary>
    /// The roots that a claim about a batch commits to (<see cref="ClaimTree"/>): after each forced item, then after
    /// each own transaction; the root before it, if it has none of either.
    /// </summary>
    /// <param name="batch">A batch that was executed here.</param>
    /// <param name="roots">Room for <see cref="ExecutedBatch.RootCount"/>.</param>
    /// <returns>False if the batch was undone, or is too long ago.</returns>
    public bool TryGetRoots(ExecutedBatch batch, Span<Digest32> roots)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (roots.Length < batch.RootCount) throw new ArgumentException($"Expected room for {batch.RootCount} roots, got {roots.Length}.", nameof(roots));
        if (!_points.Exists(point => ReferenceEquals(point.Batch, batch))) return false;
        roots[0] = batch.PreRoot;
        State.RootsAt(batch.Marks, roots);
        return true;
    }

    private void FindCandidates(in PostedBatch posting, ReadOnlyMemory<byte> source)
    {
        _candidates.Clear();
        ChannelBank bank = _rules.IsListed ? new ChannelBank(_rules.Channels) : _bank;
        foreach (ClosedChannel channel in bank.Add(posting.Block, posting.Poster, source)) ChannelContent.TryRead(channel.Join(), _rules.Channels.MaxContentBytes, _candidates);
    }

    private int Begin(in PostedBatch posting)
    {
        if (posting.Number != Tip.NextBatch) throw new ArgumentException($"Expected batch {Tip.NextBatch}, got {posting.Number}.", nameof(posting));
        if (posting.ForcedTaken < Tip.ForcedTaken || posting.ForcedTaken > _queue.End || posting.ForcedTaken - Tip.ForcedTaken > int.MaxValue)
            throw new ArgumentException($"Expected {Tip.ForcedTaken} to {_queue.End} items taken, got {posting.ForcedTaken}.", nameof(posting));
        _items.Clear();
        return (int)(posting.ForcedTaken - Tip.ForcedTaken);
    }

    private ExecutedBatch Run(in PostedBatch posting, int forced, BatchVerdict verdict, ulong origin, ReadOnlyMemory<TTransaction> own, ReadOnlyMemory<byte> bytes)
    {
        var context = new BatchContext(_rules.ChainId, posting.Number, posting.Time, _rules.TellsNoBlock ? 0 : Math.Max(origin, Tip.Context.L1Block));
        _taken.Clear();
        _taken.AddRange(_queue.From(Tip.ForcedTaken).Take(forced));
        if (_rules.IsBare) Recorder?.Invoke(Record(posting, context, verdict, own, bytes));
        long checkpoint = State.Checkpoint();
        ExecutedBatch batch = _execution.Execute(posting, context, verdict, Tip, _taken, own);
        batch.PostRoot = State.Root();
        _points.Add(new Point(Tip, _behind, posting.Block, checkpoint, batch));
        _behind = new Behind(InboxHead.Of(posting, _behind.Head), posting.Head, batch.ExitRoot);
        if (_points.Count > _rules.UndoBatches)
        {
            _lost = _points[0].Block;
            _points.RemoveAt(0);
            _queue.Forget(_points[0].Before.ForcedTaken);
        }
        BatchCheck check = batch.Verdict != BatchVerdict.Executed || _rules.IsBare ? Tip.Check : BatchCheck.Of(_rules.IsListed ? posting.Items.Span : bytes.Span);
        Tip = new DerivedTip(posting.Number + 1, posting.ForcedTaken, check, context, batch.ExitChain, batch.PostRoot);
        return batch;
    }

    private BatchRecord Record(in PostedBatch posting, in BatchContext context, BatchVerdict verdict, ReadOnlyMemory<TTransaction> own, ReadOnlyMemory<byte> source)
    {
        var view = new RecordingState<THash>(State);
        new BatchExecution<TTransaction, RecordingState<THash>>(_rules, _transition, _access, view, isHashed: false).Execute(posting, context, verdict, Tip, _taken, own);
        foreach (Digest32 key in AlwaysShown) view.Read(key, out _);
        // The whole state is known here, so that what was touched can be shown.
        return new BatchRecord
        {
            Context = context, PreRoot = Tip.Root, Posting = posting, Previous = _behind.Inbox, ExitRootBefore = _behind.ExitRoot, State = view.Witness()!, Items = [.. _taken], Source = source,
        };
    }

    private bool IsListed(in PostedBatch posting, ReadOnlySpan<TTransaction> own) =>
        (ulong)own.Length == posting.Count && _items.TrySet(own) && _items.Root() == posting.Items;

    private bool IsNext(in BatchHead head, ulong number, int forced) =>
        head.Number == number && head.Parent == Tip.Check && head.ForcedItems == forced && head.Signatures == _rules.Signatures;

    private readonly record struct Point(DerivedTip Before, Behind Behind, ulong Block, long Checkpoint, ExecutedBatch Batch);

    // The batch before: what its head is the hash of, the head as the Inbox said it, and what left in it.
    private readonly record struct Behind(InboxHead? Inbox, Digest32 Head, Digest32 ExitRoot);
}

/// <summary>Where a chain of batches stands.</summary>
/// <param name="NextBatch">Number of the next batch.</param>
/// <param name="ForcedTaken">Items of the forced queue taken so far.</param>
/// <param name="Check">What the next batch must name as its parent's check: that of the last one executed, over its bytes, or over the root of its items where batches are listed; the genesis' for ever where they are bare.</param>
/// <param name="Context">What the last batch's transactions were told: block and time never fall.</param>
/// <param name="ExitChain">The chain of exit roots.</param>
/// <param name="Root">The state root.</param>
public readonly record struct DerivedTip(ulong NextBatch, ulong ForcedTaken, BatchCheck Check, BatchContext Context, Digest32 ExitChain, Digest32 Root);
