using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>
/// Sums the constraints by powers of a challenge, the first constraint with the highest: what a verifier compares with
/// the quotient. Interactions are left to the lookup argument.
/// </summary>
/// <typeparam name="TField">The challenge field, in which the point lies.</typeparam>
/// <param name="challenge">The challenge.</param>
/// <param name="first">The selector of the first row at the point, in the scale of the protocol.</param>
/// <param name="last">The selector of the last row.</param>
/// <param name="transition">The selector of every row but the last.</param>
public struct ConstraintFolder<TField>(TField challenge, TField first, TField last, TField transition) : IAirSink<TField>
    where TField : struct, IField<TField>
{
    /// <summary>The sum of the constraints so far.</summary>
    public TField Sum { get; private set; } = TField.Zero;

    /// <inheritdoc/>
    public void Constraint(Rows rows, TField value, string label, int index) => Sum = Sum * challenge + rows switch
    {
        Rows.First => first * value,
        Rows.Last => last * value,
        Rows.Transition => transition * value,
        _ => value,
    };

    /// <inheritdoc/>
    public readonly void Interaction(Bus bus, BusDirection direction, TField multiplicity, scoped ReadOnlySpan<FieldValue<TField>> message, uint bound) { }
}
