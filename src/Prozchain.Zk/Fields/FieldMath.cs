using System.Runtime.CompilerServices;

namespace Prozchain.Zk.Fields;

/// <summary>What follows from the operations of a field alone. Nothing here allocates.</summary>
public static class FieldMath
{
    /// <summary><paramref name="value"/> to a power; any element to the power 0 is one. Time depends on the exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TField Power<TField>(TField value, ulong exponent) where TField : struct, IField<TField>
    {
        TField power = TField.One;
        for (; exponent != 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0) power *= value;
            value *= value;
        }
        return power;
    }

    /// <summary>The value at a point of the polynomial with these coefficients, constant term first (Horner).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TField Evaluate<TField>(ReadOnlySpan<TField> coefficients, TField point) where TField : struct, IField<TField>
    {
        TField value = TField.Zero;
        for (int i = coefficients.Length - 1; i >= 0; i--) value = value * point + coefficients[i];
        return value;
    }
}
