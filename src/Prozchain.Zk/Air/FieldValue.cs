using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>An element of any field, base or extension, as an expression. The wrapper costs nothing once compiled.</summary>
/// <typeparam name="TField">The field.</typeparam>
/// <param name="Value">The element.</param>
public readonly record struct FieldValue<TField>(TField Value) : IAirExpression<FieldValue<TField>> where TField : struct, IField<TField>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FieldValue<TField> operator +(FieldValue<TField> left, FieldValue<TField> right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FieldValue<TField> operator -(FieldValue<TField> left, FieldValue<TField> right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FieldValue<TField> operator *(FieldValue<TField> left, FieldValue<TField> right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FieldValue<TField> operator -(FieldValue<TField> value) => new(-value.Value);
}
