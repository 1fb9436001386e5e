namespace Prozchain.Zk.Air;

/// <summary>What is wrong with a trace.</summary>
public enum TraceFaultKind
{
    /// <summary>A constraint is not zero on a row.</summary>
    Constraint,

    /// <summary>A multiplicity exceeds the bound that the AIR states.</summary>
    Multiplicity,

    /// <summary>The multiplicities of a message do not add up to zero over all tables.</summary>
    Bus,
}

/// <summary>One thing that is wrong with a trace, named.</summary>
/// <param name="Kind">What.</param>
/// <param name="Table">The AIR; for a bus, where the message occurs first.</param>
/// <param name="Row">The row; for a bus, where the message occurs first; -1 for a message from outside.</param>
/// <param name="Constraint">The constraint with its number, or the bus.</param>
/// <param name="Value">The value that is not zero: of the constraint, the multiplicity, or the sum of those of a message.</param>
/// <param name="Message">The message on the bus, or empty.</param>
public sealed record TraceFault(TraceFaultKind Kind, string Table, int Row, string Constraint, string Value, string Message)
{
    /// <summary>The fault as a sentence.</summary>
    public override string ToString() => Kind switch
    {
        TraceFaultKind.Constraint => $"{Table}, row {Row}: expected {Constraint} = 0, got {Value}.",
        TraceFaultKind.Multiplicity => $"{Table}, row {Row}: expected a multiplicity within its bound on bus {Constraint}, got {Value} for ({Message}).",
        _ => $"{Table}, row {Row}: expected bus {Constraint} to balance, got {Value} more sent than received of ({Message}).",
    };
}
