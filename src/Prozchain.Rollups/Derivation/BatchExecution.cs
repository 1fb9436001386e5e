using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Derivation;

/// <summary>Runs forced items and batches over a state, or a view of one: the same for who derives, who sequences and who proves.</summary>
internal sealed class BatchExecution<TTransaction, TView> where TView : class, IStateView
{
    /// <summary>Signatures are checked so many at a time.</summary>
    public const int Chunk = 256;

    private readonly DerivationRules _rules;
    private readonly IStateTransition<TTransaction> _transition;
    private readonly ITransactionAccess<TTransaction> _access;
    private readonly bool _isHashed;
    private readonly TView _state;
    private readonly TTransaction[] _one = new TTransaction[1];
    private readonly TTransaction[] _resolved;
    private readonly bool[] _authentic = new bool[Chunk];
    private readonly List<StepMark> _steps = [];
    private TransitionOutcome[] _outcomes = [];

    public BatchExecution(DerivationRules rules, IStateTransition<TTransaction> transition, ITransactionAccess<TTransaction> access, TView state, bool isHashed)
    {
        ArgumentNullException.ThrowIfNull(transition);
        (_rules, _transition, _access, _state, _isHashed) = (rules, transition, access, state, isHashed);
        _resolved = rules.IsBare && isHashed ? new TTransaction[Chunk] : [];
    }

    /// <summary>Runs a derived batch. The root after it is for who has it to set.</summary>
    public ExecutedBatch Execute(in PostedBatch posting, in BatchContext context, BatchVerdict verdict, in DerivedTip before, IEnumerable<ForcedItem> items, ReadOnlyMemory<TTransaction> own)
    {
        var run = new BatchRun<TTransaction>(_transition, _rules.BatchCap);
        run.Begin(context);
        var statuses = new List<TransitionStatus>();
        var marks = new List<long>();
        long start = _state.Mark();
        _steps.Clear();
        foreach (ForcedItem item in items)
        {
            statuses.Add(RunForced(run, item));
            marks.Add(_state.Mark());
            _steps.Add(new StepMark(run.Used, run.Effects.Mark()));
        }
        int forced = statuses.Count;
        ResourceUse used = run.Used;
        Digest32[] hashes = [];
        if (verdict == BatchVerdict.Executed)
        {
            if (_isHashed) hashes = new Digest32[own.Length];
            if (TryRun(run, own.Span, hashes, statuses, marks)) used = run.Used;
            else (verdict, hashes) = (BatchVerdict.OverCap, []);
        }
        Digest32 exit = run.Effects.ExitRoot();
        return new ExecutedBatch(posting, context, verdict, forced, [.. statuses], hashes, [.. marks], run.Effects)
        {
            Resources = used, PreRoot = before.Root, ExitRoot = exit, ExitChain = EffectLog.Append(before.ExitChain, exit), Start = start, Steps = [.. _steps],
        };
    }

    /// <summary>Runs an item of the queue: whatever is wrong with it, it then does nothing.</summary>
    public TransitionStatus RunForced(BatchRun<TTransaction> run, in ForcedItem item)
    {
        if (item.Sender == _rules.Bridge)
        {
            if (!BridgeContract.TryReadDeposit(item.Data, out BridgeDeposit deposit)) return TransitionStatus.Malformed;
            AccountAddress recipient = deposit.Scheme == 0 ? default : new AccountAddress(deposit.Scheme, deposit.Digest.Value);
            return run.ApplyInbound(new InboundMessage { Index = item.Index, Token = deposit.Token, Amount = deposit.Amount, Recipient = recipient, Sender = deposit.From }, _state).Status;
        }
        if (!_access.TryReadItem(item.Data, out _one[0])) return TransitionStatus.Malformed;
        _transition.Authenticate(_one, _authentic);
        InclusionResult result = run.TryInclude(_one[0], _authentic[0], _state, out TransitionOutcome outcome);
        return result == InclusionResult.NoRoom ? TransitionStatus.OverCap : outcome.Status;
    }

    // Where the mode has no signatures, all are authentic.
    private ReadOnlySpan<bool> Authenticate(ReadOnlySpan<TTransaction> transactions)
    {
        Span<bool> authentic = _authentic.AsSpan(0, transactions.Length);
        if (_rules.Signatures == SignatureMode.None)
        {
            _transition.Prepare(transactions);
            authentic.Fill(true);
        }
        else _transition.Authenticate(transactions, authentic);
        return authentic;
    }

    // As they were signed, which of a bare one the state before it knows.
    private void Hash(ReadOnlySpan<TTransaction> transactions, Span<Digest32> hashes)
    {
        if (_rules.IsBare)
        {
            transactions.CopyTo(_resolved);
            _access.Resolve(_resolved.AsSpan(0, transactions.Length), _state);
            transactions = _resolved.AsSpan(0, transactions.Length);
        }
        _access.Hash(transactions, hashes);
    }

    private bool TryRun(BatchRun<TTransaction> run, ReadOnlySpan<TTransaction> own, Span<Digest32> hashes, List<TransitionStatus> statuses, List<long> marks)
    {
        long mark = _state.Mark();
        int said = run.Effects.Mark(), before = statuses.Count;
        if (_outcomes.Length < Chunk) _outcomes = new TransitionOutcome[Chunk];
        ResourceUse used = run.Used;
        Span<long> after = stackalloc long[Chunk];
        Span<int> effects = stackalloc int[Chunk];
        for (int at = 0; at < own.Length; at += Chunk)
        {
            ReadOnlySpan<TTransaction> part = own.Slice(at, Math.Min(Chunk, own.Length - at));
            if (_isHashed) Hash(part, hashes[at..]);
            if (!run.TryExecute(part, Authenticate(part), _state, _outcomes, after, effects))
            {
                _state.Revert(mark);
                run.Effects.Revert(said);
                statuses.RemoveRange(before, statuses.Count - before);
                marks.RemoveRange(before, marks.Count - before);
                _steps.RemoveRange(before, _steps.Count - before);
                return false;
            }
            for (int i = 0; i < part.Length; i++)
            {
                statuses.Add(_outcomes[i].Status);
                marks.Add(after[i]);
                used += _outcomes[i].Resources;
                _steps.Add(new StepMark(used, effects[i]));
            }
        }
        return true;
    }
}
