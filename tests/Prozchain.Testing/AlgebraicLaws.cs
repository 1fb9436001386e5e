using FsCheck;

namespace Prozchain.Testing;

/// <summary>Laws generic over the type: the caller gives the values, the operations and what equal means (by default, Equals).</summary>
public sealed class AlgebraicLaws<T>(Arbitrary<T> values, IEqualityComparer<T>? equality = null)
{
    private readonly IEqualityComparer<T> _equality = equality ?? EqualityComparer<T>.Default;

    /// <summary>a + (b + c) = (a + b) + c.</summary>
    public void Associative(Func<T, T, T> add, string name) =>
        Law.Check(values, (a, b, c) => Same(add(a, add(b, c)), add(add(a, b), c)), $"{name} is associative");

    /// <summary>a + b = b + a.</summary>
    public void Commutative(Func<T, T, T> add, string name) =>
        Law.Check(values, (a, b) => Same(add(a, b), add(b, a)), $"{name} is commutative");

    /// <summary>a + 0 = 0 + a = a.</summary>
    public void Identity(Func<T, T, T> add, T zero, string name) =>
        Law.Check(values, a => Same(add(a, zero), a) && Same(add(zero, a), a), $"{name} has an identity");

    /// <summary>a + (-a) = 0, for every a that <paramref name="has"/> admits.</summary>
    public void Inverse(Func<T, T, T> add, Func<T, T> negate, T zero, string name, Func<T, bool>? has = null) =>
        Law.Check(values, a => (has is not null && !has(a)) || Same(add(a, negate(a)), zero), $"{name} has inverses");

    /// <summary>a · (b + c) = a · b + a · c, and from the right.</summary>
    public void Distributive(Func<T, T, T> multiply, Func<T, T, T> add, string name) =>
        Law.Check(
            values,
            (a, b, c) => Same(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)))
                && Same(multiply(add(b, c), a), add(multiply(b, a), multiply(c, a))),
            $"{name} distributes");

    /// <summary>decode(encode(a)) = a.</summary>
    public void RoundTrip<TEncoded>(Func<T, TEncoded> encode, Func<TEncoded, T> decode, string name) =>
        Law.Check(values, a => Same(decode(encode(a)), a), $"{name} round-trips");

    private bool Same(T x, T y) => _equality.Equals(x, y);
}
