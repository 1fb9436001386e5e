namespace Prozchain.Rollups.Transition;

/// <summary>
/// The rules of a rollup as one pure function: what one transaction does to a state. No I/O, clock, randomness or
/// floating point; the same transaction over the same state gives the same writes and the same outcome on every host,
/// for ever, because an assertion is judged by running it again.
/// </summary>
/// <typeparam name="TTransaction">The transactions of this rollup.</typeparam>
/// <remarks>
/// A transaction never faults: an invalid one has a status and no effect. An implementer writes nothing before it has
/// read every key that it will write. The signature part is apart from the rest only so that a host can check the
/// signatures of many transactions together and replay a state without checking them twice.
/// </remarks>
public interface IStateTransition<TTransaction>
{
    /// <summary>Says for each transaction whether its signature is valid. Looks at no state.</summary>
    /// <param name="transactions">Any number.</param>
    /// <param name="results">At least as long; the answer for each transaction at its index.</param>
    void Authenticate(ReadOnlySpan<TTransaction> transactions, Span<bool> results);

    /// <summary>Applies one transaction.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="isAuthentic">What <see cref="Authenticate"/> said about it.</param>
    /// <param name="state">Where to read and write.</param>
    TransitionOutcome Apply<TView>(in TTransaction transaction, bool isAuthentic, TView state) where TView : IStateView;
}
