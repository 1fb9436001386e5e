using System.Buffers;
using System.Globalization;
using System.Text;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Devnet.Workloads;

/// <summary>Turns one line of a workload file into a transfer. The format is docs/formats/workload-csv.md.</summary>
internal static class WorkloadParser
{
    public const int MaxLineBytes = 4096, MaxNameLength = 64, AddressDigits = 66;

    private static readonly SearchValues<char> s_nameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>True for lines that carry nothing: empty, a comment, or the header.</summary>
    public static bool IsSkipped(ReadOnlySpan<byte> line) =>
        line.IsEmpty || line[0] == '#' || line.StartsWith("from,to,amount"u8);

    /// <summary>Null, or the reason why the bytes are not a transfer. Never throws.</summary>
    public static string? TryParse(long number, ReadOnlySpan<byte> bytes, out WorkloadLine line)
    {
        line = default;
        if (bytes.Length > MaxLineBytes) return $"expected at most {MaxLineBytes} bytes, got {bytes.Length}";
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) return "not valid UTF-8";
        string[] fields = Encoding.UTF8.GetString(bytes).Split(',');
        for (int i = 0; i < fields.Length; i++) fields[i] = fields[i].Trim();
        if (fields.Length is not (3 or 7)) return $"expected 3 or 7 fields, got {fields.Length}";
        if (CheckName(fields[0]) is { } from) return $"from: {from}";
        if (CheckName(fields[1]) is { } to) return $"to: {to}";
        int swap = fields[2].IndexOf("<>", StringComparison.Ordinal);
        string given = swap < 0 ? fields[2] : fields[2][..swap];
        if (!TryParseNumber(given, out ulong amount)) return $"amount: expected a whole number of base units below 2^64, got '{Shorten(given)}'";
        ulong? back = null;
        if (swap >= 0)
        {
            if (!TryParseNumber(fields[2][(swap + 2)..], out ulong other)) return $"amount: expected a whole number of base units below 2^64 after <>, got '{Shorten(fields[2][(swap + 2)..])}'";
            if (IsAddress(fields[0]) || IsAddress(fields[1]) || fields[0] == fields[1]) return "amount: a swap is between two wallets' names";
            back = other;
        }

        SignedPart? signed = null;
        if (fields.Length == 7 && fields.AsSpan(3).ContainsAnyExcept(""))
        {
            if (back is not null) return "amount: a signed line is a transfer, not a swap";
            if (!IsAddress(fields[0])) return "from: a signed line names its sender by address";
            if (ReadSigned(fields, out signed) is { } wrong) return wrong;
        }
        else if (IsAddress(fields[0]))
        {
            return "from: an address can only send with nonce, validity, publicKey and signature of its own";
        }
        line = new WorkloadLine(number, fields[0], fields[1], amount, back, signed);
        return null;
    }

    private static string? ReadSigned(string[] fields, out SignedPart? signed)
    {
        signed = null;
        if (!TryParseNumber(fields[3], out ulong nonce)) return $"nonce: expected a whole number below 2^64, got '{Shorten(fields[3])}'";
        if (!TryParseNumber(fields[4], out ulong validUntil) || validUntil > long.MaxValue) return $"validUntil: expected Unix milliseconds below 2^63, got '{Shorten(fields[4])}'";
        if ((ParseHex(fields[5], SignatureSchemes.Ed25519PublicKeySize) ?? ParseHex(fields[5], SignatureSchemes.P256PublicKeySize)) is not { } publicKey
            || publicKey[0] != (publicKey.Length == SignatureSchemes.P256PublicKeySize ? SignatureSchemes.P256 : SignatureSchemes.Ed25519))
            return $"publicKey: expected 0x and 66 hex digits of scheme {SignatureSchemes.Ed25519:x2}, or 130 of scheme {SignatureSchemes.P256:x2}";
        if (ParseHex(fields[6], 65) is not { } signature || signature[0] != publicKey[0]) return $"signature: expected 0x and 130 hex digits of scheme {publicKey[0]:x2}";
        if (Address.FromPublicKey(publicKey) != ParseAddress(fields[0])) return "publicKey: not the key of the sender's address";
        signed = new SignedPart(nonce, (long)validUntil, publicKey, signature);
        return null;
    }

    public static bool IsAddress(string name) => name.StartsWith("0x", StringComparison.Ordinal);

    /// <summary>The address that a checked name gives in hexadecimal.</summary>
    public static Address ParseAddress(string name) =>
        Address.TryParse(name.AsSpan(2), out Address address) ? address : throw new System.Diagnostics.UnreachableException($"Expected an address that was checked, got '{name}'.");

    /// <summary>The bytes behind 0x, or null unless there are exactly that many.</summary>
    public static byte[]? ParseHex(string text, int bytes)
    {
        if (text.Length != 2 + 2 * bytes || !IsAddress(text)) return null;
        var result = new byte[bytes];
        return Convert.FromHexString(text.AsSpan(2), result, out _, out _) == OperationStatus.Done ? result : null;
    }

    private static string? CheckName(string name)
    {
        if (name.Length == 0) return "empty";
        if (IsAddress(name)) return Address.TryParse(name.AsSpan(2), out _) ? null : $"expected 0x and the {AddressDigits} hex digits of an address of a known scheme";
        if (name.Length > MaxNameLength) return $"expected at most {MaxNameLength} characters, got {name.Length}";
        return name.AsSpan().ContainsAnyExcept(s_nameCharacters) ? $"'{Shorten(name)}' has a character other than letters, digits, '.', '_' and '-'" : null;
    }

    private static bool TryParseNumber(string text, out ulong value) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static string Shorten(string text) => text.Length <= 24 ? text : text[..24] + "…";
}
