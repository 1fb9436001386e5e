using System.Runtime.CompilerServices;

namespace Prozchain.Zk.Fields;

/// <summary>x^5 + x^2 - 1 over KoalaBear; as in Plonky3.</summary>
[InlineArray(5)]
public struct KoalaBear5 : IExtensionParameters<Field31<KoalaBear>>
{
    private Field31<KoalaBear> _first;

    /// <inheritdoc/>
    public static int Degree => 5;

    /// <inheritdoc/>
    public static ulong BaseOrder => KoalaBear.Modulus;

    /// <inheritdoc/>
    public static Field31<KoalaBear> Constant => Field31<KoalaBear>.One;

    /// <inheritdoc/>
    public static int MiddlePower => 2;

    /// <inheritdoc/>
    public static Field31<KoalaBear> Middle => -Field31<KoalaBear>.One;
}
