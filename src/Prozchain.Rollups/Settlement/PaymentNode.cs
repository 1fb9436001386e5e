using System.Buffers.Binary;
using System.Collections.Immutable;
using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// A node of a payments rollup: follows it through reorganisations, and knows what claims about its
/// batches are made of, and what the contracts are held against. Keeps some 130 bytes of every batch, and the leaves of
/// those that are not final. Safe from many threads; what derives goes one at a time.
/// </summary>
/// <typeparam name="THash">The hash of the state's tree and keys, as the rollup's <see cref="RollupProfile"/> has it.</typeparam>
public sealed class PaymentNode<THash> : IClaimSource, IDerivedTruth, IDisposable where THash : IStateHash
{
    private readonly ISettlementChain _chain;
    private readonly ChainCaller _caller;
    private readonly L1Address _stateChain;
    private readonly Func<DerivationNode<Payment, THash>> _start;
    private readonly DerivationNode<Payment, THash> _node;
    private readonly PaymentStep<THash>? _steps;
    private readonly ResourceUse? _cap;
    private readonly Digest32 _genesis;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<StepItem> _items = [];
    private Digest32 _seen;
    private (ulong Block, ulong Count) _final;
    private BatchWitness<THash>? _witness;

    // The rest is read while others derive.
    private readonly Lock _lock = new();
    private readonly List<Known> _known = [];
    private readonly Dictionary<ulong, Trace> _leaves = [];
    private ImmutableDictionary<uint, DerivedTotals> _totals = ImmutableDictionary<uint, DerivedTotals>.Empty;
    private ulong _forcedTaken;

    /// <summary>A node that knows nothing yet.</summary>
    /// <param name="rules">The rollup's rules.</param>
    /// <param name="verifier">Checks signatures; this node's alone.</param>
    /// <param name="chain">The settlement layer; nothing is sent.</param>
    /// <param name="stateChain">The contract that says what is final.</param>
    /// <param name="start">
    /// Makes what derives, over rules that say that batches are listed, or bare where accounts are numbered, and have the same cap; for a
    /// dispute a second one, which derives again up to the batch in dispute and is kept while it lasts.
    /// </param>
    /// <exception cref="ArgumentException">Rules of a mode that posts no signatures.</exception>
    public PaymentNode(PaymentRules rules, ISignatureVerifier verifier, ISettlementChain chain, L1Address stateChain, Func<DerivationNode<Payment, THash>> start)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(start);
        (_chain, _caller, _stateChain, _start) = (chain, new ChainCaller(chain), stateChain, start);
        // Batches of numbered accounts are bare: no step is executed again, and no cap undoes one.
        if (rules.Layout != AccountLayout.Numbered) (_cap, _steps) = (rules.Caps.Batch, new PaymentStep<THash>(rules, verifier));
        _node = start();
        _genesis = Hashing.Pair(_node.Deriver.Tip.Root, default);
    }

    /// <summary>Steps of a segment, where parts of batches are proven (<see cref="Finality.FinalityParameters.SegmentSteps"/>); 0 where none are.</summary>
    public uint SegmentSteps { get; init; }

    /// <summary>Derives as far as it goes now.</summary>
    /// <param name="progress">Is told of each batch that this call derives; <see cref="FindAsync"/> may have derived it before.</param>
    /// <param name="cancellationToken">Ends the work between two batches; it goes on at the next call.</param>
    public async Task<DerivationStatus> SyncAsync(IProgress<ExecutedBatch>? progress, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await DeriveAsync(progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    /// <remarks>Derives first what is new. Of a batch that has been final for long there are no leaves.</remarks>
    public async ValueTask<ClaimableBatch?> FindAsync(ulong batch, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ChainBlock? newest = await _chain.FindBlockAsync(null, ChainFinality.Latest, cancellationToken).ConfigureAwait(false);
            if (newest is not { } block || block.Hash != _seen) await DeriveAsync(null, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
        lock (_lock)
        {
            if (batch >= (ulong)_known.Count) return null;
            Known known = _known[(int)batch];
            Digest32 start = batch == 0 ? _genesis : Hashing.Pair(_known[(int)batch - 1].Roots.StateRoot, _known[(int)batch - 1].Roots.ExitRoot);
            Trace trace = _leaves.GetValueOrDefault(batch);
            return new ClaimableBatch(known.Head, start, trace.Leaves, known.Roots.StateRoot, known.Roots.ExitRoot) { Operations = trace.Operations, Machines = trace.Machines };
        }
    }

    /// <inheritdoc/>
    /// <remarks>What contracts/src/StepJudge.sol reads, where the tree is of Keccak-256. The first one of a batch derives everything before it again. Empty for a batch that there is not, and where accounts are numbered: no step is executed again there.</remarks>
    public async ValueTask<ReadOnlyMemory<byte>> WitnessAsync(ulong batch, ulong step, CancellationToken cancellationToken)
    {
        if (_steps is null) return default;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Digest32 head;
            lock (_lock) head = batch < (ulong)_known.Count ? _known[(int)batch].Head : default;
            if (_witness is null || _witness.Head != head)
            {
                _witness = null;
                var again = new Again(_start(), batch, _steps);
                await again.DeriveAsync(cancellationToken).ConfigureAwait(false);
                _witness = again.Witness;
            }
            return _witness?.Head == head ? _witness.Open(step) : default(ReadOnlyMemory<byte>);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask<DerivedRoots?> FindRootsAsync(ulong batch, CancellationToken cancellationToken)
    {
        lock (_lock) return ValueTask.FromResult<DerivedRoots?>(batch < (ulong)_known.Count ? _known[(int)batch].Roots : null);
    }

    /// <inheritdoc/>
    public ValueTask<DerivedTotals?> FindTotalsAsync(uint token, CancellationToken cancellationToken)
    {
        lock (_lock) return ValueTask.FromResult<DerivedTotals?>(_known.Count == 0 ? null : _totals.GetValueOrDefault(token, new DerivedTotals(_forcedTaken, 0, 0)));
    }

    /// <summary>Ends nothing but its own waiting.</summary>
    public void Dispose() => _turn.Dispose();

    private async Task<DerivationStatus> DeriveAsync(IProgress<ExecutedBatch>? progress, CancellationToken cancellationToken)
    {
        ChainBlock? newest = await _chain.FindBlockAsync(null, ChainFinality.Latest, cancellationToken).ConfigureAwait(false);
        _seen = default;
        DerivationStatus status = await _node.SyncAsync(new Listener(this, progress), cancellationToken).ConfigureAwait(false);
        if (status.WaitsFor is null) _seen = newest?.Hash ?? default;
        lock (_lock)
        {
            Trim((int)status.Tip.NextBatch);
            (_forcedTaken, _totals) = (status.Tip.ForcedTaken, _known.Count == 0 ? _totals.Clear() : Totals(status.Tip.ForcedTaken));
        }
        await ForgetAsync(status.Finalized, cancellationToken).ConfigureAwait(false);
        return status;
    }

    // What was final at a block that never changes stays final.
    private async ValueTask ForgetAsync(ulong finalized, CancellationToken cancellationToken)
    {
        if (_leaves.Count == 0 || _final.Block > finalized) return;
        if (_witness?.Number < _final.Count) _witness = null;
        lock (_lock)
        {
            foreach (ulong batch in _leaves.Keys.Where(batch => batch < _final.Count).ToArray()) _leaves.Remove(batch);
        }
        ulong count = await _caller.NumberAsync(_stateChain, StateChainContract.FinalCount, cancellationToken).ConfigureAwait(false);
        _final = ((await _chain.FindBlockAsync(null, ChainFinality.Latest, cancellationToken).ConfigureAwait(false))?.Number ?? 0, count);
    }

    private void Trim(int count)
    {
        for (int batch = count; batch < _known.Count; batch++) _leaves.Remove((ulong)batch);
        if (count < _known.Count) _known.RemoveRange(count, _known.Count - count);
    }

    private ImmutableDictionary<uint, DerivedTotals> Totals(ulong taken) => _known[^1].Left.ToImmutableDictionary(
        static left => left.Key,
        left => new DerivedTotals(
            taken, _node.Deriver.State.Read(PaymentKeys.Supply<THash>(left.Key), out ReadOnlySpan<byte> supply) == StateReadStatus.Found ? BinaryPrimitives.ReadUInt128LittleEndian(supply) : 0, left.Value));

    private void Take(ExecutedBatch batch)
    {
        _items.Clear();
        _node.Deriver.CopySteps(_items);
        Trace trace = Leaves(batch, _node.Deriver.State);
        lock (_lock)
        {
            Trim((int)batch.Posting.Number);
            ImmutableDictionary<uint, UInt128> left = _known.Count == 0 ? ImmutableDictionary<uint, UInt128>.Empty : _known[^1].Left;
            foreach (StepItem item in _items)
                if (item.TryReadDeposit(out InboundMessage deposit) && !left.ContainsKey(deposit.Token)) left = left.Add(deposit.Token, 0);
            for (int i = 0; i < batch.Effects.Count; i++)
                if (batch.Effects[i] is { Kind: EffectKind.Withdrawal } effect) left = left.SetItem(effect.Token, left.GetValueOrDefault(effect.Token) + effect.Amount);
            _known.Add(new Known(batch.Posting.Head, new DerivedRoots(batch.PostRoot, batch.ExitRoot), left));
            _leaves[batch.Posting.Number] = trace;
        }
    }

    private Trace Leaves(ExecutedBatch batch, StateStore<THash> state)
    {
        var marks = new List<long>(batch.Marks);
        var steps = new List<StepMark>(batch.Steps);
        long mark = state.Mark();
        int said = batch.Effects.Mark();
        ResourceUse used = batch.Resources;
        Operation[] operations = SegmentSteps == 0 ? [] : Operations(batch.Effects, batch.Steps);
        var machines = new List<StepMachine>();
        // Steps go on past the cap, until Close undoes them.
        for (int i = batch.ForcedCount; _steps is not null && batch.Verdict == BatchVerdict.OverCap && i < _items.Count; i++)
        {
            used = _steps.Advance(state, batch.Effects, used, _items[i], batch.Context);
            marks.Add(state.Mark());
            steps.Add(new StepMark(used, batch.Effects.Mark()));
        }
        var roots = new Digest32[marks.Count];
        state.RootsAt([.. marks], roots);
        Digest32[] leaves = StepLeaves.Of(batch.PreRoot, batch.ForcedCount, roots, [.. steps], batch.Effects, _cap, SegmentSteps, machines);
        state.Revert(mark);
        batch.Effects.Revert(said);
        return new Trace(leaves, operations, [.. machines]);
    }

    // Each effect with the step that had it.
    private static Operation[] Operations(EffectLog effects, ReadOnlySpan<StepMark> steps)
    {
        var operations = new Operation[effects.Count];
        for (int i = 0, step = 0; i < operations.Length; i++)
        {
            for (; steps[step].Exits <= i; step++) { }
            operations[i] = new Operation((ulong)step, effects[i].Kind, effects[i].Token, effects[i].Amount);
        }
        return operations;
    }

    private readonly record struct Trace(Digest32[] Leaves, Operation[] Operations, StepMachine[] Machines);

    private readonly record struct Known(Digest32 Head, DerivedRoots Roots, ImmutableDictionary<uint, UInt128> Left);

    private sealed class Listener(PaymentNode<THash> node, IProgress<ExecutedBatch>? progress) : IProgress<ExecutedBatch>
    {
        public void Report(ExecutedBatch value)
        {
            node.Take(value);
            progress?.Report(value);
        }
    }

    // Derives up to a batch and stops there, to play its steps over the state before it.
    private sealed class Again(DerivationNode<Payment, THash> node, ulong batch, PaymentStep<THash> steps) : IProgress<ExecutedBatch>
    {
        private (PostedBatch Posting, Digest32 Head)? _before;
        private Digest32 _exitBefore;

        public BatchWitness<THash>? Witness { get; private set; }

        public async Task DeriveAsync(CancellationToken cancellationToken)
        {
            try
            {
                await node.SyncAsync(this, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (Witness is not null)
            {
            }
        }

        public void Report(ExecutedBatch value)
        {
            if (value.Posting.Number != batch)
            {
                (_before, _exitBefore) = ((value.Posting, _before?.Posting.Head ?? default), value.ExitRoot);
                return;
            }
            var items = new List<StepItem>();
            node.Deriver.CopySteps(items);
            node.Deriver.State.Revert(value.Start);
            var replay = new StepReplay<THash>(steps, node.Deriver.State, value.Context, [.. items, StepItem.Close], value.ForcedCount);
            Witness = new BatchWitness<THash>(replay, value.Posting, _before, _exitBefore, [.. node.Deriver.Taken]);
            // The state is that of the replay now.
            throw new OperationCanceledException();
        }
    }
}
