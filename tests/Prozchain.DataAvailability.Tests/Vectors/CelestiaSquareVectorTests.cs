using System.Security.Cryptography;
using System.Text.Json;

namespace Prozchain.DataAvailability.Tests.Vectors;

/// <summary>
/// Extended squares of Celestia's own library: the extension only, as its roots are of another tree. The square of
/// 512 × 512 takes ten seconds in scalar code and runs where PROZCHAIN_LONG is 1.
/// </summary>
public class CelestiaSquareVectorTests
{
    private static readonly int s_largest = Environment.GetEnvironmentVariable("PROZCHAIN_LONG") == "1" ? 512 : 256;

    [Fact]
    public void Extend_EveryVector_GivesTheSameCells()
    {
        int count = 0;
        using JsonDocument document = CelestiaVectors.Load();
        foreach (JsonElement row in document.RootElement.EnumerateArray())
        {
            int k = row.GetProperty("k").GetInt32(), size = row.GetProperty("share_bytes").GetInt32();
            if (k > s_largest) continue;
            byte[] cells = CelestiaVectors.Cells(row);
            ExtendedSquare square = ExtendedSquare.Extend(cells, new SquareParameters(k, size));
            Assert.Equal(row.GetProperty("eds_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(square.Cells.Span)));
            count++;
        }
        Assert.True(count >= 10, $"Only {count} vectors.");
    }
}
