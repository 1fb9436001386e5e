using Prozchain.Zk.Tests.Air;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>What became of the changes of an AIR's tables.</summary>
/// <param name="Coverage">Of its constraints and interactions.</param>
/// <param name="PublicValues">Of which public values a change was found.</param>
internal sealed record MutatedAir(MutationCoverage Coverage, bool[] PublicValues)
{
    /// <summary>Whether a table had real rows.</summary>
    public bool HasReal { get; set; }

    /// <summary>Whether a table had padding rows.</summary>
    public bool HasPadding { get; set; }

    /// <summary>Cells, about, that are still to be changed in search of what one constraint alone finds.</summary>
    public int Unsought { get; set; }
}
