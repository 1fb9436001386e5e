namespace Prozchain.Zk.Air;

/// <summary>The dimensions of an AIR: what a prover and a verifier must know before they see a constraint.</summary>
public sealed record AirShape
{
    /// <summary>Names the AIR in errors.</summary>
    public required string Name { get; init; }

    /// <summary>Columns of the trace, at least 1.</summary>
    public required int Width { get; init; }

    /// <summary>Columns that are fixed by the AIR and the height alone, and committed once.</summary>
    public int PreprocessedWidth { get; init; }

    /// <summary>
    /// Columns that repeat: the values of one period, as integers; its length is a power of two and at most the height.
    /// A verifier computes them.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<ulong>> Periodic { get; init; } = [];

    /// <summary>Public values that the constraints refer to.</summary>
    public int PublicValues { get; init; }

    /// <summary>The only height that a trace may have, or 0 for any power of two.</summary>
    public int Height { get; init; }
}
