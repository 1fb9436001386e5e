using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
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
    private readonly BatchExecution<TTransaction, THash> _execution;
    private readonly ForcedQueue _queue = new();
    private readonly List<Point> _points = [];
    private readonly List<ReadOnlyMemory<byte>> _candidates = [];
    private Pending? _pending;
    private ulong _lost, _final;

    /// <summary>Starts at the genesis.</summary>
    /// <param name="rules">What everybody agrees on.</param>
    /// <param name="transition">The rules of transactions.</param>
    /// <param name="codec">Their columns over a state.</param>
    /// <param name="access">To hash transactions, where confirmations are to be held against them; else null.</param>
    /// <param name="genesis">Writes the state that the rollup starts with; null for an empty one.</param>
    public Deriver(
        DerivationRules rules, IStateTransition<TTransaction> transition, Func<IStateView, ITransactionCodec<TTransaction>> codec, ITransactionAccess<TTransaction>? access = null, Action<IStateView>? genesis = null)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(codec);
        if (rules.Signatures == SignatureMode.Aggregate) throw new ArgumentException("Expected a mode whose signatures can be checked, got Aggregate.", nameof(rules));
        _rules = rules;
        _bank = new ChannelBank(rules.Channels);
        State = new StateStore<THash>(rules.UndoBatches);
        genesis?.Invoke(State);
        _codec = new BatchCodec<TTransaction>(codec(State), rules.Limits);
        _execution = new BatchExecution<TTransaction, THash>(rules, transition, codec, access, State);
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

    /// <summary>Takes in the next item of the forced queue.</summary>
    /// <exception cref="ArgumentException">Not the next.</exception>
    public void Queue(in ForcedItem item) => _queue.Add(item);

    /// <summary>Takes in the next batch's source; <see cref="Execute"/> must follow.</summary>
    /// <param name="posting">The batch as the Inbox ordered it.</param>
    /// <param name="source">Its bytes, which may be kept and must not change; empty if it has none that count.</param>
    /// <returns>The block whose time <see cref="Execute"/> must be told; null if it needs none.</returns>
    /// <exception cref="ArgumentException">Not the next batch, or items that it takes were not queued.</exception>
    public ulong? Open(in PostedBatch posting, ReadOnlyMemory<byte> source)
    {
        if (posting.Number != Tip.NextBatch) throw new ArgumentException($"Expected batch {Tip.NextBatch}, got {posting.Number}.", nameof(posting));
        if (posting.ForcedTaken < Tip.ForcedTaken || posting.ForcedTaken > _queue.End || posting.ForcedTaken - Tip.ForcedTaken > int.MaxValue)
            throw new ArgumentException($"Expected {Tip.ForcedTaken} to {_queue.End} items taken, got {posting.ForcedTaken}.", nameof(posting));
        _candidates.Clear();
        foreach (ClosedChannel channel in _bank.Add(posting.Block, posting.Poster, source)) ChannelContent.TryRead(channel.Join(), _rules.Channels.MaxContentBytes, _candidates);
        var pending = new Pending(posting, (int)(posting.ForcedTaken - Tip.ForcedTaken), default, default, _candidates.Count == 0 ? BatchVerdict.NoBatch : BatchVerdict.WrongHead);
        foreach (ReadOnlyMemory<byte> bytes in _candidates)
        {
            if (_codec.TryReadHead(bytes, out BatchHead head) != BatchFault.None || !IsNext(head, pending)) continue;
            pending = pending with { Bytes = bytes, Head = head, Verdict = BatchVerdict.Executed };
            break;
        }
        _pending = pending;
        return pending.Verdict == BatchVerdict.Executed ? pending.Head.L1Origin : null;
    }

    /// <summary>Runs the batch that was opened.</summary>
    /// <param name="originTime">Time of the block that <see cref="Open"/> named; anything if it named none.</param>
    /// <exception cref="InvalidOperationException">None was opened.</exception>
    public ExecutedBatch Execute(ulong originTime)
    {
        Pending pending = _pending ?? throw new InvalidOperationException("Expected a batch to be opened first.");
        _pending = null;
        PostedBatch posting = pending.Posting;
        UInt128 time = (UInt128)originTime + pending.Head.Seconds;
        if (pending.Verdict == BatchVerdict.Executed && (time < Tip.Context.TimestampSeconds || time > posting.TimestampSeconds)) pending = pending with { Verdict = BatchVerdict.WrongHead };
        // Before anything runs: accounts go by their numbers in the state before the batch.
        BatchContent<TTransaction> content = default;
        if (pending.Verdict == BatchVerdict.Executed && _codec.TryRead(pending.Bytes, out content) != BatchFault.None) pending = pending with { Verdict = BatchVerdict.Undecodable };
        // Without a batch of its own the time stands still: what a channel's first append is told, its last one is too.
        BatchContext context = pending.Verdict == BatchVerdict.Executed
            ? new BatchContext(_rules.ChainId, posting.Number, (ulong)time, pending.Head.L1Origin)
            : Tip.Context with { Number = posting.Number };

        long checkpoint = State.Checkpoint();
        ExecutedBatch batch = _execution.Execute(posting, context, pending.Verdict, Tip, _queue.From(Tip.ForcedTaken).Take(pending.Forced), content.Transactions);
        _points.Add(new Point(Tip, posting.Block, checkpoint, batch));
        if (_points.Count > _rules.UndoBatches)
        {
            _lost = _points[0].Block;
            _points.RemoveAt(0);
            _queue.Forget(_points[0].Before.ForcedTaken);
        }
        BatchCheck check = batch.Verdict == BatchVerdict.Executed ? BatchCheck.Of(pending.Bytes.Span) : Tip.Check;
        Tip = new DerivedTip(posting.Number + 1, posting.ForcedTaken, check, context, batch.ExitChain, batch.PostRoot);
        return batch;
    }

    /// <summary>The settlement layer dropped all blocks after this one: so does the deriver.</summary>
    /// <returns>False, without effect, if that is further back than it can go: then start over.</returns>
    public bool TryRewind(ulong block)
    {
        if (block < _lost || block < _final) return false;
        _pending = null;
        int first = _points.FindIndex(point => point.Block > block);
        if (first >= 0)
        {
            if (!State.TryRollback(_points[first].Checkpoint)) return false;
            Tip = _points[first].Before;
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
    /// The roots that a claim about a batch commits to (<see cref="Disputes.ClaimTree"/>): after each forced item, then after
    /// each own transaction; the root before it, if it has none of either.
    /// </summary>
    /// <param name="batch">A batch that <see cref="Execute"/> gave.</param>
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

    private bool IsNext(in BatchHead head, in Pending pending) =>
        head.Number == pending.Posting.Number && head.Parent == Tip.Check && head.ForcedItems == pending.Forced && head.Signatures == _rules.Signatures
        && head.L1Origin >= Tip.Context.L1Block && head.L1Origin <= pending.Posting.Block && pending.Posting.Block - head.L1Origin <= _rules.MaxOriginAge;

    private readonly record struct Pending(PostedBatch Posting, int Forced, ReadOnlyMemory<byte> Bytes, BatchHead Head, BatchVerdict Verdict);

    private readonly record struct Point(DerivedTip Before, ulong Block, long Checkpoint, ExecutedBatch Batch);
}

/// <summary>Where a chain of batches stands.</summary>
/// <param name="NextBatch">Number of the next batch.</param>
/// <param name="ForcedTaken">Items of the forced queue taken so far.</param>
/// <param name="Check">What the next batch must name as its parent's check.</param>
/// <param name="Context">The last batch's place in the settlement layer: block and time never fall.</param>
/// <param name="ExitChain">The chain of exit roots.</param>
/// <param name="Root">The state root.</param>
public readonly record struct DerivedTip(ulong NextBatch, ulong ForcedTaken, BatchCheck Check, BatchContext Context, Digest32 ExitChain, Digest32 Root);
