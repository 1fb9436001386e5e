using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// The extension by its definition: interpolate on the subgroup, evaluate on the coset. Over <see cref="NaiveDft{TField}"/>
/// it is the readable reference; over a fast transform, a fast one. Needs no memory of its own.
/// </summary>
/// <param name="dft">The transform.</param>
/// <typeparam name="TField">The field.</typeparam>
public sealed class LowDegreeExtension<TField>(IDft<TField> dft) : ILowDegreeExtension<TField> where TField : struct, ITwoAdicField<TField>
{
    private readonly IDft<TField> _dft = dft ?? throw new ArgumentNullException(nameof(dft));

    /// <inheritdoc/>
    public void Extend(ReadOnlySpan<TField> values, TField shift, Span<TField> extended, CancellationToken cancellation = default)
    {
        if (extended.Length < values.Length) throw new ArgumentException($"Expected at least {values.Length} values, got {extended.Length}.", nameof(extended));
        if (values.Overlaps(extended)) throw new ArgumentException("Expected spans that do not overlap.", nameof(extended));
        Span<TField> coefficients = extended[..values.Length];
        _dft.Interpolate(values, TField.One, coefficients, cancellation);
        _dft.Evaluate(coefficients, shift, extended, cancellation);
    }
}
