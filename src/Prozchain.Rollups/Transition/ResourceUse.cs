namespace Prozchain.Rollups.Transition;

/// <summary>What a transaction costs on the two meters, each with caps of its own. The same on every host. Sums stay at the largest value.</summary>
/// <param name="ExecutionGas">Work of a machine that executes.</param>
/// <param name="ProvingUnits">Work of a machine that proves the execution: what hashes and signatures cost in a circuit.</param>
public readonly record struct ResourceUse(ulong ExecutionGas, ulong ProvingUnits)
{
    /// <summary>More than anything uses.</summary>
    public static ResourceUse Unlimited { get; } = new(ulong.MaxValue, ulong.MaxValue);

    /// <summary>True if neither meter exceeds the other's.</summary>
    public bool FitsIn(in ResourceUse cap) => ExecutionGas <= cap.ExecutionGas && ProvingUnits <= cap.ProvingUnits;

    /// <summary>Sum of two uses.</summary>
    public static ResourceUse operator +(ResourceUse left, ResourceUse right) =>
        new(Sum(left.ExecutionGas, right.ExecutionGas), Sum(left.ProvingUnits, right.ProvingUnits));

    private static ulong Sum(ulong a, ulong b) => a > ulong.MaxValue - b ? ulong.MaxValue : a + b;
}
