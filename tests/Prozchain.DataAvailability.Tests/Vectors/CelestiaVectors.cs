using System.Buffers.Binary;
using System.Text.Json;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Vectors;

/// <summary>The squares that Celestia's own library made: their data cells from a seed, and what it answered.</summary>
internal static class CelestiaVectors
{
    public static JsonDocument Load() => JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("celestia/eds_leopard_nmt.json")));

    /// <summary>The k × k data cells of a row of the file.</summary>
    public static byte[] Cells(JsonElement row)
    {
        int k = row.GetProperty("k").GetInt32(), size = row.GetProperty("share_bytes").GetInt32();
        int perNamespace = row.GetProperty("shares_per_namespace").GetInt32();
        byte[] cells = SplitMix64.Bytes(ulong.Parse(row.GetProperty("seed").GetString()!, null), k * k * size);
        for (int i = 0; i < k * k; i++)
        {
            Span<byte> name = cells.AsSpan(i * size, NamespacedHash.NamespaceSize);
            name.Clear();
            BinaryPrimitives.WriteUInt64BigEndian(name[21..], 1 + (ulong)(i / perNamespace));
        }
        return cells;
    }

    public static byte[] Bytes(JsonElement hex) => Convert.FromHexString(hex.GetString()!);
}
