namespace Prozchain.Rollups.Sequencing;

/// <summary>In which order pending transfers get into batches.</summary>
/// <remarks>
/// An implementer permutes the span and does nothing else; the result depends on its contents alone. Where an order
/// puts a sender's transfers out of turn, the sequencer keeps the places and fills each with that sender's next one, so
/// that no policy can make a nonce fail.
/// </remarks>
public interface IOrderingPolicy
{
    /// <summary>Puts the transfers into order, the first to go in first. They come in order of arrival.</summary>
    void Order(Span<PendingTransfer> pending);
}

/// <summary>First come, first served: the default.</summary>
public sealed class FirstInFirstOut : IOrderingPolicy
{
    /// <inheritdoc/>
    public void Order(Span<PendingTransfer> pending) => pending.Sort(static (left, right) => left.Arrival.CompareTo(right.Arrival));
}
