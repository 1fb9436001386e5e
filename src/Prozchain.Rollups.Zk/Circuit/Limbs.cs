using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Amounts below 2^120 as 8 limbs of 15 bits, the lowest first, and nonces below 2^60 as 2 of 30.</summary>
internal static class Limbs
{
    public const int Count = 8, Bits = 15;

    public const uint Radix = 1 << Bits, NonceRadix = 1u << 30;

    /// <summary>
    /// What the high limb of two may have added and still be in range, if the number is below 2^30 - 2^24: then it and a number below 2^30 and 1 do not reach the modulus. Without
    /// that, a difference that is negative can be in range.
    /// </summary>
    public const uint Margin = 1 << 9;

    /// <summary>Amounts and balances are below this: 2^120.</summary>
    public static UInt128 Limit => UInt128.One << (Count * Bits);

    public static uint Of(UInt128 value, int limb) => (uint)(value >> (Bits * limb)) & (Radix - 1);

    /// <summary>The 8 limbs of a value, a column each.</summary>
    public static void WriteLimbs(this Trace<F> trace, int column, int row, UInt128 value)
    {
        for (int i = 0; i < Count; i++) trace[column + i, row] = F.FromUInt32(Of(value, i));
    }

    /// <summary>The 2 limbs of a nonce, a column each.</summary>
    public static void WriteNonce(this Trace<F> trace, int column, int row, ulong nonce)
    {
        trace[column, row] = F.FromUInt32((uint)(nonce % NonceRadix));
        trace[column + 1, row] = F.FromUInt32((uint)(nonce / NonceRadix));
    }

    /// <summary>Counts an ask for the high limb of a number of two with <see cref="Margin"/>; none is answered if that is too much.</summary>
    public static void AskMargin(uint number, Span<uint> asked)
    {
        if (number / Radix + Margin < Radix) asked[(int)(number / Radix + Margin)]++;
    }

    /// <summary>Counts an ask for each limb of a value.</summary>
    public static void Ask(UInt128 value, Span<uint> asked)
    {
        for (int i = 0; i < Count; i++) asked[(int)Of(value, i)]++;
    }
}
