using System.Collections.Concurrent;
using System.Numerics;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// The fast transform behind <see cref="IDft{TField}"/>: any size, coset by coset, in natural order. Plans are made at the
/// first use of a size and kept. For many columns, or one coset many times, use <see cref="TransformPlan{TField}"/>.
/// </summary>
/// <typeparam name="TField">The field.</typeparam>
public sealed class FastDft<TField> : IDft<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly ConcurrentDictionary<int, TransformPlan<TField>> _forward = new(), _inverse = new();

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<TField> coefficients, TField shift, Span<TField> values, CancellationToken cancellation = default)
    {
        int logSize = Check(values.Length, shift, nameof(values));
        if (coefficients.Length > values.Length)
            throw new ArgumentException($"Expected at most {values.Length} coefficients, got {coefficients.Length}.", nameof(coefficients));
        cancellation.ThrowIfCancellationRequested();
        FieldSpans.MultiplyPowers(coefficients, shift, values);
        values[coefficients.Length..].Clear();
        _forward.GetOrAdd(logSize, static log => TransformPlan<TField>.Forward(log, TField.One, TransformOrder.Natural)).Run(values, values, cancellation);
    }

    /// <inheritdoc/>
    public void Interpolate(ReadOnlySpan<TField> values, TField shift, Span<TField> coefficients, CancellationToken cancellation = default)
    {
        int logSize = Check(values.Length, shift, nameof(values));
        if (coefficients.Length != values.Length)
            throw new ArgumentException($"Expected {values.Length} coefficients, got {coefficients.Length}.", nameof(coefficients));
        cancellation.ThrowIfCancellationRequested();
        _inverse.GetOrAdd(logSize, static log => TransformPlan<TField>.Inverse(log, TransformOrder.Natural)).Run(values, coefficients, cancellation);
        FieldSpans.MultiplyPowers<TField>(coefficients, shift.Inverse(), coefficients);
    }

    private static int Check(int length, TField shift, string name)
    {
        if (length == 0 || !BitOperations.IsPow2(length) || BitOperations.Log2((uint)length) > TField.TwoAdicity)
            throw new ArgumentException($"Expected a power of two up to 2^{TField.TwoAdicity}, got {length}.", name);
        if (shift == TField.Zero) throw new ArgumentException("Expected a shift other than zero, got zero.", nameof(shift));
        return BitOperations.Log2((uint)length);
    }
}
