using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Derivation;

/// <summary>Executes bare batches again out of their records alone, as who proves them does. Not thread-safe.</summary>
/// <typeparam name="TTransaction">The rollup's transactions.</typeparam>
/// <typeparam name="THash">The hash of its state.</typeparam>
public sealed class BatchRerun<TTransaction, THash> where THash : IStateHash
{
    private readonly DerivationRules _rules;
    private readonly IStateTransition<TTransaction> _transition;
    private readonly BatchCodec<TTransaction> _codec;
    private readonly ITransactionAccess<TTransaction> _access;
    private StatelessState<THash>? _state;
    private ExecutedBatch? _batch;

    /// <summary>Batches of one rollup.</summary>
    /// <param name="rules">What everybody agrees on; batches are bare.</param>
    /// <param name="transition">The rules of transactions.</param>
    /// <param name="codec">Their rows, for which no state is looked up.</param>
    /// <param name="access">Their form as items.</param>
    /// <exception cref="ArgumentException">Rules or a codec whose batches are not bare.</exception>
    public BatchRerun(DerivationRules rules, IStateTransition<TTransaction> transition, ITransactionCodec<TTransaction> codec, ITransactionAccess<TTransaction> access)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(access);
        if (!rules.IsBare || !codec.IsBare) throw new ArgumentException($"Expected rules and a codec of bare batches, got {rules.IsBare} and {codec.IsBare}.", nameof(rules));
        (_rules, _transition, _codec, _access) = (rules, transition, new BatchCodec<TTransaction>(codec, rules.Limits), access);
    }

    /// <summary>What its source says, with its own transactions, bare, valid until the next is read; none unless they are executed.</summary>
    /// <param name="record">Untrusted.</param>
    /// <param name="own">The transactions.</param>
    public BatchVerdict Read(BatchRecord record, out ReadOnlyMemory<TTransaction> own)
    {
        ArgumentNullException.ThrowIfNull(record);
        return BareSource.Read(_codec, record.PreRoot, record.Source, out own);
    }

    /// <summary>Executes a batch over the part of the state that is shown.</summary>
    /// <param name="record">Untrusted.</param>
    /// <param name="batch">What came of it: the same as with the whole state, but that the settlement layer's part is left out.</param>
    /// <returns>False if the part is not of the state before, or the batch needs more of it.</returns>
    public bool TryExecute(BatchRecord record, out ExecutedBatch? batch)
    {
        ArgumentNullException.ThrowIfNull(record);
        batch = _batch = null;
        if (!StatelessState<THash>.TryOpen(record.PreRoot, record.State, out _state)) return false;
        BatchVerdict verdict = Read(record, out ReadOnlyMemory<TTransaction> own);
        var posting = new PostedBatch(record.Context.Number, default, SourceKind.OffChain, default, (ulong)record.Source.Length, default, 0, record.Context.TimestampSeconds, 0, 0) { Head = record.Posting.Head };
        var before = new DerivedTip(record.Context.Number, 0, default, record.Context, default, record.PreRoot);
        var execution = new BatchExecution<TTransaction, StatelessState<THash>>(_rules, _transition, _access, _state, isHashed: false);
        ExecutedBatch executed = execution.Execute(posting, record.Context, verdict, before, record.Items, own);
        if (executed.Statuses.Contains(TransitionStatus.MissingState)) return false;
        executed.PostRoot = _state.Root();
        batch = _batch = executed;
        return true;
    }

    /// <summary>The leaf after each step of the batch that was executed last, and after Close (docs/formats/rollups-step.md): what claims and proofs of segments are about.</summary>
    /// <param name="segmentSteps">Steps of a segment; 0 for none.</param>
    /// <param name="machines">What stands after each segment that ends before Close.</param>
    /// <exception cref="InvalidOperationException">None was executed.</exception>
    public Digest32[] Leaves(uint segmentSteps, out StepMachine[] machines)
    {
        ExecutedBatch batch = _batch ?? throw new InvalidOperationException("Expected a batch that was executed, got none.");
        var roots = new Digest32[batch.Marks.Length];
        _state!.Store.RootsAt(batch.Marks, roots);
        var borders = new List<StepMachine>();
        Digest32[] leaves = StepLeaves.Of(batch.PreRoot, batch.ForcedCount, roots, batch.Steps, batch.Effects, cap: null, segmentSteps, borders);
        machines = [.. borders];
        return leaves;
    }
}
