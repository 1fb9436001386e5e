using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Vectors;

/// <summary>
/// Extended squares of Celestia's own library: the extension only, as its roots are of another tree. The square of
/// 512 × 512 takes ten seconds in scalar code and runs where PROZCHAIN_LONG is 1.
/// </summary>
public class CelestiaSquareVectorTests
{
    private const int NamespaceSize = 29;
    private static readonly int s_largest = Environment.GetEnvironmentVariable("PROZCHAIN_LONG") == "1" ? 512 : 256;

    [Fact]
    public void Extend_EveryVector_GivesTheSameCells()
    {
        int count = 0;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("celestia/eds_leopard_nmt.json")));
        foreach (JsonElement row in document.RootElement.EnumerateArray())
        {
            int k = row.GetProperty("k").GetInt32(), size = row.GetProperty("share_bytes").GetInt32();
            if (k > s_largest) continue;
            int perNamespace = row.GetProperty("shares_per_namespace").GetInt32();
            byte[] cells = SplitMix64.Bytes(ulong.Parse(row.GetProperty("seed").GetString()!, null), k * k * size);
            for (int i = 0; i < k * k; i++)
            {
                Span<byte> prefix = cells.AsSpan(i * size, NamespaceSize);
                prefix.Clear();
                BinaryPrimitives.WriteUInt64BigEndian(prefix[21..], 1 + (ulong)(i / perNamespace));
            }
            ExtendedSquare square = ExtendedSquare.Extend(cells, new SquareParameters(k, size));
            Assert.Equal(row.GetProperty("eds_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(square.Cells.Span)));
            count++;
        }
        Assert.True(count >= 10, $"Only {count} vectors.");
    }
}
