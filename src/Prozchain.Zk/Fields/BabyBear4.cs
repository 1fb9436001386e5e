using System.Runtime.CompilerServices;

namespace Prozchain.Zk.Fields;

/// <summary>x^4 - 11 over BabyBear; as in Plonky3.</summary>
[InlineArray(4)]
public struct BabyBear4 : IExtensionParameters<Field31<BabyBear>>
{
    private Field31<BabyBear> _first;

    /// <inheritdoc/>
    public static int Degree => 4;

    /// <inheritdoc/>
    public static ulong BaseOrder => BabyBear.Modulus;

    /// <inheritdoc/>
    public static Field31<BabyBear> Constant => Field31<BabyBear>.FromUInt64(11);

    /// <inheritdoc/>
    public static int MiddlePower => 0;

    /// <inheritdoc/>
    public static Field31<BabyBear> Middle => Field31<BabyBear>.Zero;
}
