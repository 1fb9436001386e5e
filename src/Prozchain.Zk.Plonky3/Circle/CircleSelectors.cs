using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Stark;

namespace Prozchain.Zk.Plonky3.Circle;

/// <summary>The selectors of rows on the circle.</summary>
internal static class CircleSelectors
{
    /// <summary>The selectors at a point; false where one has a pole, as on the trace's domain.</summary>
    /// <param name="point">The point.</param>
    /// <param name="first">The first point of the trace's domain; the last is its mirror image.</param>
    /// <param name="logRows">log2 of the trace's rows.</param>
    /// <param name="selectors">The selectors.</param>
    public static bool TryEvaluate<TValue>(CirclePoint<TValue> point, CirclePoint<TValue> first, int logRows, out Selectors<TValue> selectors)
        where TValue : struct, IField<TValue>
    {
        selectors = default;
        TValue vanishing = CirclePoint<TValue>.Vanishing(point.X, logRows) - CirclePoint<TValue>.Vanishing(first.X, logRows);
        if (vanishing == TValue.Zero || !(point - first).TryScalar(out TValue toFirst) || !(point + first).TryScalar(out TValue toLast)) return false;
        if (toFirst == TValue.Zero || toLast == TValue.Zero) return false;
        TValue scale = FieldMath.Power(TValue.FromUInt64(2), (ulong)Math.Max(2 * logRows - 1, 0)) * first.Y;
        for (int k = 1; k < logRows; k++) scale *= CirclePoint<TValue>.Vanishing(first.X, k);
        if (scale == TValue.Zero) return false;
        TValue last = vanishing * toLast.Inverse();
        selectors = new(vanishing, vanishing * toFirst.Inverse(), last, TValue.One - last * scale.Inverse());
        return true;
    }
}
