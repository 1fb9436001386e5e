using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// A discrete Fourier transform over cosets of two-adic subgroups: between the coefficients of a polynomial and its
/// values. The family interface; <see cref="NaiveDft{TField}"/> is the oracle of every other implementation.
/// </summary>
/// <remarks>
/// Both sides are in natural order: coefficient j belongs to x^j, value k to the point
/// <c>shift * TField.TwoAdicGenerator(log2 n)^k</c>. Source and destination may start at the same element; otherwise they do
/// not overlap. Serial; thread-safe.
/// </remarks>
/// <typeparam name="TField">The field.</typeparam>
public interface IDft<TField> where TField : struct, ITwoAdicField<TField>
{
    /// <summary>Evaluates a polynomial on a coset.</summary>
    /// <param name="coefficients">At most as many as values; the missing ones are zero.</param>
    /// <param name="shift">The coset's first point, not zero; one for the subgroup itself.</param>
    /// <param name="values">As many as the coset has points: a power of two, at most 2^TwoAdicity.</param>
    /// <param name="cancellation">Checked now and then.</param>
    /// <exception cref="ArgumentException">A length is not as said, or the shift is zero.</exception>
    void Evaluate(ReadOnlySpan<TField> coefficients, TField shift, Span<TField> values, CancellationToken cancellation = default);

    /// <summary>Finds the one polynomial of degree below n with these n values on a coset.</summary>
    /// <param name="values">As many as the coset has points: a power of two, at most 2^TwoAdicity.</param>
    /// <param name="shift">The coset's first point, not zero; one for the subgroup itself.</param>
    /// <param name="coefficients">As many as values.</param>
    /// <param name="cancellation">Checked now and then.</param>
    /// <exception cref="ArgumentException">A length is not as said, or the shift is zero.</exception>
    void Interpolate(ReadOnlySpan<TField> values, TField shift, Span<TField> coefficients, CancellationToken cancellation = default);
}
