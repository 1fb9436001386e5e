using System.Runtime.CompilerServices;

namespace Prozchain.Zk.Fields;

/// <summary>x^8 - 3 over KoalaBear: 3 is no square and p = 1 mod 4.</summary>
[InlineArray(8)]
public struct KoalaBear8 : IExtensionParameters<Field31<KoalaBear>>
{
    private Field31<KoalaBear> _first;

    /// <inheritdoc/>
    public static int Degree => 8;

    /// <inheritdoc/>
    public static ulong BaseOrder => KoalaBear.Modulus;

    /// <inheritdoc/>
    public static Field31<KoalaBear> Constant => Field31<KoalaBear>.FromUInt64(3);

    /// <inheritdoc/>
    public static int MiddlePower => 0;

    /// <inheritdoc/>
    public static Field31<KoalaBear> Middle => Field31<KoalaBear>.Zero;
}
