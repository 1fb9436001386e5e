using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>
/// Periodic columns off the trace. With period P of N rows the column is q(x^(N/P)), q being the polynomial of degree
/// below P through the values of one period.
/// </summary>
internal static class PeriodicColumns
{
    /// <summary>
    /// The values on a block: of 2^m of them, value i stands for the 2^(logBlock - m) neighbouring positions from
    /// i * 2^(logBlock - m) on, in bit-reversed order. A block may have fewer points than the trace has rows.
    /// </summary>
    public static TField[] OnBlock<TField>(ReadOnlySpan<ulong> period, int logRows, int logBlock, TField shift) where TField : unmanaged, ITwoAdicField<TField>
    {
        int logPeriod = BitOperations.Log2((uint)period.Length), logSize = Math.Max(0, logPeriod + logBlock - logRows), size = 1 << logSize;
        var values = new TField[Math.Max(size, period.Length)];
        for (int i = 0; i < period.Length; i++) values[i] = TField.FromUInt64(period[i]);
        Span<TField> coefficients = values.AsSpan(0, period.Length);
        TransformPlan<TField>.Inverse(logPeriod, TransformOrder.Natural).Run(coefficients, coefficients);
        TField first = FieldMath.Power(shift, 1UL << (logRows - logPeriod)), step = FieldMath.Power(first, (ulong)size);
        // On fewer points than it has coefficients the polynomial is its residue modulo y^size - first^size.
        for (int from = period.Length - 2 * size; from >= 0; from -= size)
            FieldSpans.MultiplyAdd<TField>(values.AsSpan(from + size, size), step, values.AsSpan(from, size), values.AsSpan(from, size));
        TransformPlan<TField>.Forward(logSize, first, TransformOrder.BitReversed).Run(values.AsSpan(0, size), values.AsSpan(0, size));
        return values[..size];
    }

    /// <summary>The value at a point outside the trace's domain.</summary>
    public static TExtension AtPoint<TField, TExtension>(ReadOnlySpan<ulong> period, int logRows, TExtension point)
        where TField : unmanaged, ITwoAdicField<TField>
        where TExtension : struct, IExtensionField<TExtension, TField>
    {
        int logPeriod = BitOperations.Log2((uint)period.Length);
        TExtension x = FieldMath.Power(point, 1UL << (logRows - logPeriod)), sum = TExtension.Zero;
        // Σ values[i] w^i / (x - w^i), times (x^P - 1) / P.
        TField root = TField.TwoAdicGenerator(logPeriod), power = TField.One;
        var differences = new TExtension[period.Length];
        for (int i = 0; i < differences.Length; i++, power *= root) differences[i] = x - TExtension.FromBase(power);
        FieldSpans.Invert<TExtension>(differences, differences);
        power = TField.One;
        for (int i = 0; i < differences.Length; i++, power *= root) sum += differences[i] * (power * TField.FromUInt64(period[i]));
        return sum * (FieldMath.Power(x, (ulong)period.Length) - TExtension.One) * TField.FromUInt64((ulong)period.Length).Inverse();
    }

    /// <summary>The values of one period as elements.</summary>
    public static TField[] OnTrace<TField>(ReadOnlySpan<ulong> period) where TField : struct, IField<TField>
    {
        var values = new TField[period.Length];
        for (int i = 0; i < values.Length; i++) values[i] = TField.FromUInt64(period[i]);
        return values;
    }
}
