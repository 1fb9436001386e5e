using System.Runtime.CompilerServices;

namespace Prozchain.Zk.Fields;

/// <summary>x^3 - 5 over Mersenne31: 5 is no cube; as in Plonky3.</summary>
[InlineArray(3)]
public struct Mersenne3 : IExtensionParameters<Mersenne31>
{
    private Mersenne31 _first;

    /// <inheritdoc/>
    public static int Degree => 3;

    /// <inheritdoc/>
    public static ulong BaseOrder => Mersenne31.Modulus;

    /// <inheritdoc/>
    public static Mersenne31 Constant => Mersenne31.FromUInt64(5);

    /// <inheritdoc/>
    public static int MiddlePower => 0;

    /// <inheritdoc/>
    public static Mersenne31 Middle => Mersenne31.Zero;
}
