using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// The deterministic step of one shard: (state before, block, body) → result. No network, no votes, no tree of blocks.
/// One caller at a time.
/// </summary>
/// <remarks>
/// Bundles, records and atomic transactions that do not apply do nothing, so that a block is never invalid for what
/// another shard said. A block is invalid if a proof does not hold, if a transaction can be in no block, or if its
/// transactions send more than the channels may carry: a proposer leaves those out. Transactions do not touch cells that
/// atomic transactions have claimed: they fail as <see cref="TransactionStatus.ClaimedCell"/>.
/// </remarks>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
public sealed class ShardMachine<TTransition> : IDisposable where TTransition : IShardTransition
{
    private readonly TTransition _transition;
    private readonly MicroBlockExecutor<TTransition> _executor;
    private readonly SignatureBatch _signatures = new();
    private readonly List<int> _refused = [];
    private readonly AccessList _access = new();
    private readonly StoreCells _store = new();
    private ShardParts _parts;

    // The state that the parts are at; null while they are at none.
    private MachineState? _at;

    /// <summary>Makes the machine of a shard.</summary>
    /// <param name="transition">What transactions mean.</param>
    /// <param name="layout">Which shard holds which key.</param>
    /// <param name="shard">The shard; live in the layout.</param>
    /// <param name="options">Rules of the network.</param>
    /// <exception cref="ArgumentException">The shard is not live in the layout.</exception>
    public ShardMachine(TTransition transition, ShardLayout layout, ShardId shard, MachineOptions options)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        if (!layout.IsLive(shard) || !layout.TryGetInfo(shard, out ShardInfo? info)) throw new ArgumentException($"Expected a live shard, got {shard}.", nameof(shard));
        (_transition, Layout, Shard, Options) = (transition, layout, info, options);
        _executor = new MicroBlockExecutor<TTransition>(transition, options.Limits);
        _parts = new ShardParts(info, layout, options);
        _at = Genesis = _parts.Save();
    }

    /// <summary>Which shard holds which key.</summary>
    public ShardLayout Layout { get; }

    /// <summary>The shard.</summary>
    public ShardInfo Shard { get; }

    /// <summary>Rules of the network.</summary>
    public MachineOptions Options { get; }

    /// <summary>The state with no channel open and no atomic transaction.</summary>
    public MachineState Genesis { get; }

    /// <summary>Transactions of the last body that sent more than their channels may carry: why it was <see cref="MachineFault.OverCredit"/>.</summary>
    internal IReadOnlyList<int> Refused => _refused;

    /// <summary>True if a transaction of the last body failed and nothing of it stayed.</summary>
    internal bool LeftNothing(int transaction) => _executor.LeftNothing(transaction);

    /// <summary>Executes a block. Signatures are checked apart.</summary>
    /// <param name="block">The block.</param>
    /// <param name="body">Its body.</param>
    /// <param name="before">Channels and atomic transactions after the parent.</param>
    /// <param name="cells">The cells after the parent.</param>
    /// <param name="step">What it gave, when the result is <see cref="MachineFault.None"/>.</param>
    public MachineFault Execute(in BlockContext block, ReadOnlyMemory<byte> body, MachineState before, IAuthenticatedStore cells, out ShardStep? step)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(cells);
        step = null;
        if (ShardBody.TryRead(body) is not { } read) return MachineFault.Malformed;
        _store.Store = cells;
        return Execute(block, read, before, _store, out step);
    }

    /// <summary>Checks the signatures of a body's transactions of both kinds.</summary>
    /// <param name="block">The block.</param>
    /// <param name="body">Its body.</param>
    /// <param name="verifier">Checks signatures.</param>
    public MachineFault Verify(in BlockContext block, ReadOnlyMemory<byte> body, ISignatureVerifier verifier) =>
        ShardBody.TryRead(body) is { } read ? Verify(block, read, verifier) : MachineFault.Malformed;

    /// <inheritdoc/>
    public void Dispose() => _executor.Dispose();

    /// <summary>True if a record has something to apply to after a block: its transaction is known.</summary>
    internal bool CanTake(MachineState at, AtomicRecord record)
    {
        Restore(at);
        _at = at;
        return _parts.Atomic.CanTake(record);
    }

    /// <summary>Visits the receipts that wait for claimed cells after a block.</summary>
    internal void VisitDeferred(MachineState at, CellVisitor visitor)
    {
        Restore(at);
        _at = at;
        _parts.Incoming.VisitDeferred(visitor);
    }

    /// <summary>What became of an atomic transaction by a block.</summary>
    internal AtomicOutcome OutcomeOf(MachineState at, in Digest transaction)
    {
        Restore(at);
        _at = at;
        return _parts.Atomic.OutcomeOf(transaction);
    }

    /// <summary>Whether a transaction may be in a block, whatever the state, and its gas limit.</summary>
    internal TransactionFault Declare(in BlockContext block, ReadOnlySpan<byte> transaction, out ulong gasLimit)
    {
        _access.Clear();
        var access = new AccessDeclaration(_access);
        TransactionFault fault = _transition.Declare(transaction, block, ref access);
        gasLimit = access.GasLimit;
        if (fault != TransactionFault.None) return fault;
        if (access.IsBad) return TransactionFault.BadDeclaration;
        foreach (Digest key in _access.Keys.AsSpan(0, _access.Count))
            if (!block.IsLocal(key)) return TransactionFault.ForeignCells;
        return TransactionFault.None;
    }

    internal MachineFault Verify(in BlockContext block, ShardBody body, ISignatureVerifier verifier)
    {
        if (!_signatures.Verify(_transition, block, body.Inner, verifier).IsOk) return MachineFault.BadTransaction;
        foreach (AtomicTransaction transaction in body.Begun)
            if (!transaction.IsSigned(verifier)) return MachineFault.BadTransaction;
        return MachineFault.None;
    }

    internal MachineFault Execute(in BlockContext block, ShardBody body, MachineState before, ICellSource cells, out ShardStep? step)
    {
        step = null;
        _refused.Clear();
        foreach (ProvenReceipt receipt in body.Receipts)
            if (!receipt.IsProven) return MachineFault.BadProof;
        Restore(before);
        _at = null;
        _parts.Begin(block, body);
        ExecutionResult executed = _executor.Execute(block, body.Inner, cells, _parts);
        if (!executed.IsOk)
        {
            return executed.Fault switch
            {
                ExecutionFault.OverGasLimit => MachineFault.OverGasLimit,
                ExecutionFault.Inadmissible => MachineFault.TooSoon,
                _ => MachineFault.BadTransaction,
            };
        }
        for (int i = 0; i < body.Inner.TransactionCount; i++)
            if (!TrySend(_executor.ReceiptsOf(i))) _refused.Add(i);
        if (_refused.Count > 0) return MachineFault.OverCredit;

        SentReceipt[] sent = Seal(block.Height);
        MicroBlockOutcome outcome = _executor.Outcome;
        var leaves = new Bytes32[1 + sent.Length];
        leaves[0] = ReceiptProof.LeafOf(ReceiptKind.Results, outcome.Results(sent.Length));
        for (int i = 0; i < sent.Length; i++) leaves[i + 1] = ReceiptProof.LeafOf(sent[i].Kind, sent[i].Encoding.Span);
        var root = new Digest(TreeProver.ProveAll(leaves, out Bytes32[][] proofs));
        for (int i = 0; i < sent.Length; i++) sent[i].Proof = new ReceiptProof(leaves.Length, i + 1, proofs[i + 1]);

        var statuses = new byte[body.Inner.TransactionCount];
        for (int i = 0; i < statuses.Length; i++) statuses[i] = outcome.Status(i);
        _at = _parts.Save();
        step = new ShardStep(_at, root, _at.WriteDigest(outcome.WriteDigest), outcome.CopyWrites(), sent, statuses, outcome.Counters)
        {
            OpenAtomic = _parts.Atomic.Open, DeferredReceipts = _parts.Incoming.Deferred,
            Bundles = _parts.BundleResults, Records = _parts.RecordResults, Begun = _parts.BegunResults,
        };
        return MachineFault.None;
    }

    private void Restore(MachineState state)
    {
        if (ReferenceEquals(_at, state)) return;
        _parts = new ShardParts(Shard, Layout, Options);
        if (!_parts.TryRestore(state)) throw new ArgumentException("Expected a state that a machine of this shard wrote, got other bytes.", nameof(state));
    }

    private bool TrySend(ReadOnlySpan<byte> receipts)
    {
        while (!receipts.IsEmpty)
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(receipts);
            receipts = receipts[ReceiptBuffer.ValueSize..];
            int length = ReceiptList.HeadSize + BinaryPrimitives.ReadUInt16LittleEndian(receipts[Digest.Size..]);
            if (_parts.Outgoing.TrySend(new Digest(receipts[..Digest.Size]), receipts[ReceiptList.HeadSize..length], value) != SendResult.Sent) return false;
            receipts = receipts[length..];
        }
        return true;
    }

    private SentReceipt[] Seal(ulong height)
    {
        var bundles = new List<ChannelBundle>();
        var notices = new List<ChannelNotice>();
        _parts.Outgoing.Seal(height, bundles, notices);
        _parts.Incoming.Seal(notices);
        var sent = new List<SentReceipt>();
        foreach (ChannelBundle bundle in bundles)
            sent.Add(new SentReceipt(ReceiptKind.Bundle, [bundle.Channel.Destination], Encode(bundle.Write)) { Bundle = (bundle.Channel, bundle.Sequence) });
        foreach (ChannelNotice notice in notices)
            sent.Add(new SentReceipt(ReceiptKind.Notice, [notice.Kind == ChannelNoticeKind.Grant ? notice.Channel.Source : notice.Channel.Destination], Encode(notice.Write)));
        foreach (AtomicRecord record in _parts.Emitted)
            sent.Add(new SentReceipt(ReceiptKind.Record, AudienceOf(record), Encode(record.Write)) { Transaction = record.About, MustArrive = record.IsCommit });
        return [.. sent];
    }

    // The shards that hold the transaction's other cells.
    private ShardId[] AudienceOf(AtomicRecord record)
    {
        if (record.About is not { } transaction) return [];
        var shards = new SortedSet<ShardId>();
        foreach (DeclaredCell cell in transaction.Cells) shards.Add(Layout.ShardOf(cell.Key));
        shards.Remove(Shard.Id);
        return [.. shards];
    }

    private static byte[] Encode(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }
}
