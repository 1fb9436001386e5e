namespace Prozchain.Zk.Fields;

/// <summary>A field whose multiplicative group has a large subgroup of a power of two, as number-theoretic transforms need.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface ITwoAdicField<TSelf> : IField<TSelf> where TSelf : struct, ITwoAdicField<TSelf>
{
    /// <summary>The largest k such that the field has an element of order 2^k.</summary>
    static abstract int TwoAdicity { get; }

    /// <summary>A generator of the multiplicative group; the customary shift of a coset that avoids every subgroup.</summary>
    static abstract TSelf MultiplicativeGenerator { get; }

    /// <summary>
    /// A fixed element of order 2^<paramref name="bits"/>; the square of that for one bit more.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bits"/> is not in 0 to <see cref="TwoAdicity"/>.</exception>
    static abstract TSelf TwoAdicGenerator(int bits);
}
