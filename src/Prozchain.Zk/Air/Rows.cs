namespace Prozchain.Zk.Air;

/// <summary>
/// The rows on which a constraint holds. It is not an expression, so that a selector, which a prover scales as suits
/// its arithmetic, cannot slip into a multiplicity or a message.
/// </summary>
public enum Rows
{
    /// <summary>Every row; the next row of the last one is the first.</summary>
    All,

    /// <summary>The first row. Adds one to the constraint's degree.</summary>
    First,

    /// <summary>The last row. Adds one to the constraint's degree.</summary>
    Last,

    /// <summary>Every row but the last: where the next row follows.</summary>
    Transition,
}
