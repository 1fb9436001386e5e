using System.Buffers;
using System.Diagnostics;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups;

/// <summary>
/// Orders transfers, executes them ahead of the settlement, and closes batches. What it closed but nobody posted is
/// lost with it: after a restart it goes on where the posted data ends. Not thread-safe.
/// </summary>
public sealed class Sequencer
{
    private readonly RollupGenesis _genesis;
    private readonly RollupState _state;
    private readonly SequencerOptions _options;
    private readonly PaymentsTransition _transition;
    private readonly TransferPool _pool;
    private readonly BatchBuilder _builder = new();
    private readonly EffectLog _effects = new();
    private Digest32 _previousHash;
    private long _lastTimeMs;

    private Sequencer(RollupGenesis genesis, RollupState state, long nextIndex, Digest32 previousHash, SequencerOptions? options)
    {
        _options = options ?? new SequencerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.PoolCapacity, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.SenderCapacity, 1, nameof(options));
        _genesis = genesis;
        _state = state;
        _previousHash = previousHash;
        NextIndex = nextIndex;
        _transition = new PaymentsTransition(genesis.ChainId, _options.Verifier ?? new P256Verifier());
        _pool = new TransferPool(_options.PoolCapacity, _options.SenderCapacity);
    }

    /// <summary>Index that the next batch will get.</summary>
    public long NextIndex { get; private set; }

    /// <summary>Transfers accepted and not yet in a batch.</summary>
    public int PendingCount => _pool.Count;

    /// <summary>State root after all batches closed so far.</summary>
    public Digest32 StateRoot => _state.Root();

    /// <summary>A sequencer for a rollup that has no batch yet.</summary>
    public static Sequencer Start(RollupGenesis genesis, SequencerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        return new Sequencer(genesis, genesis.NewState(), 0, genesis.Digest, options);
    }

    /// <summary>A sequencer that goes on where the posted data ends.</summary>
    /// <param name="node">Synchronised with the settlement log; it is copied from, and independent afterwards.</param>
    /// <param name="options">How to work.</param>
    /// <exception cref="ArgumentException">The node lacks the data of a posted batch.</exception>
    public static Sequencer Resume(RollupNode node, SequencerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        long posted = node.Settlement.BatchCount;
        if (node.DerivedCount != posted) throw new ArgumentException($"Expected a node with all {posted} batches derived, got {node.DerivedCount}.", nameof(node));
        Digest32 previous = posted == 0 ? node.Genesis.Digest : node.Settlement.GetBatch(posted - 1).DataHash;
        return new Sequencer(node.Genesis, node.CopyState(), posted, previous, options);
    }

    /// <summary>The account after all batches closed so far.</summary>
    public AccountState GetAccount(in AccountAddress address) => _state.GetAccount(address);

    /// <summary>The nonce that the sender's next transfer must carry, those in the pool counted.</summary>
    public ulong NextNonce(in AccountAddress sender) => _state.GetAccount(sender).Nonce + (ulong)_pool.CountOf(sender);

    /// <summary>Takes a transfer into the pool, or says why not.</summary>
    public SubmitResult Submit(in L2Transfer transfer)
    {
        // The cheap checks first: a signature costs a hundred times the rest.
        if (transfer.ChainId != _genesis.ChainId) return SubmitResult.WrongChain;
        if (_pool.IsFull) return SubmitResult.PoolFull;
        if (_pool.IsFullFor(transfer.Sender)) return SubmitResult.SenderLimit;
        if (transfer.Nonce != NextNonce(transfer.Sender) || transfer.Nonce == ulong.MaxValue) return SubmitResult.WrongNonce;
        bool isAuthentic = false;
        _transition.Authenticate(new ReadOnlySpan<L2Transfer>(in transfer), new Span<bool>(ref isAuthentic));
        if (!isAuthentic) return SubmitResult.BadSignature;
        _pool.Add(transfer);
        return SubmitResult.Accepted;
    }

    /// <summary>Closes a batch of pending transfers and executes it. Null if nothing fits or nothing is pending.</summary>
    /// <param name="limits">Bounds of the batch, applied together with those of the genesis.</param>
    /// <param name="nowMs">Unix time in milliseconds, for the header; a clock that runs backwards is held at the last batch closed here.</param>
    public SequencedBatch? BuildBatch(BatchLimits limits, long nowMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nowMs);
        BatchLimits most = _genesis.Parameters.BatchLimits;
        limits = new BatchLimits(Math.Min(limits.MaxTransfers, most.MaxTransfers), Math.Min(limits.MaxBytes, most.MaxBytes));
        _builder.Clear();
        var context = new BatchContext(_genesis.ChainId, (ulong)NextIndex, 0, 0);
        _effects.Begin(context);
        _state.Store.Checkpoint();
        var roots = new List<Digest32> { _state.Root() };
        var statuses = new List<TransitionStatus>();
        _pool.Take(_options.Ordering, transfer =>
        {
            if (!_builder.TryAdd(transfer, limits)) return false;
            TransitionOutcome outcome = _transition.Apply(transfer, isAuthentic: true, context, _state, _effects);
            if (!outcome.Status.IsValid()) throw new UnreachableException($"A transfer checked at the door ended as {outcome.Status}.");
            statuses.Add(outcome.Status);
            roots.Add(_state.Root());
            return true;
        });
        if (_builder.Count == 0) return null;
        _lastTimeMs = Math.Max(_lastTimeMs, nowMs);
        var output = new ArrayBufferWriter<byte>(_builder.MaxEncodedLength);
        BatchStatistics statistics = _builder.Write(output, new BatchHeader(_genesis.ChainId, NextIndex, _previousHash, _lastTimeMs, _builder.Count));
        _previousHash = new Digest32(Hashing.Keccak(output.WrittenSpan));
        var trace = new BatchTrace(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(roots));
        return new SequencedBatch(NextIndex++, output.WrittenMemory, _previousHash, trace, statuses.ToArray(), statistics);
    }
}
