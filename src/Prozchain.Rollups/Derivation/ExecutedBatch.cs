using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Derivation;

/// <summary>A batch after execution: what follows from the settlement layer, whoever claims what.</summary>
public sealed class ExecutedBatch
{
    private readonly TransitionStatus[] _statuses;

    internal ExecutedBatch(in PostedBatch posting, in BatchContext context, BatchVerdict verdict, int forced, TransitionStatus[] statuses, Digest32[] hashes, long[] marks, EffectLog effects)
    {
        (Posting, Context, Verdict, ForcedCount, _statuses) = (posting, context, verdict, forced, statuses);
        (TransactionHashes, Marks, Effects) = (hashes, marks, effects);
    }

    /// <summary>The batch as the Inbox ordered it.</summary>
    public PostedBatch Posting { get; }

    /// <summary>What its transactions were told of it.</summary>
    public BatchContext Context { get; }

    /// <summary>What became of its own transactions.</summary>
    public BatchVerdict Verdict { get; }

    /// <summary>How many items of the forced queue it took.</summary>
    public int ForcedCount { get; }

    /// <summary>What each forced item did, then what each own transaction did.</summary>
    public ReadOnlySpan<TransitionStatus> Statuses => _statuses;

    /// <summary>Hashes of its own transactions, in order; empty if whoever derived it did not want them.</summary>
    public ReadOnlyMemory<Digest32> TransactionHashes { get; }

    /// <summary>What left the rollup, for proofs against the exit root.</summary>
    public EffectLog Effects { get; }

    /// <summary>What forced items and transactions used of both meters.</summary>
    public ResourceUse Resources { get; internal init; }

    /// <summary>State root before it.</summary>
    public Digest32 PreRoot { get; internal init; }

    /// <summary>State root after it.</summary>
    public Digest32 PostRoot { get; internal set; }

    /// <summary>Root over what left the rollup in it.</summary>
    public Digest32 ExitRoot { get; internal init; }

    /// <summary>The chain of exit roots at it.</summary>
    public Digest32 ExitChain { get; internal init; }

    /// <summary>How many roots a claim about it has: one for each forced item and transaction; one in all if there are none.</summary>
    public int RootCount => Math.Max(1, Marks.Length);

    internal long[] Marks { get; }

    /// <summary>The state's mark before it.</summary>
    internal long Start { get; init; }

    /// <summary>What was used and said after each forced item and own transaction.</summary>
    internal StepMark[] Steps { get; init; } = [];
}
