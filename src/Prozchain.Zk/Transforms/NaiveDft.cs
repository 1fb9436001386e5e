using System.Numerics;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// The transform by its definition, in n^2 multiplications: the readable reference. Allocates nothing after a first use;
/// its scratch is rented and cleared.
/// </summary>
/// <typeparam name="TField">The field.</typeparam>
public sealed class NaiveDft<TField> : IDft<TField> where TField : struct, ITwoAdicField<TField>
{
    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<TField> coefficients, TField shift, Span<TField> values, CancellationToken cancellation = default)
    {
        TField generator = Generator(values.Length, shift, nameof(values));
        if (coefficients.Length > values.Length)
            throw new ArgumentException($"Expected at most {values.Length} coefficients, got {coefficients.Length}.", nameof(coefficients));
        using var copy = new Scratch<TField>(coefficients);
        TField point = shift;
        foreach (ref TField value in values)
        {
            cancellation.ThrowIfCancellationRequested();
            value = FieldMath.Evaluate(copy.Span, point);
            point *= generator;
        }
    }

    /// <inheritdoc/>
    public void Interpolate(ReadOnlySpan<TField> values, TField shift, Span<TField> coefficients, CancellationToken cancellation = default)
    {
        TField generator = Generator(values.Length, shift, nameof(values)).Inverse();
        if (coefficients.Length != values.Length)
            throw new ArgumentException($"Expected {values.Length} coefficients, got {coefficients.Length}.", nameof(coefficients));
        using var copy = new Scratch<TField>(values);
        // Coefficient j is shift^-j / n times the value at generator^-j of the polynomial whose coefficients are the values.
        TField point = TField.One, scale = TField.FromUInt64((ulong)values.Length).Inverse(), unshift = shift.Inverse();
        foreach (ref TField coefficient in coefficients)
        {
            cancellation.ThrowIfCancellationRequested();
            coefficient = FieldMath.Evaluate(copy.Span, point) * scale;
            point *= generator;
            scale *= unshift;
        }
    }

    private static TField Generator(int length, TField shift, string name)
    {
        if (length == 0 || !BitOperations.IsPow2(length) || BitOperations.Log2((uint)length) > TField.TwoAdicity)
            throw new ArgumentException($"Expected a power of two up to 2^{TField.TwoAdicity}, got {length}.", name);
        if (shift == TField.Zero) throw new ArgumentException("Expected a shift other than zero, got zero.", nameof(shift));
        return TField.TwoAdicGenerator(BitOperations.Log2((uint)length));
    }
}
