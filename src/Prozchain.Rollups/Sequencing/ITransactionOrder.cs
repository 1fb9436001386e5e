namespace Prozchain.Rollups.Sequencing;

/// <summary>In which order waiting transactions get into batches.</summary>
/// <remarks>
/// An implementer permutes the places and does nothing else; the result depends on its arguments alone. Each place is then
/// filled with its sender's lowest nonce, so that no order can make a nonce fail.
/// </remarks>
public interface ITransactionOrder
{
    /// <summary>Puts places into order, the first to go in first.</summary>
    /// <param name="places">In order of arrival.</param>
    void Order(Span<WaitingPlace> places);
}

/// <summary>A place in a pool.</summary>
/// <param name="Arrival">Number of the arrival: unique, growing.</param>
/// <param name="Sender">Who sent the transaction.</param>
/// <param name="Fee">What it offers.</param>
public readonly record struct WaitingPlace(long Arrival, AccountAddress Sender, UInt128 Fee);

/// <summary>First come, first served.</summary>
public sealed class ArrivalOrder : ITransactionOrder
{
    /// <inheritdoc/>
    public void Order(Span<WaitingPlace> places)
    {
    }
}
