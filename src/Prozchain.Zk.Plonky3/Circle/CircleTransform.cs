using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Circle;

/// <summary>
/// Between values on a domain, in the order of committed rows, and coefficients of y^b0 x^b1 v_2(x)^b2 ..., the number of
/// a coefficient being its bits b: a split by y, then by x and its doublings. O(n log n).
/// </summary>
internal static class CircleTransform
{
    /// <summary>Extends a column from its domain to the one 2^<paramref name="addedBits"/> times as large, in the order of committed rows.</summary>
    public static Mersenne31[] Extend(ReadOnlySpan<Mersenne31> column, int addedBits)
    {
        int logSize = System.Numerics.BitOperations.Log2((uint)column.Length);
        var values = new Mersenne31[column.Length];
        for (int row = 0; row < values.Length; row++) values[row] = column[CircleDomain.IndexOfRow(logSize, row)];
        var coefficients = new Mersenne31[column.Length << addedBits];
        Interpolate(values).CopyTo(coefficients, 0);
        return Values(coefficients);
    }

    /// <summary>The coefficients of the function that takes values in the order of committed rows.</summary>
    public static Mersenne31[] Interpolate(ReadOnlySpan<Mersenne31> values) =>
        Interpolate(values.ToArray(), Factors(System.Numerics.BitOperations.Log2((uint)values.Length)), 0);

    /// <summary>The values, in the order of committed rows, of the function with these coefficients.</summary>
    public static Mersenne31[] Values(ReadOnlySpan<Mersenne31> coefficients) =>
        Evaluate(coefficients.ToArray(), Factors(System.Numerics.BitOperations.Log2((uint)coefficients.Length)), 0);

    /// <summary>The value at a point of the function with these coefficients.</summary>
    public static TExt Evaluate<TExt>(ReadOnlySpan<Mersenne31> coefficients, CirclePoint<TExt> point) where TExt : struct, IExtensionField<TExt, Mersenne31>
    {
        var values = new TExt[coefficients.Length];
        for (int i = 0; i < values.Length; i++) values[i] = TExt.FromBase(coefficients[i]);
        TExt factor = point.Y;
        for (int length = values.Length / 2, level = 0; length > 0; length /= 2, level++)
        {
            for (int k = 0; k < length; k++) values[k] = values[2 * k] + factor * values[2 * k + 1];
            factor = level == 0 ? point.X : CirclePoint<TExt>.Double(factor);
        }
        return values[0];
    }

    // For each level, what the two halves of a pair differ by the sign of.
    private static Mersenne31[][] Factors(int logSize)
    {
        var factors = new Mersenne31[logSize][];
        for (int level = 0; level < logSize; level++)
        {
            factors[level] = new Mersenne31[1 << (logSize - 1 - level)];
            for (int k = 0; k < factors[level].Length; k++)
            {
                CirclePoint<Mersenne31> point = CircleDomain.RowPoint(logSize, k << (level + 1));
                factors[level][k] = level == 0 ? point.Y : CirclePoint<Mersenne31>.Vanishing(point.X, level);
            }
        }
        return factors;
    }

    private static Mersenne31[] Interpolate(Mersenne31[] values, Mersenne31[][] factors, int level)
    {
        if (values.Length == 1) return values;
        int half = values.Length / 2;
        Mersenne31[] even = new Mersenne31[half], odd = new Mersenne31[half], inverses = new Mersenne31[half];
        FieldSpans.Invert<Mersenne31>(factors[level], inverses);
        for (int k = 0; k < half; k++)
        {
            even[k] = (values[2 * k] + values[2 * k + 1]).Halve();
            odd[k] = (values[2 * k] - values[2 * k + 1]).Halve() * inverses[k];
        }
        even = Interpolate(even, factors, level + 1);
        odd = Interpolate(odd, factors, level + 1);
        for (int k = 0; k < half; k++) (values[2 * k], values[2 * k + 1]) = (even[k], odd[k]);
        return values;
    }

    private static Mersenne31[] Evaluate(Mersenne31[] coefficients, Mersenne31[][] factors, int level)
    {
        if (coefficients.Length == 1) return coefficients;
        int half = coefficients.Length / 2;
        Mersenne31[] even = new Mersenne31[half], odd = new Mersenne31[half];
        for (int k = 0; k < half; k++) (even[k], odd[k]) = (coefficients[2 * k], coefficients[2 * k + 1]);
        even = Evaluate(even, factors, level + 1);
        odd = Evaluate(odd, factors, level + 1);
        for (int k = 0; k < half; k++)
        {
            Mersenne31 product = factors[level][k] * odd[k];
            (coefficients[2 * k], coefficients[2 * k + 1]) = (even[k] + product, even[k] - product);
        }
        return coefficients;
    }
}
