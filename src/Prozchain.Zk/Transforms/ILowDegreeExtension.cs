using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// Extends a column: given a polynomial's values on a subgroup, its values on a larger coset. The family interface.
/// </summary>
/// <remarks>Natural order on both sides. The spans do not overlap. Serial; thread-safe.</remarks>
/// <typeparam name="TField">The field.</typeparam>
public interface ILowDegreeExtension<TField> where TField : struct, ITwoAdicField<TField>
{
    /// <summary>Extends one column.</summary>
    /// <param name="values">Values on the subgroup of their number: a power of two.</param>
    /// <param name="shift">The first point of the coset, not zero.</param>
    /// <param name="extended">Values on the coset: a power of two, at least as many.</param>
    /// <param name="cancellation">Checked now and then.</param>
    /// <exception cref="ArgumentException">A length is not as said, the shift is zero, or the spans overlap.</exception>
    void Extend(ReadOnlySpan<TField> values, TField shift, Span<TField> extended, CancellationToken cancellation = default);
}
