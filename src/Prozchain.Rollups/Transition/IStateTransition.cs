namespace Prozchain.Rollups.Transition;

/// <summary>
/// The rules of a rollup as one pure function: what one transaction does to a state. No I/O, clock, randomness or
/// floating point; the same transaction over the same state gives the same writes, the same effects and the same
/// outcome on every host, for ever, because an assertion is judged by running it again.
/// </summary>
/// <typeparam name="TTransaction">The transactions of this rollup.</typeparam>
/// <remarks>
/// A transaction never faults and never throws, whatever its fields hold: an invalid one has a status and no effect, one
/// that fails has paid and has no other effect, and one that lacks state of the view has none at all. What a
/// transaction uses of each meter stays within the rules' cap for one transaction. The signature part is apart from the rest only
/// so that a host can check the signatures of many transactions together and replay a state without checking them
/// twice. Need not be thread-safe.
/// </remarks>
public interface IStateTransition<TTransaction>
{
    /// <summary>Says for each transaction whether its signatures are valid. Looks at no state.</summary>
    /// <param name="transactions">Any number.</param>
    /// <param name="results">At least as long; the answer for each transaction at its index.</param>
    void Authenticate(ReadOnlySpan<TTransaction> transactions, Span<bool> results);

    /// <summary>Says that transactions are about to be applied, which lets work be done for many at once. Changes no result.</summary>
    /// <param name="transactions">In their order.</param>
    void Prepare(ReadOnlySpan<TTransaction> transactions)
    {
    }

    /// <summary>Applies one transaction.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="isAuthentic">What <see cref="Authenticate"/> said about it.</param>
    /// <param name="context">The batch.</param>
    /// <param name="state">Where to read and write.</param>
    /// <param name="effects">Where what leaves the rollup is noted.</param>
    TransitionOutcome Apply<TView>(in TTransaction transaction, bool isAuthentic, in BatchContext context, TView state, EffectLog effects) where TView : IStateView;

    /// <summary>Applies a message from the settlement layer, which nothing can refuse: tokens that cannot be credited go back.</summary>
    /// <param name="message">The message; its tokens are in the bridge.</param>
    /// <param name="context">The batch.</param>
    /// <param name="state">Where to read and write.</param>
    /// <param name="effects">Where what leaves the rollup is noted.</param>
    TransitionOutcome ApplyInbound<TView>(in InboundMessage message, in BatchContext context, TView state, EffectLog effects) where TView : IStateView;
}
