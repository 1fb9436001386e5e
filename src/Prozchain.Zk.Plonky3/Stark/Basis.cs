using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>Extension columns are committed coefficient by coefficient; this puts them together again.</summary>
internal static class Basis<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    private static readonly TExt s_generator = MakeGenerator();

    /// <summary>The sum of values times powers of the extension's generator, from as many values as its degree.</summary>
    public static TExt Join(ReadOnlySpan<TExt> values) => FieldMath.Evaluate(values, s_generator);

    /// <summary>Joins values Degree by Degree.</summary>
    public static TExt[] JoinAll(ReadOnlySpan<TExt> values)
    {
        var joined = new TExt[values.Length / TExt.Degree];
        for (int i = 0; i < joined.Length; i++) joined[i] = Join(values.Slice(i * TExt.Degree, TExt.Degree));
        return joined;
    }

    private static TExt MakeGenerator()
    {
        Span<TField> coefficients = stackalloc TField[TExt.Degree];
        coefficients.Clear();
        coefficients[1] = TField.One;
        return TExt.FromCoefficients(coefficients);
    }
}
