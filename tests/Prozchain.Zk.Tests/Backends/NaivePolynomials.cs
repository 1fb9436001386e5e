using System.Numerics;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Tests.Backends;

/// <summary>Columns as polynomials, by <see cref="NaiveDft{TField}"/>; values in bit-reversed order.</summary>
internal static class NaivePolynomials<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private static readonly NaiveDft<TField> s_dft = new();

    public static TField[] Reversed(ReadOnlySpan<TField> values)
    {
        int log = BitOperations.Log2((uint)values.Length);
        var reversed = new TField[values.Length];
        for (int i = 0; i < reversed.Length; i++) reversed[BitReversal.Reverse(i, log)] = values[i];
        return reversed;
    }

    /// <summary>The coefficients of the polynomial through bit-reversed values on a coset.</summary>
    public static TField[] Through(ReadOnlySpan<TField> reversed, TField shift)
    {
        var coefficients = new TField[reversed.Length];
        s_dft.Interpolate(Reversed(reversed), shift, coefficients);
        return coefficients;
    }

    /// <summary>Bit-reversed values on a coset of 2^logSize points.</summary>
    public static TField[] On(ReadOnlySpan<TField> coefficients, int logSize, TField shift)
    {
        var values = new TField[1 << logSize];
        s_dft.Evaluate(coefficients, shift, values);
        return Reversed(values);
    }

    /// <summary>The points of a coset, bit-reversed.</summary>
    public static TField[] Points(int logSize, TField shift) => On([TField.Zero, TField.One], logSize, shift);
}
