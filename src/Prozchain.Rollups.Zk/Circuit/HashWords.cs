using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// H of docs/adr/0043-profile-proof.md, section 1, as elements: it starts from (domain, length, 0, ...), takes words of 3 bytes, little-endian, 8 at a time, and keeps
/// window N; of the last block window M.
/// </summary>
internal static class HashWords
{
    public const uint ValueDomain = 2, DirectoryDomain = 0x20, BalanceDomain = 0x21, SupplyDomain = 0x23, CountDomain = 0x26;

    /// <summary>Lengths of what is hashed, in bytes: a key, an alias with a token, a token; a balance, a count, a number.</summary>
    public const uint DirectorySize = 33, BalanceSize = 37, TokenSize = 4, AmountSize = 16, CountSize = 8, NumberSize = 4;

    /// <summary>Limbs that lie in two words of 24 bits, and how many of their bits lie in the lower.</summary>
    public static ReadOnlySpan<int> SplitLimbs => [1, 3, 4, 6];

    /// <summary>As <see cref="SplitLimbs"/>.</summary>
    public static ReadOnlySpan<int> LowBits => [9, 3, 12, 6];

    /// <summary>What H starts from.</summary>
    public static Eight Start(uint domain, uint length) => Eight.Of(F.FromUInt32(domain), F.FromUInt32(length));

    /// <summary>The words of a value below 2^120.</summary>
    public static Eight WordsOf(UInt128 value)
    {
        Eight words = default;
        for (int i = 0; i < 5; i++) words[i] = F.FromUInt32((uint)(value >> (24 * i)) & 0xFFFFFF);
        return words;
    }

    /// <summary>Lists an ask for the compression of two halves, and gives its answer.</summary>
    public static Eight Ask<TCells>(CompressionAsks<TCells> asks, CompressionWindow window, in Eight left, in Eight right) where TCells : struct, IPermutationCells<F>
    {
        Span<F> input = stackalloc F[2 * Eight.Length];
        ((ReadOnlySpan<F>)left).CopyTo(input);
        ((ReadOnlySpan<F>)right).CopyTo(input[Eight.Length..]);
        Eight output = default;
        asks.Ask(window, input, output);
        return output;
    }
}
