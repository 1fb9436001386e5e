using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
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
    private readonly BatchExecution<TTransaction, THash> _execution;
    private readonly BatchRun<TTransaction> _run;
    private readonly BatchCodec<TTransaction> _codec;
    private readonly Func<BatchCodec<TTransaction>> _newCodec;
    private readonly ArrayBufferWriter<byte> _batch = new(1 << 16);
    private TTransaction[] _transactions = new TTransaction[256];
    private BatchContext _context;
    private ulong _origin, _seconds;
    private int _bytes;

    /// <summary>Goes on from a state.</summary>
    /// <param name="rules">What everybody agrees on.</param>
    /// <param name="transition">The rules of transactions.</param>
    /// <param name="codec">Their columns over a state.</param>
    /// <param name="access">How large they are.</param>
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
        _execution = new BatchExecution<TTransaction, THash>(rules, transition, codec, access, state);
        _run = new BatchRun<TTransaction>(transition, rules.BatchCap);
        _root = new RootAside<THash>(state);
        IStateView before = state.Watch();
        _newCodec = () => new BatchCodec<TTransaction>(codec(before), rules.Limits);
        _codec = _newCodec();
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
    /// <param name="origin">Number of the block.</param>
    /// <param name="originTime">Its time, in seconds since 1970.</param>
    /// <param name="forced">The next items of the queue.</param>
    /// <exception cref="ArgumentException">The block is below that of the batch before.</exception>
    public void Open(ulong origin, ulong originTime, IEnumerable<ForcedItem> forced)
    {
        ArgumentNullException.ThrowIfNull(forced);
        if (origin < Tip.Context.L1Block) throw new ArgumentException($"Expected block {Tip.Context.L1Block} or later, got {origin}.", nameof(origin));
        _origin = origin;
        // Time does not fall, whatever the block says.
        _seconds = Tip.Context.TimestampSeconds > originTime ? Tip.Context.TimestampSeconds - originTime : 0;
        _context = new BatchContext(_rules.ChainId, Tip.NextBatch, originTime + _seconds, _origin);
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
        int size = _access.MaxSizeOf(transaction);
        if (Count >= _rules.Limits.MaxTransfers || _bytes + size > _rules.Limits.MaxBytes) return InclusionResult.NoRoom;
        InclusionResult result = _run.TryInclude(transaction, isAuthentic: true, _state, out TransitionOutcome outcome);
        status = outcome.Status;
        if (result != InclusionResult.Included) return result;
        if (Count == _transactions.Length) Array.Resize(ref _transactions, 2 * Count);
        _transactions[Count++] = transaction;
        _bytes += size;
        return result;
    }

    /// <summary>Makes ready for transactions that are going to be added.</summary>
    public void Prepare(ReadOnlySpan<TTransaction> transactions) => _transition.Prepare(transactions);

    /// <summary>Writes some of the open batch's transactions for a journal; the state before the batch reads them.</summary>
    internal void WriteRecord(int first, int count, IBufferWriter<byte> output) =>
        _codec.Write(Head(count) with { Signatures = SignatureMode.PerTransaction }, Transactions.Slice(first, count), [], output);

    /// <summary>Reads what <see cref="WriteRecord"/> wrote.</summary>
    internal bool TryReadRecord(ReadOnlyMemory<byte> record, out ReadOnlyMemory<TTransaction> transactions)
    {
        // What is read stays valid until its codec reads again, and is to stay.
        bool isOk = _newCodec().TryRead(record, out BatchContent<TTransaction> content) == BatchFault.None;
        transactions = content.Transactions;
        return isOk;
    }

    /// <summary>Ends the open batch. The bytes are valid until the next one is closed.</summary>
    public ProducedBatch Close(out ReadOnlyMemory<byte> bytes)
    {
        _batch.ResetWrittenCount();
        _root.Start();
        try
        {
            _codec.Write(Head(Count), Transactions, [], _batch);
        }
        finally
        {
            _root.End();
        }
        bytes = _batch.WrittenMemory;
        Digest32 exit = _run.Effects.ExitRoot(), before = Tip.Root;
        Tip = new DerivedTip(Tip.NextBatch + 1, Tip.ForcedTaken + (ulong)ForcedCount, BatchCheck.Of(bytes.Span), _context, EffectLog.Append(Tip.ExitChain, exit), _state.Root());
        IsOpen = false;
        return new ProducedBatch(_context.Number, ForcedCount, Count, before, Tip.Root, exit, _run.Used);
    }

    private BatchHead Head(int count) => new(_context.Number, Tip.Check, _origin, _seconds, ForcedCount, ColumnLayout.Packed, _rules.Signatures, count);
}
