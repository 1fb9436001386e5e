namespace Prozchain.Zk.Fields;

/// <summary>
/// p = 2^31 - 2^24 + 1, for <see cref="Field31{TParameters}"/>: two-adicity 24, and cubing is a permutation. The
/// project's default prime; constants as in Plonky3.
/// </summary>
public readonly struct KoalaBear : IField31Parameters
{
    /// <inheritdoc/>
    public static uint Modulus => 0x7F000001;

    /// <inheritdoc/>
    public static uint ModulusInverse => 0x81000001;

    /// <inheritdoc/>
    public static uint MontgomeryOne => 0x01FFFFFE;

    /// <inheritdoc/>
    public static uint MontgomerySquare => 0x17F7EFE4;

    /// <inheritdoc/>
    public static uint MultiplicativeGenerator => 3;

    /// <inheritdoc/>
    public static int TwoAdicity => 24;

    /// <inheritdoc/>
    public static uint TwoAdicRoot => 0x6AC49F88;
}
