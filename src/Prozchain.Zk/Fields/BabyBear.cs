namespace Prozchain.Zk.Fields;

/// <summary>
/// p = 2^31 - 2^27 + 1, for <see cref="Field31{TParameters}"/>: two-adicity 27, and the seventh power is a permutation.
/// Constants as in Plonky3.
/// </summary>
public readonly struct BabyBear : IField31Parameters
{
    /// <inheritdoc/>
    public static uint Modulus => 0x78000001;

    /// <inheritdoc/>
    public static uint ModulusInverse => 0x88000001;

    /// <inheritdoc/>
    public static uint MontgomeryOne => 0x0FFFFFFE;

    /// <inheritdoc/>
    public static uint MontgomerySquare => 0x45DDDDE3;

    /// <inheritdoc/>
    public static uint MultiplicativeGenerator => 31;

    /// <inheritdoc/>
    public static int TwoAdicity => 27;

    /// <inheritdoc/>
    public static uint TwoAdicRoot => 0x1A427A41;
}
