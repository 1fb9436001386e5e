using System.Runtime.CompilerServices;

namespace Prozchain.Zk.Fields;

/// <summary>x^6 + x^3 + 1 over KoalaBear: the ninth cyclotomic polynomial, irreducible because p = 2 mod 9 generates the units mod 9.</summary>
[InlineArray(6)]
public struct KoalaBear6 : IExtensionParameters<Field31<KoalaBear>>
{
    private Field31<KoalaBear> _first;

    /// <inheritdoc/>
    public static int Degree => 6;

    /// <inheritdoc/>
    public static ulong BaseOrder => KoalaBear.Modulus;

    /// <inheritdoc/>
    public static Field31<KoalaBear> Constant => -Field31<KoalaBear>.One;

    /// <inheritdoc/>
    public static int MiddlePower => 3;

    /// <inheritdoc/>
    public static Field31<KoalaBear> Middle => -Field31<KoalaBear>.One;
}
