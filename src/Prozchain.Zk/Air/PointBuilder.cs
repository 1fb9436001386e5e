using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>
/// The values of all columns at one point: a row of the trace in the base field (the checker), or the openings at an
/// out-of-domain point in an extension, into which periodic and public values are embedded (the verifier).
/// </summary>
/// <typeparam name="TField">The field.</typeparam>
public readonly ref struct AirPoint<TField> where TField : struct, IField<TField>
{
    /// <summary>The columns in the row at hand.</summary>
    public required ReadOnlySpan<TField> Local { get; init; }

    /// <summary>The columns in the next row.</summary>
    public required ReadOnlySpan<TField> Next { get; init; }

    /// <summary>The preprocessed columns in the row at hand.</summary>
    public ReadOnlySpan<TField> Preprocessed { get; init; }

    /// <summary>The preprocessed columns in the next row.</summary>
    public ReadOnlySpan<TField> PreprocessedNext { get; init; }

    /// <summary>The periodic columns.</summary>
    public ReadOnlySpan<TField> Periodic { get; init; }

    /// <summary>The public values.</summary>
    public ReadOnlySpan<TField> Public { get; init; }
}

/// <summary>Evaluates the constraints of an AIR at a point and hands each value to a sink. Allocates nothing.</summary>
/// <typeparam name="TField">The field of the point.</typeparam>
/// <typeparam name="TSink">What takes the values.</typeparam>
public ref struct PointBuilder<TField, TSink>(AirPoint<TField> point, TSink sink) : IAirBuilder<FieldValue<TField>>
    where TField : struct, IField<TField>
    where TSink : IAirSink<TField>
{
    private readonly AirPoint<TField> _point = point;
    private TSink _sink = sink;

    /// <summary>The sink as it is after what it has taken.</summary>
    public readonly TSink Sink => _sink;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly FieldValue<TField> Local(int column) => new(_point.Local[column]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly FieldValue<TField> Next(int column) => new(_point.Next[column]);

    /// <inheritdoc/>
    public readonly FieldValue<TField> Preprocessed(int column) => new(_point.Preprocessed[column]);

    /// <inheritdoc/>
    public readonly FieldValue<TField> PreprocessedNext(int column) => new(_point.PreprocessedNext[column]);

    /// <inheritdoc/>
    public readonly FieldValue<TField> Periodic(int column) => new(_point.Periodic[column]);

    /// <inheritdoc/>
    public readonly FieldValue<TField> Public(int index) => new(_point.Public[index]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly FieldValue<TField> Constant(ulong value) => new(TField.FromUInt64(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AssertZero(Rows rows, FieldValue<TField> value, string label, int index = -1) => _sink.Constraint(rows, value.Value, label, index);

    /// <inheritdoc/>
    public void Interact(Bus bus, BusDirection direction, FieldValue<TField> multiplicity, scoped ReadOnlySpan<FieldValue<TField>> message, uint bound)
    {
        if (message.Length != bus.Length) throw new ArgumentException($"Expected {bus.Length} elements on bus {bus.Name}, got {message.Length}.", nameof(message));
        _sink.Interaction(bus, direction, multiplicity.Value, message, bound);
    }
}
