using System.Globalization;

namespace Prozchain.Devnet.Proofs;

/// <summary>What a file proof shows: someone knew a file of this length, with this hash, that starts with these bytes.</summary>
/// <param name="Function">The hash function.</param>
/// <param name="Length">Bytes of the file, 0 to <see cref="MaxLength"/>.</param>
/// <param name="Hash">32 bytes.</param>
/// <param name="Prefix">At most <see cref="MaxPrefix"/> bytes, and no more than the file has.</param>
/// <param name="SecurityBits">The proven security, 100 or 128 bits.</param>
internal sealed record FileStatement(FileHash Function, int Length, ReadOnlyMemory<byte> Hash, ReadOnlyMemory<byte> Prefix, int SecurityBits)
{
    public const int MaxLength = 1 << 20, MaxPrefix = 64, HashSize = FileHashes.Size;

    public static bool IsSecurity(int bits) => bits is 100 or 128;

    /// <summary>The statement as a sentence: what is shown, and what is not.</summary>
    public string Describe()
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        string prefix = Prefix.IsEmpty ? "" : string.Create(invariant, $" and whose first {Count(Prefix.Length)} {(Prefix.Length == 1 ? "is" : "are")} {Hex(Prefix)}");
        int rest = Length - Prefix.Length;
        string hidden = rest == 0 ? "nothing is hidden" : string.Create(invariant, $"the {(Prefix.IsEmpty ? "" : "other ")}{Count(rest)} {(rest == 1 ? "is" : "are")} hidden");
        return string.Create(invariant, $"its maker knew a file of {Count(Length)} whose {Function.Name} hash is {Hex(Hash)}{prefix}; {hidden}");
    }

    public static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    private static string Count(int bytes) => bytes == 1 ? "1 byte" : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
}
