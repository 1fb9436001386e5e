namespace Prozchain.Zk.Plonky3;

/// <summary>
/// The constants of a Poseidon2 permutation (eprint 2023/323) other than the published instances, as integers below the
/// prime: for a chain that draws its own.
/// </summary>
/// <remarks>
/// The width is that of a round, 16 or 24. The external matrix is circ(2, 3, 1, 1) in blocks; the internal one is all ones
/// plus <see cref="Diagonal"/>.
/// </remarks>
public sealed record Plonky3Poseidon2
{
    /// <summary>For each full round before the partial ones, a constant for each element.</summary>
    public required IReadOnlyList<ReadOnlyMemory<uint>> ExternalInitial { get; init; }

    /// <summary>For each partial round, the constant of the first element.</summary>
    public required ReadOnlyMemory<uint> Internal { get; init; }

    /// <summary>For each full round after the partial ones, a constant for each element.</summary>
    public required IReadOnlyList<ReadOnlyMemory<uint>> ExternalFinal { get; init; }

    /// <summary>The diagonal of the internal matrix, less one.</summary>
    public required ReadOnlyMemory<uint> Diagonal { get; init; }
}
