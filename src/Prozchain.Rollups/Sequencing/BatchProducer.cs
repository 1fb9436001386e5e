using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Observability;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Sequencing;

/// <summary>
/// Makes batches upon a state: runs forced items, then transactions one by one within the caps, leaves out what is invalid
/// or does not fit, and encodes what is in. Allocates nothing for a transaction once as large as its use. Not thread-safe.
/// </summary>
public sealed class BatchProducer<TTransaction, THash> where THash : IStateHash
{
    // The head, the counts of columns, and what aligned columns add.
    private const int MaxOverhead = 4_096;

    private readonly DerivationRules _rules;
    private readonly ITransactionAccess<TTransaction> _access;
    private readonly StateStore<THash> _state;
    private readonly RootAside<THash> _root;
    private readonly IStateTransition<TTransaction> _transition;
    private readonly BatchExecution<TTransaction, StateStore<THash>> _execution;
    private readonly BatchRun<TTransaction> _run;
    private readonly BatchCodec<TTransaction> _codec;
    private readonly ItemList<TTransaction> _items;
    private readonly ArrayBufferWriter<byte> _batch = new(1 << 16);
    private TTransaction[] _transactions = new TTransaction[256];
    private BatchContext _context;
    private readonly int _maxCount;
    private ulong _origin;
    private int _bytes;

    /// <summary>Goes on from a state.</summary>
    /// <param name="rules">What everybody agrees on.</param>
    /// <param name="transition">The rules of transactions.</param>
    /// <param name="codec">Their columns over a state.</param>
    /// <param name="access">How large they are, and their form as items.</param>
    /// <param name="state">The state at the tip; the producer's alone from now on.</param>
    /// <param name="tip">Where the chain of batches stands.</param>
    public BatchProducer(
        DerivationRules rules, IStateTransition<TTransaction> transition, Func<IStateView, ITransactionCodec<TTransaction>> codec, ITransactionAccess<TTransaction> access,
        StateStore<THash> state, DerivedTip tip)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(access);
        ArgumentNullException.ThrowIfNull(state);
        (_rules, _access, _state, _transition, Tip) = (rules, access, state, transition, tip);
        _execution = new BatchExecution<TTransaction, StateStore<THash>>(rules, transition, access, state, isHashed: false);
        _items = new ItemList<TTransaction>(access);
        _maxCount = rules.IsListed ? Math.Min(rules.Limits.MaxTransfers, (int)InboxContract.MaxItems) : rules.Limits.MaxTransfers;
        _run = new BatchRun<TTransaction>(transition, rules.BatchCap);
        _root = new RootAside<THash>(state);
        _codec = new BatchCodec<TTransaction>(codec(state.Watch()), rules.Limits);
    }

    /// <summary>After the last closed batch.</summary>
    public DerivedTip Tip { get; private set; }

    /// <summary>Whether a batch is open.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Transactions of the open batch.</summary>
    public ReadOnlySpan<TTransaction> Transactions => _transactions.AsSpan(0, Count);

    /// <summary>How many those are.</summary>
    public int Count { get; private set; }

    /// <summary>Forced items of the open batch.</summary>
    public int ForcedCount { get; private set; }

    /// <summary>Opens a batch that builds on a block, and runs what it takes from the forced queue.</summary>
    /// <param name="origin">Number of the block; one below that of the batch before counts as that.</param>
    /// <param name="time">The batch's time, in seconds since 1970.</param>
    /// <param name="forced">The next items of the queue.</param>
    /// <exception cref="ArgumentException">The time is before that of the batch before.</exception>
    public void Open(ulong origin, ulong time, IEnumerable<ForcedItem> forced)
    {
        ArgumentNullException.ThrowIfNull(forced);
        if (time < Tip.Context.TimestampSeconds) throw new ArgumentException($"Expected second {Tip.Context.TimestampSeconds} or later, got {time}.", nameof(time));
        _origin = origin;
        _context = new BatchContext(_rules.ChainId, Tip.NextBatch, time, _rules.TellsNoBlock ? 0 : Math.Max(origin, Tip.Context.L1Block));
        _state.Checkpoint();
        _state.Watch();
        _run.Begin(_context);
        (Count, ForcedCount, _bytes, IsOpen) = (0, 0, MaxOverhead, true);
        foreach (ForcedItem item in forced)
        {
            _execution.RunForced(_run, item);
            ForcedCount++;
        }
    }

    /// <summary>Runs a transaction whose signatures were checked, and takes it in if it is valid and fits.</summary>
    public InclusionResult TryAdd(in TTransaction transaction, out TransitionStatus status)
    {
        status = default;
        int size = _rules.IsBare ? _access.MaxRowOf(transaction) : _access.MaxSizeOf(transaction);
        if (Count >= _maxCount || _bytes + size > _rules.Limits.MaxBytes) return InclusionResult.NoRoom;
        TTransaction noted = transaction;
        if (_rules.IsBare) _access.Note(ref noted, _state);
        InclusionResult result = _run.TryInclude(noted, isAuthentic: true, _state, out TransitionOutcome outcome);
        status = outcome.Status;
        if (result != InclusionResult.Included) return result;
        if (Count == _transactions.Length) Array.Resize(ref _transactions, 2 * Count);
        _transactions[Count++] = noted;
        _bytes += size;
        return result;
    }

    /// <summary>Makes ready for transactions that are going to be added.</summary>
    public void Prepare(ReadOnlySpan<TTransaction> transactions) => _transition.Prepare(transactions);

    /// <summary>Ends the open batch. The bytes are valid until the next one is closed.</summary>
    public ProducedBatch Close(out ReadOnlyMemory<byte> bytes)
    {
        _batch.ResetWrittenCount();
        BatchHead head = _rules.IsBare ? BatchHead.Upon(Tip.Root, Count) : new BatchHead(_context.Number, Tip.Check, _origin, ForcedCount, ColumnLayout.Packed, _rules.Signatures, Count);
        _root.Start();
        try
        {
            _codec.Write(head, Transactions, [], _batch);
        }
        finally
        {
            _root.End();
        }
        bytes = _batch.WrittenMemory;
        Digest32 items = default;
        if (_rules.IsListed)
        {
            if (!_items.TrySet(Transactions)) throw new InvalidOperationException($"Expected transactions of at most {DataChallengeContract.MaxItemBytes} bytes as items, got a longer one.");
            items = _items.Root();
        }
        // Without transactions of its own a batch that is listed is none.
        BatchCheck check = _rules.IsBare ? Tip.Check : !_rules.IsListed ? BatchCheck.Of(bytes.Span) : Count == 0 ? Tip.Check : BatchCheck.Of(items.Span);
        Digest32 exit = _run.Effects.ExitRoot(), before = Tip.Root;
        Tip = new DerivedTip(Tip.NextBatch + 1, Tip.ForcedTaken + (ulong)ForcedCount, check, _context, EffectLog.Append(Tip.ExitChain, exit), _state.Root());
        IsOpen = false;
        RollupInstruments.Closed.Add(1);
        RollupInstruments.Sequenced.Add(Count);
        return new ProducedBatch(_context.Number, ForcedCount, Count, items, _context.TimestampSeconds, before, Tip.Root, exit, _run.Used);
    }
}
