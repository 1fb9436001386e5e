using System.Buffers;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>What a final block says to other shards: a header whose certificate covers the block's execution.</summary>
/// <param name="Header">The header of the block after it.</param>
/// <param name="Step">What the block gave.</param>
internal sealed record CertifiedStep(FinalityProof Header, ShardStep Step);

/// <summary>
/// One shard as the application under an <see cref="OrderingNode"/>: the state after the last final block, and executed
/// blocks above it. Judges a block by executing it on the state after its parent; takes blocks over in order.
/// </summary>
/// <remarks>
/// A body names the receipts roots of other shards that it relies on. A voter votes only if it has itself verified a
/// certified header that states them; until then it answers not yet, and its node fetches the header.
/// </remarks>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
public sealed partial class ReplicatedShard<TTransition> : IOrderedApplication, IDisposable where TTransition : IShardTransition
{
    private readonly ReplicaOptions _options;
    private readonly ExecutedTree _tree;
    private readonly BlockProposer<TTransition> _proposer;
    private readonly List<MicroHeader> _uncertified = [];
    private readonly List<ShardStep?> _uncertifiedSteps = [];

    /// <summary>Makes a replica at the block that the run starts from.</summary>
    /// <param name="machine">The shard's machine. The replica's from now on.</param>
    /// <param name="options">Where it starts.</param>
    public ReplicatedShard(ShardMachine<TTransition> machine, ReplicaOptions options) : this(machine, options, null)
    {
    }

    private ReplicatedShard(ShardMachine<TTransition> machine, ReplicaOptions options, ReplicatedShard<TTransition>? before)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(options);
        (Machine, _options) = (machine, options);
        History = before?.History ?? new ShardHistory(options.KeepHistory);
        MachineState state = options.State ?? machine.Genesis;
        _tree = new ExecutedTree(options.Cells, new ExecutedNode(options.Anchor.Hash, options.Anchor.Height, options.Anchor.TimeMs, state, null)
        {
            ReceiptsRoot = options.ReceiptsRoot, WriteDigest = options.WriteDigest ?? state.WriteDigest(default), Step = options.LastStep,
        });
        Remote = before?.Remote ?? new RemoteHeaders(options.Committees, machine.Shard.Id);
        Pool = before?.Pool ?? new TransactionPool(options.MaxWaiting, options.MaxWaitingBytes);
        AtomicOptions atomic = machine.Options.Atomic;
        Inbound = before?.Inbound ?? new InboundQueue(options.MaxWaiting, options.MaxWaitingBytes, atomic.MaxValidityMs + atomic.RetentionMs, channel => machine.WatermarkAt(state, channel));
        Attestations = new AttestationPool(options.Committees, options.Verifier);
        _proposer = new BlockProposer<TTransition>(machine, Pool, Inbound, _tree, options.Verifier, this);
        BeginSegments(options.Anchor, state);
    }

    /// <summary>The shard's machine.</summary>
    public ShardMachine<TTransition> Machine { get; }

    /// <summary>The cells after the last final block.</summary>
    public IAuthenticatedStore Cells => _options.Cells;

    /// <summary>Channels and atomic transactions after the last final block.</summary>
    public MachineState State => _tree.Tip.State;

    /// <summary>Height of the last final block.</summary>
    public ulong Height => _tree.Tip.Height;

    /// <summary>Time of the last final block, Unix milliseconds.</summary>
    public long TimeMs => _tree.Tip.TimeMs;

    /// <summary>What the last final block gave; null for the block that the run starts from.</summary>
    public ShardStep? LastStep => _tree.Tip.Step;

    /// <summary>
    /// True if a final block cannot be taken over: the store is full, or a quorum finalized what this node finds invalid.
    /// It then says nothing more.
    /// </summary>
    public bool IsFaulted { get; private set; }

    /// <summary>Proof of members' faults, for the beacon.</summary>
    public IReadOnlyList<VoteEvidence> Evidence => _evidence;

    private readonly List<VoteEvidence> _evidence = [];

    /// <summary>Sees each block with its result as it is taken over; must not call the replica.</summary>
    public Action<MicroBlock, ShardStep>? Observer { get; set; }

    internal RemoteHeaders Remote { get; }

    internal TransactionPool Pool { get; }

    internal InboundQueue Inbound { get; }

    /// <summary>Certified since the host last looked, ascending.</summary>
    internal Queue<CertifiedStep> Certified { get; } = new();

    /// <summary>Receipts that final blocks took in since the host last looked.</summary>
    internal Queue<ProvenReceipt> TakenIn { get; } = new();

    /// <inheritdoc/>
    public bool Build(in Digest parent, ulong height, long timeMs, int maxBytes, IBufferWriter<byte> body)
    {
        if (IsOver || _tree.Find(parent) is not { } node) return false;
        if (IsEnd(node)) return true;
        Pool.Expire(TimeMs);
        _proposer.Build(Context(node, height, timeMs, _options.Epoch), node, maxBytes, body, DueOn(node, timeMs), Settlements);
        return MayEnd;
    }

    /// <inheritdoc/>
    public BlockCheck Check(MicroBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        MicroHeader header = block.Header;
        if (IsOver) return BlockCheck.NotYet;
        if (_tree.Find(block.Hash) is not null) return BlockCheck.Valid;
        if (_tree.Find(header.Parent) is not { } parent) return BlockCheck.NotYet;
        if (header.Kind == MicroBlockKind.Ordinary && _proposer.LastBuilt is { } built && built.IsOf(block))
        {
            Add(block, parent, built.Body, built.Step);
            return BlockCheck.Valid;
        }
        if (header.Kind == MicroBlockKind.Closing || ShardBody.TryRead(block.Body) is not { } body) return BlockCheck.Invalid;
        if (IsEnd(parent)) return Terminate(block, parent, body) is null ? BlockCheck.Invalid : BlockCheck.Valid;
        if (header.Kind == MicroBlockKind.Terminal && !MayEnd) return BlockCheck.NotYet;
        if (CheckTopology(body) is var topology and not BlockCheck.Valid) return topology;
        bool isKnown = true;
        foreach (BodySource source in body.Sources)
        {
            SourceCheck check = Remote.Check(source);
            if (check == SourceCheck.Contradicted) return BlockCheck.Invalid;
            isKnown &= check == SourceCheck.Known;
        }
        if (!isKnown) return BlockCheck.NotYet;
        if (!AreAttested(header, parent, body)) return BlockCheck.Invalid;
        if (Machine.Verify(Context(parent, header.Height, header.TimeMs, header.Epoch), body, _options.Verifier, Pool) != MachineFault.None) return BlockCheck.Invalid;
        foreach (Digest id in body.Ids) Pool.Verified(id);
        return Execute(block, parent, body) is null ? BlockCheck.Invalid : BlockCheck.Valid;
    }

    /// <inheritdoc/>
    public bool TryGetResult(in Digest block, bool sealing, out ExecutedBlock result)
    {
        result = default;
        if (IsOver || _tree.Find(block) is not { } node) return false;
        Digest root = default;
        if (sealing)
        {
            if (_tree.RootAfter(node) is not { } found) return false;
            root = found;
        }
        result = new ExecutedBlock(node.ReceiptsRoot, node.WriteDigest, root);
        return true;
    }

    /// <inheritdoc/>
    public void Finalized(MicroBlock block, OrderingCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(certificate);
        if (IsOver) return;
        ExecutedNode tip = _tree.Tip;
        // One that was not judged here: a quorum did, also its sources.
        ExecutedNode? node = _tree.Find(block.Hash);
        if (node is null && block.Header.Parent == tip.Hash && ShardBody.TryRead(block.Body) is { } body) node = Execute(block, tip, body);
        if (node is null || node.Parent != tip || !States(block.Header, tip) || !TryFinalize(block, node, isAttested: true))
        {
            IsFaulted = true;
            return;
        }
        _uncertified.Add(block.Header);
        _uncertifiedSteps.Add(tip.Step);
        if (certificate.Subject == block.Hash) Certify(certificate);
        TakeOver(node.Body!, node.Step!);
        Observer?.Invoke(block, node.Step!);
    }

    /// <inheritdoc/>
    public void Accuse(VoteEvidence evidence) => _evidence.Add(evidence);

    private bool TryFinalize(MicroBlock block, ExecutedNode node, bool isAttested)
    {
        StateWrite[] undo = ShardHistory.UndoOf(node.Step!.Writes.Span, Cells);
        MachineState before = _tree.Tip.State;
        if (isAttested) Keep(block, before, node.Step, undo);
        if (!_tree.TryFinalize(node)) return false;
        History.Add(block, before, undo);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Machine.Dispose();
        (_options.Cells as IDisposable)?.Dispose();
    }

    /// <summary>
    /// Takes a transaction into the pool if it may be in a block and its signatures hold. Those of one that a member
    /// passed on are checked a little later, in one batch with others.
    /// </summary>
    internal bool TrySubmit(ReadOnlyMemory<byte> transaction, long nowMs, bool isPassedOn = false)
    {
        if (HasEnded) return false;
        Digest id = TransactionPool.IdOf(transaction.Span);
        BlockContext block = Context(_tree.Tip, Height + 1, Math.Max(nowMs, TimeMs), _options.Epoch);
        if (Pool.Knows(id) || transaction.Length is 0 or > MicroBlockLimits.MaxTransactionBytes || !Pool.HasRoom(transaction.Length)
            || Machine.Declare(block, transaction.Span, out ulong gasLimit) != TransactionFault.None || gasLimit > Machine.Options.Limits.BlockGas) return false;
        if (!isPassedOn && !_proposer.Verify(block, [transaction])) return false;
        Pool.Add(id, transaction, gasLimit, !isPassedOn);
        return true;
    }

    /// <summary>Checks the signatures of waiting transactions that members passed on.</summary>
    internal void VerifyWaiting(long nowMs)
    {
        if (!HasEnded) _proposer.VerifyWaiting(Context(_tree.Tip, Height + 1, Math.Max(nowMs, TimeMs), _options.Epoch));
    }

    /// <summary>Takes an atomic transaction over declared cells, some of them this shard's, into the pool if its signatures hold.</summary>
    internal bool TrySubmit(AtomicTransaction transaction, long nowMs)
    {
        AtomicOptions options = Machine.Options.Atomic;
        if (HasEnded || Pool.Knows(transaction.Id) || transaction.ChainId != options.ChainId || transaction.Cells.IsEmpty || !options.Programs.ContainsKey(transaction.Program)) return false;
        if (nowMs >= transaction.DeadlineMs || transaction.BeginMs > nowMs + options.MaxValidityMs || !Pool.HasRoom(transaction.Encoded.Length)) return false;
        if (!HoldsCellOf(transaction) || !transaction.IsSigned(_options.Verifier)) return false;
        Pool.Add(transaction);
        return true;
    }

    private BlockContext Context(ExecutedNode parent, ulong height, long timeMs, ulong epoch) => new(Machine.Options.Atomic.ChainId, parent.State.Layout, Machine.Shard.Id, epoch, height, timeMs);

    private ExecutedNode? Execute(MicroBlock block, ExecutedNode parent, ShardBody body)
    {
        if (IsEnd(parent)) return Terminate(block, parent, body);
        MicroHeader header = block.Header;
        _tree.At = parent;
        if (Machine.Execute(Context(parent, header.Height, header.TimeMs, header.Epoch), body, parent.State, _tree, out ShardStep? step) != MachineFault.None) return null;
        return Add(block, parent, body, step!);
    }

    private ExecutedNode Add(MicroBlock block, ExecutedNode parent, ShardBody body, ShardStep step)
    {
        var node = new ExecutedNode(block.Hash, block.Header.Height, block.Header.TimeMs, step.After, parent)
        {
            ReceiptsRoot = step.ReceiptsRoot, WriteDigest = step.WriteDigest, Body = body, Step = step,
            Transactions = [.. body.Begun.Select(transaction => transaction.Id)], Receipts = [.. body.Receipts.Select(receipt => receipt.Name)],
        };
        foreach (StateWrite write in step.Writes.Span) node.Writes[write.Key] = write;
        node.Transactions.UnionWith(body.Ids);
        _tree.Add(node);
        return node;
    }

    // A header is certified with its descendants up to the certificate's; the first covers the execution before it.
    private void Certify(OrderingCertificate certificate)
    {
        for (int i = 0; i < _uncertified.Count; i++)
        {
            if (_uncertifiedSteps[i] is { } step && _uncertified.Count - i <= WireLimits.MaxFinalityHeaders)
                Certified.Enqueue(new CertifiedStep(FinalityProof.Of([.. _uncertified.Skip(i)], certificate), step));
        }
        _uncertified.Clear();
        _uncertifiedSteps.Clear();
    }

    private void TakeOver(ShardBody body, ShardStep step)
    {
        foreach (AtomicTransaction transaction in body.Begun) Pool.Done(transaction.Id);
        for (int i = 0; i < body.Inner.TransactionCount; i++)
        {
            // One that failed may be good later.
            Digest id = body.Ids[i];
            if (step.Statuses.Span[i] == TransactionStatus.Applied) Pool.Done(id);
            else Pool.Remove(id);
        }
        for (int i = 0; i < body.Bundles.Count; i++) Take(body.Bundles[i], step.Bundles[i] == ChannelResult.Applied);
        for (int i = 0; i < body.Records.Count; i++)
            if (step.Records[i] != AtomicResult.NotOrdered) Take(body.Records[i], applied: true);
        foreach (ProvenReceipt notice in body.Notices) Take(notice, applied: true);
        ForgetPastLocks();
        TakeOverTopology(body, step);
        foreach (AttestationCertificate attested in body.Attested) Attested(attested);
        Inbound.Expire(TimeMs);

        void Take(ProvenReceipt receipt, bool applied)
        {
            Inbound.Hold(receipt, applied);
            TakenIn.Enqueue(receipt);
        }
    }
}
