using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Tests.Tapes;

/// <summary>Elements from a seed, with 0, 1 and -1 among them.</summary>
internal static class Draw
{
    public static TField[] Elements<TField>(int count, int seed) where TField : struct, IField<TField>
    {
        var random = new Random(seed);
        var elements = new TField[count];
        for (int i = 0; i < count; i++)
        {
            elements[i] = random.Next(16) switch
            {
                0 => TField.Zero,
                1 => TField.One,
                2 => -TField.One,
                _ => TField.FromUInt64((ulong)random.NextInt64()),
            };
        }
        return elements;
    }

    public static Extension<TField, TParameters> Challenge<TField, TParameters>(int seed)
        where TField : struct, IField<TField>
        where TParameters : struct, IExtensionParameters<TField> =>
        Extension<TField, TParameters>.FromCoefficients([.. Enumerable.Range(1, TParameters.Degree).Select(k => TField.FromUInt64((ulong)new Random(seed * 64 + k).NextInt64()))]);
}
