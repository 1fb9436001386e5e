using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>What becomes of the constraints and interactions that an AIR states at one point; see <see cref="PointBuilder{TField, TSink}"/>.</summary>
/// <typeparam name="TField">The field of the point.</typeparam>
public interface IAirSink<TField> where TField : struct, IField<TField>
{
    /// <summary>Takes the value of the next constraint, without its selector.</summary>
    void Constraint(Rows rows, TField value, string label, int index);

    /// <summary>Takes the values of the next interaction.</summary>
    void Interaction(Bus bus, BusDirection direction, TField multiplicity, scoped ReadOnlySpan<FieldValue<TField>> message, uint bound);
}
