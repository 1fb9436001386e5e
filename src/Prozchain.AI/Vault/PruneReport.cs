namespace Prozchain.AI.Vault;

/// <summary>What came of removing a model.</summary>
/// <param name="Stripes">Stripes that no other live model has.</param>
/// <param name="Pieces">Their pieces that are gone now, or that another stripe shares.</param>
/// <param name="FailedStores">Stores that did not answer, and may still hold pieces.</param>
public sealed record PruneReport(int Stripes, int Pieces, IReadOnlyList<int> FailedStores);
