using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Fields;

/// <summary>
/// Operations on runs of field elements, at the vector width of the machine. Nothing allocates; results do not depend on
/// the width.
/// </summary>
/// <remarks>
/// The destination is at least as long as the inputs and is left alone beyond their length. It may start at the same
/// element as an input and otherwise overlaps none. Thread-safe.
/// </remarks>
public static class FieldSpans
{
    /// <summary>The sums, element by element.</summary>
    /// <exception cref="ArgumentException">Lengths differ, the destination is too short or overlaps an input.</exception>
    public static void Add<TField>(ReadOnlySpan<TField> left, ReadOnlySpan<TField> right, Span<TField> destination) where TField : struct, IField<TField>
    {
        SpanGuard.Check(left, right, destination);
        var kernel = new BinaryKernel<TField, AddOperation>(left, right, destination);
        TField.Dispatch(ref kernel);
    }

    /// <summary>The differences, element by element.</summary>
    /// <exception cref="ArgumentException">Lengths differ, the destination is too short or overlaps an input.</exception>
    public static void Subtract<TField>(ReadOnlySpan<TField> left, ReadOnlySpan<TField> right, Span<TField> destination) where TField : struct, IField<TField>
    {
        SpanGuard.Check(left, right, destination);
        var kernel = new BinaryKernel<TField, SubtractOperation>(left, right, destination);
        TField.Dispatch(ref kernel);
    }

    /// <summary>The products, element by element.</summary>
    /// <exception cref="ArgumentException">Lengths differ, the destination is too short or overlaps an input.</exception>
    public static void Multiply<TField>(ReadOnlySpan<TField> left, ReadOnlySpan<TField> right, Span<TField> destination) where TField : struct, IField<TField>
    {
        SpanGuard.Check(left, right, destination);
        var kernel = new BinaryKernel<TField, MultiplyOperation>(left, right, destination);
        TField.Dispatch(ref kernel);
    }

    /// <summary>Each element times a constant, plus the other: <c>left[i] * factor + right[i]</c>.</summary>
    /// <exception cref="ArgumentException">Lengths differ, the destination is too short or overlaps an input.</exception>
    public static void MultiplyAdd<TField>(ReadOnlySpan<TField> left, TField factor, ReadOnlySpan<TField> right, Span<TField> destination)
        where TField : struct, IField<TField>
    {
        SpanGuard.Check(left, right, destination);
        var kernel = new MultiplyAddKernel<TField>(left, factor, right, destination);
        TField.Dispatch(ref kernel);
    }

    /// <summary>The sum of the products, element by element; zero for none. The sum is reduced now and then, not at each term.</summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static TField DotProduct<TField>(ReadOnlySpan<TField> left, ReadOnlySpan<TField> right) where TField : struct, IField<TField>
    {
        SpanGuard.SameLength(left, right);
        var kernel = new DotKernel<TField>(left, right);
        TField.Dispatch(ref kernel);
        return kernel.Result;
    }

    /// <summary>The value at a point of the polynomial with these coefficients, constant term first: Horner, lane by lane.</summary>
    public static TField Evaluate<TField>(ReadOnlySpan<TField> coefficients, TField point) where TField : struct, IField<TField>
    {
        var kernel = new HornerKernel<TField>(coefficients, point);
        TField.Dispatch(ref kernel);
        return kernel.Result;
    }

    /// <summary>
    /// The inverses of all elements by Montgomery's trick: three multiplications each, and one inversion for every
    /// thousand or so.
    /// </summary>
    /// <exception cref="ArgumentException">The destination is too short or overlaps the input.</exception>
    /// <exception cref="DivideByZeroException">An element is zero; part of the destination may have been written.</exception>
    public static void Invert<TField>(ReadOnlySpan<TField> values, Span<TField> destination) where TField : struct, IField<TField>
    {
        SpanGuard.Check(values, destination);
        var kernel = new InvertKernel<TField>(values, destination);
        TField.Dispatch(ref kernel);
    }

    /// <summary>Each element times a power: <c>values[i] * ratio^i</c>, which moves a polynomial's coefficients to a coset.</summary>
    /// <exception cref="ArgumentException">The destination is too short or overlaps the input.</exception>
    public static void MultiplyPowers<TField>(ReadOnlySpan<TField> values, TField ratio, Span<TField> destination) where TField : struct, IField<TField>
    {
        SpanGuard.Check(values, destination);
        if (ratio == TField.One)
        {
            values.CopyTo(destination);
            return;
        }
        var kernel = new PowersKernel<TField>(values, ratio, destination);
        TField.Dispatch(ref kernel);
    }
}
