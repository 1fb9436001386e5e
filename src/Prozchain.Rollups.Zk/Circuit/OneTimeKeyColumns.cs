namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The columns of <see cref="OneTimeKeyAir{TCells}"/>.</summary>
internal static class OneTimeKeyColumns
{
    /// <summary>The permutation's input, 16.</summary>
    public const int In = 0;

    /// <summary>The row is a step of the pair's first chain, of its second, absorbs two ends, or climbs a level; none: unused.</summary>
    public const int StepA = In + 16, StepB = StepA + 1, Absorb = StepB + 1, Climb = Absorb + 1;

    /// <summary>Number of the signature, 2 transaction + role.</summary>
    public const int Signature = Climb + 1;

    /// <summary>Number of the pair of chains, or the level.</summary>
    public const int Place = Signature + 1;

    /// <summary>The parameter P, 3; nothing while climbing.</summary>
    public const int Parameter = Place + 1;

    /// <summary>The index i; while climbing, i without the digits of the levels below.</summary>
    public const int KeyIndex = Parameter + HashParameter;

    /// <summary>The digest so far, 6: what the leaf's sum has absorbed, then the node.</summary>
    public const int Hash = KeyIndex + 1;

    /// <summary>End of the pair's first chain, 5, once its steps are behind.</summary>
    public const int End = Hash + StateElements;

    /// <summary>Steps so far of the pair's first chain and of its second; while climbing, whether the node is its parent's second child and its third.</summary>
    public const int CountA = End + ValueElements, CountB = CountA + 1;

    /// <summary>The permutation's cells with 6 outputs, to the end.</summary>
    public const int Cells = CountB + 1;

    /// <summary>Elements of the state, of a value, and of P.</summary>
    public const int StateElements = 6, ValueElements = 5, HashParameter = 3;

    /// <summary>Pairs of chains, and so rows that absorb.</summary>
    public const int Pairs = 32;
}
