using System.Globalization;
using System.Text.Json;

namespace Prozchain.Rollups.Evm;

/// <summary>Quantities and data as Ethereum's JSON-RPC writes them. Readers return false for anything else.</summary>
internal static class Hex
{
    public static string Quantity(UInt128 value) => $"0x{value.ToString("x", CultureInfo.InvariantCulture)}";

    public static string Data(ReadOnlySpan<byte> bytes) => $"0x{Convert.ToHexStringLower(bytes)}";

    public static bool TryReadQuantity(JsonElement element, out UInt128 value)
    {
        value = 0;
        return TryReadText(element, out string text) && text.Length is > 2 and <= 34
            && UInt128.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryReadQuantity(JsonElement element, out ulong value)
    {
        bool ok = TryReadQuantity(element, out UInt128 wide) && wide <= ulong.MaxValue;
        value = ok ? (ulong)wide : 0;
        return ok;
    }

    public static bool TryReadBytes(JsonElement element, out byte[] bytes)
    {
        bytes = [];
        if (!TryReadText(element, out string text) || text.Length % 2 != 0) return false;
        var read = new byte[text.Length / 2 - 1];
        if (Convert.FromHexString(text.AsSpan(2), read, out _, out int written) != System.Buffers.OperationStatus.Done || written != read.Length) return false;
        bytes = read;
        return true;
    }

    public static bool TryReadDigest(JsonElement element, out Digest32 digest)
    {
        bool ok = TryReadBytes(element, out byte[] bytes) && bytes.Length == Digest32.Size;
        digest = ok ? new Digest32(bytes) : default;
        return ok;
    }

    public static bool TryReadAddress(JsonElement element, out L1Address address)
    {
        bool ok = TryReadBytes(element, out byte[] bytes) && bytes.Length == L1Address.Size;
        address = ok ? new L1Address(bytes) : default;
        return ok;
    }

    private static bool TryReadText(JsonElement element, out string text)
    {
        text = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        return text.StartsWith("0x", StringComparison.Ordinal);
    }
}
