using Prozchain.DataAvailability.Rows;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>How a search for what checks the rows of a commitment ended.</summary>
/// <param name="Verifier">Checks rows of the commitment asked for; null if no source had what it takes.</param>
/// <param name="Sources">What each source did, in the order given.</param>
public readonly record struct RowSearchResult(RowVerifier? Verifier, IReadOnlyList<HeaderOutcome> Sources);
