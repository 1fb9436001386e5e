namespace Prozchain.DataAvailability.Sampling;

/// <summary>How a search for a header ended.</summary>
/// <param name="Header">The header, which has the data root asked for; null if no source had it.</param>
/// <param name="Sources">What each source did, in the order given.</param>
public readonly record struct HeaderResult(SquareHeader? Header, IReadOnlyList<HeaderOutcome> Sources);
