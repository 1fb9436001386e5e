namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>The sizes of a <see cref="CudaSelfTest"/>; what the device's memory does not hold is made smaller.</summary>
public sealed record CudaSelfTestOptions
{
    /// <summary>log2 of the rows that kernels work on, 7 to 22.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int LogRows { get; init => field = Within(value, 7, 22); } = 20;

    /// <summary>Columns that kernels work on, 1 to 4096.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int Columns { get; init => field = Within(value, 1, 4096); } = 256;

    /// <summary>log2 of the rows of proofs and quotients, 5 to 20.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int LogProofRows { get; init => field = Within(value, 5, 20); } = 17;

    /// <summary>Permutations of Poseidon2 in a row, 1 to 16.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int PermutationsInARow { get; init => field = Within(value, 1, 16); } = 8;

    /// <summary>Runs that a median is of, 1 to 1000; of proofs a third of them and at least one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int Runs { get; init => field = Within(value, 1, 1000); } = 9;

    /// <summary>Whether the processor makes the same proofs too, once each, to compare times and bytes.</summary>
    public bool ProveOnProcessor { get; init; } = true;

    /// <summary>Measures only what has this in its name, and the yardsticks; empty for all.</summary>
    public string Filter { get; init; } = "";

    private static int Within(int value, int least, int most) =>
        value >= least && value <= most ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"Expected {least} to {most}.");
}
