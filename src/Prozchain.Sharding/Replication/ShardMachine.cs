using System.Buffers.Binary;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Observability;
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
public sealed partial class ShardMachine<TTransition> : IDisposable where TTransition : IShardTransition
{
    private readonly TTransition _transition;
    private readonly MicroBlockExecutor<TTransition> _executor;
    private readonly SignatureBatch _signatures = new();
    private readonly List<int> _refused = [];
    private readonly AccessList _access = new();
    private readonly StoreCells _store = new();
    private readonly ShardBody _body = new();
    private readonly List<ChannelNotice> _notices = [];
    private readonly ReceiptTree _tree = new();
    private ShardParts _parts;

    // The state that the parts are at; null while they are at none.
    private MachineState? _at;
    private long _atVersion;

    /// <summary>Makes the machine of a shard.</summary>
    /// <param name="transition">What transactions mean.</param>
    /// <param name="layout">Which shard holds which key.</param>
    /// <param name="shard">The shard; live in the layout.</param>
    /// <param name="options">Rules of the network.</param>
    /// <exception cref="ArgumentException">The shard is not live in the layout.</exception>
    public ShardMachine(TTransition transition, ShardLayout layout, ShardId shard, MachineOptions options) : this(transition, layout, shard, options, 1) { }

    internal ShardMachine(TTransition transition, ShardLayout layout, ShardId shard, MachineOptions options, int maxDegreeOfParallelism)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        if (!layout.IsLive(shard) || !layout.TryGetInfo(shard, out ShardInfo? info)) throw new ArgumentException($"Expected a live shard, got {shard}.", nameof(shard));
        (_transition, Layout, Shard, Options) = (transition, layout, info, options);
        _executor = new MicroBlockExecutor<TTransition>(transition, options.Limits, maxDegreeOfParallelism);
        _parts = new ShardParts(info, layout, options);
        Genesis = new MachineState();
        Genesis.Fill(_parts);
        (_at, _atVersion) = (Genesis, Genesis.Version);
    }

    /// <summary>Which shard held which key when the machine was made; <see cref="MachineState.Layout"/> is what a state has taken in.</summary>
    public ShardLayout Layout { get; }

    /// <summary>The shard.</summary>
    public ShardInfo Shard { get; }

    /// <summary>Rules of the network.</summary>
    public MachineOptions Options { get; }

    /// <summary>The state with no channel open and no atomic transaction.</summary>
    public MachineState Genesis { get; }

    /// <summary>What it has executed so far, on all branches and in trials: for cost models.</summary>
    public MachineWork Work { get; private set; }

    /// <summary>True if steps say which cells a block touched: what its witness must show.</summary>
    internal bool KeepsTouched { get; set; }

    /// <summary>Transactions of the last body that sent more than their channels may carry: why it was <see cref="MachineFault.OverCredit"/>.</summary>
    internal IReadOnlyList<int> Refused => _refused;

    /// <summary>Tests: another order of work that nobody may be able to tell.</summary>
    internal int Disorder { set => _executor.Disorder = value; }

    /// <summary>A <see cref="TransactionStatus"/> of a credit in the last body that touched what it may not; 0 for none.</summary>
    internal byte CreditFault => _executor.CreditFault;

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
        var made = new ShardStep();
        MachineFault fault = Execute(block, body, before, cells, made);
        if (fault == MachineFault.None) step = made;
        return fault;
    }

    /// <summary>
    /// Executes a block into a step that the caller has no more use for, with all that it handed out. On top of the block
    /// before it, and without atomic transactions, this allocates nothing once warm. Signatures are checked apart.
    /// </summary>
    /// <param name="block">The block.</param>
    /// <param name="body">Its body; not to change before the next call.</param>
    /// <param name="before">Channels and atomic transactions after the parent; not those of <paramref name="step"/>.</param>
    /// <param name="cells">The cells after the parent.</param>
    /// <param name="step">Receives what the block gave; without meaning unless the result is <see cref="MachineFault.None"/>.</param>
    public MachineFault Execute(in BlockContext block, ReadOnlyMemory<byte> body, MachineState before, IAuthenticatedStore cells, ShardStep step)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(step);
        if (ReferenceEquals(before, step.After)) throw new ArgumentException("Expected a step whose state is not the parent's, got the parent's.", nameof(step));
        if (!_body.Read(body)) return MachineFault.Malformed;
        _store.Store = cells;
        return Execute(block, _body, before, _store, step);
    }

    /// <summary>Checks the signatures of a body's transactions of both kinds.</summary>
    /// <param name="block">The block.</param>
    /// <param name="body">Its body.</param>
    /// <param name="verifier">Checks signatures.</param>
    public MachineFault Verify(in BlockContext block, ReadOnlyMemory<byte> body, ISignatureVerifier verifier) =>
        ShardBody.TryRead(body) is { } read ? Verify(block, read, verifier) : MachineFault.Malformed;

    /// <inheritdoc/>
    public void Dispose() => _executor.Dispose();

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

    /// <summary>As above, but for what a pool has verified.</summary>
    internal MachineFault Verify(in BlockContext block, ShardBody body, ISignatureVerifier verifier, TransactionPool? pool = null)
    {
        bool[] known = pool is null ? [] : [.. body.Ids.Select(id => pool.IsVerified(id))];
        if (!_signatures.Verify(_transition, block, body.Inner, verifier, known).IsOk) return MachineFault.BadTransaction;
        foreach (AtomicTransaction transaction in body.Begun)
            if (pool?.Holds(transaction) != true && !transaction.IsSigned(verifier)) return MachineFault.BadTransaction;
        return AreSigned(body.Locks, verifier, pool) && AreSigned(body.Prepared, verifier, pool) ? MachineFault.None : MachineFault.BadTransaction;
    }

    private static bool AreSigned(List<LockRequest> requests, ISignatureVerifier verifier, TransactionPool? pool)
    {
        foreach (LockRequest request in requests)
            if (pool?.Holds(request) != true && !request.IsSigned(verifier)) return false;
        return true;
    }

    internal MachineFault Execute(in BlockContext block, ShardBody body, MachineState before, ICellSource cells, out ShardStep? step)
    {
        var made = new ShardStep();
        MachineFault fault = Execute(block, body, before, cells, made);
        step = fault == MachineFault.None ? made : null;
        return fault;
    }

    internal MachineFault Execute(in BlockContext block, ShardBody body, MachineState before, ICellSource cells, ShardStep step)
    {
        _refused.Clear();
        step.Clear();
        if (!body.IsProven) return MachineFault.BadProof;
        Restore(before);
        _at = null;
        if (!_parts.TryAdopt(block, body)) return MachineFault.BadTopology;
        _parts.Begin(block, body, step);
        ExecutionResult executed = _executor.Execute(Adopted(block), body.Inner, cells, _parts);
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

        Seal(block.Height, step);
        MicroBlockOutcome outcome = _executor.Outcome;
        Work = Work.With(body, outcome.Counters);
        step.ReceiptsRoot = _tree.Seal(outcome, step.Sent);
        step.Take(outcome);
        step.After.Fill(_parts);
        step.WriteDigest = step.After.WriteDigest(outcome.WriteDigest);
        step.Touched = KeepsTouched ? outcome.Touched() : [];
        step.Origins = Origins(body.Inner.TransactionCount);
        (step.OpenAtomic, step.DeferredReceipts) = (_parts.Atomic.Open, _parts.Incoming.Deferred);
        (step.Ending, step.Settled, step.Wanted) = (_parts.Ending, _parts.Settled, _parts.Wanted());
        (_at, _atVersion) = (step.After, step.After.Version);
        return MachineFault.None;
    }

    private void Restore(MachineState state)
    {
        if (ReferenceEquals(_at, state) && _atVersion == state.Version) return;
        _parts = new ShardParts(Shard, state.Layout, Options);
        if (!_parts.TryRestore(state)) throw new ArgumentException("Expected a state that a machine of this shard wrote, got other bytes.", nameof(state));
        _atVersion = state.Version;
    }

    private bool TrySend(ReadOnlySpan<byte> receipts)
    {
        while (!receipts.IsEmpty)
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(receipts);
            LayoutClass layoutClass = ReceiptBuffer.ClassOf(receipts);
            receipts = receipts[ReceiptBuffer.PreludeSize..];
            int length = ReceiptList.HeadSize + BinaryPrimitives.ReadUInt16LittleEndian(receipts[Digest.Size..]);
            if (_parts.Outgoing.TrySend(layoutClass, new Digest(receipts[..Digest.Size]), receipts[ReceiptList.HeadSize..length], value) != SendResult.Sent) return false;
            receipts = receipts[length..];
        }
        return true;
    }

    // For who watches; changes no result.
    private ReceiptOrigin[] Origins(int transactions)
    {
        if (!ShardingInstruments.IsFollowing) return [];
        var origins = new List<ReceiptOrigin>();
        for (int i = 0; i < transactions; i++)
        {
            ReadOnlySpan<byte> receipts = _executor.ReceiptsOf(i);
            while (!receipts.IsEmpty)
            {
                LayoutClass layoutClass = ReceiptBuffer.ClassOf(receipts);
                receipts = receipts[ReceiptBuffer.PreludeSize..];
                origins.Add(new ReceiptOrigin(Layout.ShardOf(layoutClass, new Digest(receipts[..Digest.Size])), i));
                receipts = receipts[(ReceiptList.HeadSize + BinaryPrimitives.ReadUInt16LittleEndian(receipts[Digest.Size..]))..];
            }
        }
        return [.. origins];
    }

    private void Seal(ulong height, ShardStep step)
    {
        _notices.Clear();
        _parts.EndChannelsIfDue();
        _parts.Outgoing.Seal(height, step, _notices);
        _parts.Incoming.Seal(_notices);
        foreach (ChannelNotice notice in _notices)
        {
            SentReceipt sent = step.Send();
            notice.Write(sent.Begin(ReceiptKind.Notice));
            sent.IsGrant = notice.Kind == ChannelNoticeKind.Grant;
            sent.AddDestination(sent.IsGrant ? notice.Channel.Source : notice.Channel.Destination);
        }
        for (int i = 0; i < _parts.Emitted.Count; i++)
        {
            AtomicRecord record = _parts.Emitted[i];
            SentReceipt sent = step.Send();
            record.Write(sent.Begin(ReceiptKind.Record));
            (sent.Transaction, sent.MustArrive) = (record.About, record.IsCommit || record.Kind >= AtomicRecordKind.ExecutionCertificate);
            AddAudience(record, sent);
        }
        if (_parts.Ending is { } ending) AddEnding(ending, step.Send());
    }

    // The shards that hold the transaction's other cells, or take part with locks.
    private void AddAudience(AtomicRecord record, SentReceipt sent)
    {
        foreach (ShardId shard in record.Audience)
            if (shard != Shard.Id) sent.AddDestination(shard);
        if (record.About is not { } transaction) return;
        var shards = new SortedSet<ShardId>();
        foreach (DeclaredCell cell in transaction.Cells)
            if (_parts.Layout.TryShardOf(cell.Class, cell.Key, out ShardId holder)) shards.Add(holder);
        shards.Remove(Shard.Id);
        foreach (ShardId shard in shards) sent.AddDestination(shard);
    }
}
