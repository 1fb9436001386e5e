using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Circle;

/// <summary>A point of x^2 + y^2 = 1 over Mersenne31 or an extension; the sum of points is the product of x + iy.</summary>
internal readonly record struct CirclePoint<TField>(TField X, TField Y) where TField : struct, IField<TField>
{
    public static CirclePoint<TField> operator +(CirclePoint<TField> a, CirclePoint<TField> b) => new(a.X * b.X - a.Y * b.Y, a.X * b.Y + a.Y * b.X);

    public static CirclePoint<TField> operator -(CirclePoint<TField> a, CirclePoint<TField> b) => a + -b;

    public static CirclePoint<TField> operator -(CirclePoint<TField> a) => new(a.X, -a.Y);

    /// <summary>The point that a scalar t stands for; t^2 must not be -1, which it is not in extensions of odd degree.</summary>
    public static CirclePoint<TField> OfScalar(TField t)
    {
        TField square = t * t, inverse = (TField.One + square).Inverse();
        return new((TField.One - square) * inverse, (t + t) * inverse);
    }

    /// <summary>The scalar of a point; false for (-1, 0), which has none.</summary>
    public bool TryScalar(out TField t)
    {
        t = TField.Zero;
        TField denominator = X + TField.One;
        if (denominator == TField.Zero) return false;
        t = Y * denominator.Inverse();
        return true;
    }

    /// <summary>This point, so many times.</summary>
    public CirclePoint<TField> Times(int count)
    {
        CirclePoint<TField> sum = new(TField.One, TField.Zero), power = this;
        for (; count > 0; count >>= 1, power += power)
            if ((count & 1) != 0) sum += power;
        return sum;
    }

    /// <summary>x doubled <paramref name="k"/> - 1 times by x -> 2x^2 - 1: it vanishes on the x of a domain of 2^k points, up to a constant.</summary>
    public static TField Vanishing(TField x, int k)
    {
        for (; k > 1; k--) x = Double(x);
        return x;
    }

    public static TField Double(TField x) => x * x + x * x - TField.One;
}
