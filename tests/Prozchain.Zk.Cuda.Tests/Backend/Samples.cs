using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Tests.Backend;

/// <summary>Elements from a seed, edges among them.</summary>
internal sealed class Samples<TField, TParameters>(int seed)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private readonly Random _random = new(seed);

    public TField Element() => _random.Next(16) switch
    {
        0 => TField.Zero,
        1 => -TField.One,
        _ => TField.FromUInt64((ulong)_random.NextInt64()),
    };

    public TField[] Elements(int count)
    {
        var elements = new TField[count];
        foreach (ref TField element in elements.AsSpan()) element = Element();
        return elements;
    }

    public Extension<TField, TParameters> Extended() => Extension<TField, TParameters>.FromCoefficients(Elements(TParameters.Degree));
}
