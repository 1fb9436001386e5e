using Prozchain.Rollups;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Devnet.Stages;

/// <summary>What the rollup is by its mode: hash, keys, rows, and who makes its batches final.</summary>
/// <typeparam name="THash">The hash of its state.</typeparam>
internal abstract class RollupKind<THash> : IDisposable where THash : IStateHash
{
    /// <summary>Its rules of payments.</summary>
    public abstract PaymentRules Payments { get; }

    /// <summary>The account that gets the one deposit and pays it on; it holds nothing afterwards.</summary>
    public abstract ISigner Treasury { get; }

    /// <summary>That account as payments name it.</summary>
    public abstract AccountAddress TreasuryName { get; }

    /// <summary>Bytes of a signature in what is posted.</summary>
    public abstract int SignatureBytes { get; }

    /// <summary>Steps of a segment; 0 where none are proven.</summary>
    public virtual uint SegmentSteps => 0;

    /// <summary>Writes the state that it starts with; null for an empty one.</summary>
    public virtual Action<IStateView>? Genesis => null;

    /// <summary>The contracts' plan, where another than that of a rollup whose steps are executed again.</summary>
    /// <param name="chain">The settlement layer.</param>
    /// <param name="plan">That plan.</param>
    public virtual RollupPlan PlanOn(InProcessChain chain, RollupPlan plan) => plan;

    /// <summary>How it follows from its settlement layer.</summary>
    /// <param name="rules">What does not depend on its kind.</param>
    public abstract DerivationRules RulesOf(DerivationRules rules);

    /// <summary>How payments are posted.</summary>
    public abstract ITransactionCodec<Payment> Codec(IStateView view);

    /// <summary>Checks signatures.</summary>
    public abstract ISignatureVerifier NewVerifier();

    /// <summary>A deriver.</summary>
    public virtual Deriver<Payment, THash> NewDeriver(DerivationRules rules, IStateTransition<Payment> transition) => new(rules, transition, Codec, new PaymentAccess(rules.ChainId), Genesis);

    /// <summary>Tells it what exists by now, of which proofs are made.</summary>
    /// <param name="setup">The rollup, whose contracts are there.</param>
    /// <param name="signed">Finds a batch's payments as they were signed.</param>
    /// <param name="note">Told of what it does.</param>
    public virtual void Connect(RollupSetup<THash> setup, Func<ulong, ReadOnlyMemory<Payment>?> signed, Action<string> note)
    {
    }

    /// <summary>How senders are named once they are there, in the order in which they are paid their funds; none if as before.</summary>
    public virtual AccountAddress? NameOf(int sender) => null;

    /// <summary>Who makes batches final, and whether he is honest.</summary>
    /// <param name="setup">The rollup.</param>
    /// <param name="source">What a node knows.</param>
    /// <param name="told">What the proposer says: the same, or a lie.</param>
    public abstract IReadOnlyList<(Func<CancellationToken, ValueTask<ClaimMove>> Step, bool IsHonest)> Parties(RollupSetup setup, IClaimSource source, IClaimSource told);

    /// <summary>What an account has, and its next nonce; null if there is none.</summary>
    public abstract (ulong Nonce, UInt128 Balance)? Find(StateStore<THash> state, in AccountAddress account);

    /// <summary>What all accounts have together.</summary>
    public abstract UInt128 Sum(StateStore<THash> state);

    /// <summary>Forgets keys, and ends what it runs. May be called again.</summary>
    public abstract void Dispose();
}
