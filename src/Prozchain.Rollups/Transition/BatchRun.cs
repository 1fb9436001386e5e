namespace Prozchain.Rollups.Transition;

/// <summary>What became of a transaction that a builder tried to put in a batch.</summary>
public enum InclusionResult
{
    /// <summary>It is in the batch.</summary>
    Included,

    /// <summary>It is invalid: not in the batch, and no effect.</summary>
    Invalid,

    /// <summary>The batch has no room for it on one of the meters: not in the batch, and no effect. It may fit in the next.</summary>
    NoRoom,
}

/// <summary>
/// Runs the transactions of a batch over a view, within the batch's cap: one by one for a builder, all together for who
/// derives. Used again for the next batch. Not thread-safe.
/// </summary>
/// <param name="transition">The rules.</param>
/// <param name="cap">The cap of a batch on both meters.</param>
public sealed class BatchRun<TTransaction>(IStateTransition<TTransaction> transition, ResourceUse cap)
{
    private BatchContext _context;
    private MeterBook _book;

    /// <summary>What leaves the rollup with this batch.</summary>
    public EffectLog Effects { get; } = new();

    /// <summary>What the transactions of this batch used.</summary>
    public ResourceUse Used => _book.Used;

    /// <summary>Starts a batch.</summary>
    public void Begin(in BatchContext context)
    {
        _context = context;
        _book = new MeterBook(cap);
        Effects.Begin(context);
    }

    /// <summary>Applies a transaction if it is valid and fits.</summary>
    public InclusionResult TryInclude<TView>(in TTransaction transaction, bool isAuthentic, TView state, out TransitionOutcome outcome) where TView : IStateView
    {
        long mark = state.Mark();
        int said = Effects.Mark();
        outcome = transition.Apply(transaction, isAuthentic, _context, state, Effects);
        if (!outcome.Status.IsValid()) return InclusionResult.Invalid;
        if (_book.TryAdd(outcome.Resources)) return InclusionResult.Included;
        state.Revert(mark);
        Effects.Revert(said);
        return InclusionResult.NoRoom;
    }

    /// <summary>Applies a message from the settlement layer, which nothing refuses: it takes of the batch's room what there is.</summary>
    public TransitionOutcome ApplyInbound<TView>(in InboundMessage message, TView state) where TView : IStateView
    {
        TransitionOutcome outcome = transition.ApplyInbound(message, _context, state, Effects);
        _book.TryAdd(outcome.Resources);
        return outcome;
    }

    /// <summary>
    /// Applies all transactions of a posted batch, the invalid ones too, which use what they use and do nothing. False,
    /// without effect, if together they cross the cap: then the batch counts as empty.
    /// </summary>
    /// <param name="transactions">The batch.</param>
    /// <param name="authentic">What the transition said about each.</param>
    /// <param name="state">Where to read and write.</param>
    /// <param name="outcomes">The outcome of each, if there is room; what is beyond its length is not wanted.</param>
    /// <param name="marks">A mark after each, as far as there is room.</param>
    /// <param name="said">How many effects there are after each, as far as there is room.</param>
    public bool TryExecute<TView>(ReadOnlySpan<TTransaction> transactions, ReadOnlySpan<bool> authentic, TView state, Span<TransitionOutcome> outcomes = default, Span<long> marks = default, Span<int> said = default) where TView : IStateView
    {
        if (authentic.Length < transactions.Length) throw new ArgumentException($"Expected {transactions.Length} answers, got {authentic.Length}.", nameof(authentic));
        long mark = state.Mark();
        int effects = Effects.Mark();
        MeterBook before = _book;
        for (int i = 0; i < transactions.Length; i++)
        {
            TransitionOutcome outcome = transition.Apply(transactions[i], authentic[i], _context, state, Effects);
            if (i < outcomes.Length) outcomes[i] = outcome;
            if (i < marks.Length) marks[i] = state.Mark();
            if (i < said.Length) said[i] = Effects.Mark();
            if (_book.TryAdd(outcome.Resources)) continue;
            state.Revert(mark);
            Effects.Revert(effects);
            _book = before;
            return false;
        }
        return true;
    }
}
