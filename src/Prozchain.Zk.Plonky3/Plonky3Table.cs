using Prozchain.Zk.Air;

namespace Prozchain.Zk.Plonky3;

/// <summary>
/// A table of a statement. Every interaction of the AIR is one lookup of the peer, whose count is the multiplicity, negated
/// on the receiving side; buses are told apart by name. Periodic columns are not part of the profile.
/// </summary>
/// <param name="Air">The constraints.</param>
/// <param name="LogRows">
/// log2 of the rows, or -1 if a proof may have any; it must be said for an AIR with preprocessed columns, whose values the
/// verifier commits to itself.
/// </param>
public sealed record Plonky3Table(IAir Air, int LogRows = -1)
{
    /// <summary>Whether the trace is opened at the next point: so the peer has it unless the AIR says that it reads no next row.</summary>
    public bool OpensNext { get; init; } = true;

    /// <summary>The same of the preprocessed columns.</summary>
    public bool OpensPreprocessedNext { get; init; } = true;
}
