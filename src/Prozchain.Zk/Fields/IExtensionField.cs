namespace Prozchain.Zk.Fields;

/// <summary>A field that contains a smaller one: elements are polynomials in x over the base field, reduced.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
/// <typeparam name="TBase">The base field.</typeparam>
public interface IExtensionField<TSelf, TBase> : IField<TSelf>
    where TSelf : struct, IExtensionField<TSelf, TBase>
    where TBase : struct, IField<TBase>
{
    /// <summary>The degree over the base field: coefficients of an element.</summary>
    static abstract int Degree { get; }

    /// <summary>The coefficient of x^<paramref name="power"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The power is not in 0 to Degree - 1.</exception>
    TBase this[int power] { get; }

    /// <summary>The element with these coefficients, constant term first.</summary>
    /// <exception cref="ArgumentException">There are not Degree coefficients.</exception>
    static abstract TSelf FromCoefficients(ReadOnlySpan<TBase> coefficients);

    /// <summary>The image of an element of the base field.</summary>
    static abstract TSelf FromBase(TBase value);

    /// <summary>The product with an element of the base field.</summary>
    static abstract TSelf operator *(TSelf left, TBase right);

    /// <summary>The power of the base field's order: the automorphism that fixes the base field.</summary>
    TSelf Frobenius();
}
