using System.Buffers;
using System.Diagnostics;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Hosting;

/// <summary>
/// One shard in this process: its machine, its cells, what waits for it, and its chain of headers. Executes one
/// micro-block after the other; one thread at a time.
/// </summary>
/// <remarks>
/// A round is some micro-blocks and a sealing one with an empty body, whose header states the root after them. The
/// sealing one is executed when the next round begins, so that between two rounds the cells are those of that root.
/// </remarks>
internal sealed partial class HostedShard<TTransition> : IDisposable where TTransition : IShardTransition
{
    private readonly ArrayBufferWriter<byte>[] _bodies;
    private readonly ShardBody _body = new();
    private readonly StoreCells _source = new();
    private readonly List<BundleDelivery> _deliveries = [];
    private readonly HashSet<ReceiptName> _held = [];
    private readonly int _roundBlocks;

    // What the last block gave, and what the next one gives.
    private ShardStep _step = new(), _spare = new();
    private Digest _receiptsRoot, _writeDigest;
    // _lost: what neither heir of a parent could take of its queue, told with the first round.
    private int _lost, _blocks, _applied, _failed, _dropped, _begunCount, _open, _bytes, _receiptsIn, _receiptsOut;
    private ulong _gasUsed;

    /// <summary>A shard at genesis, or an heir that goes on from what its parents ended with; machine and cells become its own.</summary>
    public HostedShard(in ShardSlice<TTransition> slice, in OrderingAnchor from, InProcessOptions options, int bodyBytes)
    {
        AtomicCommit.AtomicOptions atomic = options.Rules.Atomic;
        (Machine, Cells, State) = (slice.Machine, slice.Cells, slice.State);
        (SealedState, _source.Store, _writeDigest) = (State, Cells, State.WriteDigest(default));
        Queue = new TransactionQueue(options.MaxQueued, options.MaxQueuedBytes);
        Line = new ReceiptLine(atomic.MaxValidityMs + atomic.RetentionMs);
        (BodyBytes, _roundBlocks) = (bodyBytes, options.MicroBlocks + 1);
        _bodies = new ArrayBufferWriter<byte>[options.MicroBlocks];
        for (int i = 0; i < _bodies.Length; i++) _bodies[i] = new ArrayBufferWriter<byte>();
        Tip = new MicroHeader
        {
            Kind = MicroBlockKind.Ordinary, ChainId = atomic.ChainId, Shard = Info.Id, Epoch = 0, Instance = default, View = 0, ParentView = 0, Height = from.Height, Parent = from.Hash,
            TimeMs = from.TimeMs, BodyRoot = default, BodyLength = 0, ReceiptsRoot = default, WriteDigest = default, StateRoot = State.StateRoot(Cells.Root),
        };
    }

    public ShardMachine<TTransition> Machine { get; }

    public ShardInfo Info => Machine.Shard;

    /// <summary>The most bytes of a body that it proposes.</summary>
    public int BodyBytes { get; set; }

    public HeapTrieStore Cells { get; }

    /// <summary>Channels and atomic transactions after the last executed block.</summary>
    public MachineState State { get; private set; }

    /// <summary>Channels and atomic transactions that <see cref="Tip"/> states, between two rounds.</summary>
    public MachineState SealedState { get; private set; }

    /// <summary>The last header; between two rounds the sealing one, the terminal one of a shard that ended, or, of view 0, what stands for genesis or an heir's beginning.</summary>
    public MicroHeader Tip { get; private set; }

    public TransactionQueue Queue { get; }

    public ReceiptLine Line { get; }

    /// <summary>What the last executed block said to other shards, its source, and its time.</summary>
    public IReadOnlyList<SentReceipt> Sent { get; private set; } = [];

    public BodySource Source { get; private set; }

    public long SourceTimeMs { get; private set; }

    /// <summary>Bodies of the round's micro-blocks, valid until the next round.</summary>
    public ReadOnlyMemory<byte> BodyOf(int block) => _bodies[block].WrittenMemory;

    /// <summary>What executing the round's last block gave, valid until the next; null before its first.</summary>
    public ShardStep? LastStep { get; private set; }

    /// <summary>The epoch and run in whose name the shard makes its headers.</summary>
    public (ulong Epoch, Digest Instance) Run { get; set; }

    /// <summary>A round begins: executes the sealing block of the one before.</summary>
    public void Begin()
    {
        (_blocks, _applied, _failed, _dropped, _begunCount, _bytes, _receiptsIn, _receiptsOut, _gasUsed) = (0, 0, 0, _lost, 0, 0, 0, 0, 0);
        _lost = 0;
        _deliveries.Clear();
        Sent = [];
        LastStep = null;
        if (Tip.View == 0) return;
        if (!Replay(ReadOnlyMemory<byte>.Empty, Tip.TimeMs, isSeal: true))
            throw new InsufficientMemoryException($"Expected shard {Info.Id} to stay within {Cells.MaxBytes} bytes, got a full one.");
    }

    /// <summary>Executes a body of the log. False if it is no valid block's here.</summary>
    public bool TryReplay(ReadOnlyMemory<byte> body, long timeMs)
    {
        ArrayBufferWriter<byte> output = _bodies[_blocks];
        output.ResetWrittenCount();
        output.Write(body.Span);
        return Replay(output.WrittenMemory, timeMs, isSeal: false);
    }

    /// <summary>The round ends: the sealing header, or the terminal one of a shard that has ended.</summary>
    public void Seal(long timeMs)
    {
        Chain(ReadOnlySpan<byte>.Empty, timeMs, State.StateRoot(Cells.Root), HasEnded ? MicroBlockKind.Terminal : MicroBlockKind.Ordinary);
        SealedState = State;
    }

    public ShardRound Summarise() => new()
    {
        Shard = Info.Id, Header = Tip, Applied = _applied, Failed = _failed, Dropped = _dropped, AtomicBegun = _begunCount, AtomicOpen = _open, Bytes = _bytes,
        ReceiptsIn = _receiptsIn, ReceiptsOut = _receiptsOut, GasUsed = _gasUsed, Queued = Queue.Count, Deliveries = [.. _deliveries],
    };

    public void Dispose()
    {
        Machine.Dispose();
        Cells.Dispose();
    }

    private BlockContext Context(ulong height, long timeMs, ulong epoch) => new(Machine.Options.Atomic.ChainId, State.Layout, Info.Id, epoch, height, timeMs);

    private bool Replay(ReadOnlyMemory<byte> bytes, long timeMs, bool isSeal)
    {
        BlockContext block = isSeal ? Context(Tip.Height, timeMs, Tip.Epoch) : Context(Tip.Height + 1, timeMs, Run.Epoch);
        if (!_body.Read(bytes) || Machine.Execute(block, _body, State, _source, _spare) != MachineFault.None) return false;
        if (Cells.TryStage(_spare.Writes.Span, out _) != StageResult.Ok) return false;
        Commit(bytes, timeMs, isSeal);
        return true;
    }

    private void Commit(ReadOnlyMemory<byte> bytes, long timeMs, bool isSeal)
    {
        ShardStep step = _spare;
        (_step, _spare) = (step, _step);
        LastStep = step;
        Cells.Commit();
        Record(step.Writes.Span);
        if (step.Settled is { } settled) Settled = settled;
        if (!isSeal)
        {
            Chain(bytes.Span, timeMs, default);
            _blocks++;
        }
        TakeIn(step, timeMs);
        (State, _receiptsRoot, _writeDigest, Sent, SourceTimeMs) = (step.After, step.ReceiptsRoot, step.WriteDigest, step.Sent, timeMs);
        // The header that states these receipts is the next one, of this run.
        Source = new BodySource(Info.Id, Tip.Height, Run.Epoch, step.ReceiptsRoot);
        BlockCounters counters = step.Counters;
        _applied += counters.Applied;
        // One that left nothing, because it met a claim or came after one that did, comes again.
        if (counters.Applied < counters.Transactions)
            for (int i = 0; i < step.Statuses.Length; i++)
                if (step.Statuses.Span[i] != TransactionStatus.Applied && !Machine.LeftNothing(i)) _failed++;
        _receiptsIn += counters.ReceiptsIn;
        _receiptsOut += counters.ReceiptsOut;
        _gasUsed += counters.GasUsed;
        _bytes += bytes.Length;
        _open = step.OpenAtomic;
        foreach (AtomicCommit.AtomicResult begun in step.Begun)
            if (begun == AtomicCommit.AtomicResult.Accepted) _begunCount++;
    }

    private void TakeIn(ShardStep step, long timeMs)
    {
        _held.Clear();
        for (int i = 0; i < _body.Bundles.Count; i++)
        {
            if (step.Bundles[i] is not (ChannelResult.Applied or ChannelResult.Duplicate))
                throw new UnreachableException($"Expected shard {Info.Id} to apply bundle {_body.Bundles[i].Bundle!.Sequence} of {_body.Bundles[i].Bundle!.Channel}, got {step.Bundles[i]}.");
            _held.Add(_body.Bundles[i].Name);
        }
        foreach (ProvenReceipt notice in _body.Notices) _held.Add(notice.Name);
        for (int i = 0; i < _body.Records.Count; i++)
            if (step.Records[i] != AtomicCommit.AtomicResult.NotOrdered) _held.Add(_body.Records[i].Name);
        foreach (ProvenReceipt ending in _body.Endings) _held.Add(ending.Name);
        if (_body.Bundles.Count > 0)
        {
            foreach (ReceiptLine.Waiting item in Line.Items)
            {
                if (item.Receipt.Bundle is not { } bundle || !_held.Contains(item.Receipt.Name)) continue;
                int rounds = (int)(((long)Tip.Height - 1) / _roundBlocks - ((long)bundle.SourceHeight - 1) / _roundBlocks);
                _deliveries.Add(new BundleDelivery(bundle.Channel.Source, bundle.SourceHeight, item.TimeMs, timeMs, rounds, bundle.Count));
            }
        }
        Line.Remove(_held, timeMs);
    }

    private void Chain(ReadOnlySpan<byte> body, long timeMs, in Digest stateRoot, MicroBlockKind kind = MicroBlockKind.Ordinary)
    {
        bool isFirst = Tip.Instance != Run.Instance || Tip.View == 0;
        ulong parentView = isFirst ? 0 : Tip.View;
        Tip = new MicroHeader
        {
            Kind = kind, ChainId = Machine.Options.Atomic.ChainId, Shard = Info.Id, Epoch = Run.Epoch, Instance = Run.Instance, View = parentView + 1, ParentView = parentView,
            Height = Tip.Height + 1, Parent = IsHeirsStart ? Tip.Parent : Tip.Hash, TimeMs = timeMs, BodyRoot = MicroBlock.RootOf(body), BodyLength = body.Length,
            ReceiptsRoot = _receiptsRoot, WriteDigest = _writeDigest, StateRoot = stateRoot,
        };
    }
}
