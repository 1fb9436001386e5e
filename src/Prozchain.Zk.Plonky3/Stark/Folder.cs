using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>Sums an AIR's constraints by powers of a challenge, the first with the highest power, and gathers its lookups.</summary>
internal struct Folder<TValue, TExt, TLift>(TExt challenge, Selectors<TValue> selectors, LookupRow<TExt>? lookups) : IAirSink<TValue>
    where TValue : struct, IField<TValue>
    where TExt : struct, IField<TExt>
    where TLift : struct, ILift<TValue, TExt>
{
    public TExt Sum { get; private set; } = TExt.Zero;

    public void Constraint(Rows rows, TValue value, string label, int index) => Sum = Sum * challenge + TLift.Lift(rows switch
    {
        Rows.First => selectors.First * value,
        Rows.Last => selectors.Last * value,
        Rows.Transition => selectors.Transition * value,
        _ => value,
    });

    public readonly void Interaction(Bus bus, BusDirection direction, TValue multiplicity, scoped ReadOnlySpan<FieldValue<TValue>> message, uint bound) =>
        lookups?.Add<TValue, TLift>(TLift.Lift(direction == BusDirection.Send ? multiplicity : -multiplicity), message);
}
