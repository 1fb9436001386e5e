using System.Runtime.CompilerServices;

namespace Prozchain.Zk.Fields;

/// <summary>x^4 - 3 over KoalaBear, the usual challenge field; as in Plonky3.</summary>
[InlineArray(4)]
public struct KoalaBear4 : IExtensionParameters<Field31<KoalaBear>>
{
    private Field31<KoalaBear> _first;

    /// <inheritdoc/>
    public static int Degree => 4;

    /// <inheritdoc/>
    public static ulong BaseOrder => KoalaBear.Modulus;

    /// <inheritdoc/>
    public static Field31<KoalaBear> Constant => Field31<KoalaBear>.FromUInt64(3);

    /// <inheritdoc/>
    public static int MiddlePower => 0;

    /// <inheritdoc/>
    public static Field31<KoalaBear> Middle => Field31<KoalaBear>.Zero;
}
