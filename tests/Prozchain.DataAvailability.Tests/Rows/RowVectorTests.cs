using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Prozchain.DataAvailability.Rows;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Rows;

/// <summary>Rows, RLCs and commitments of Celestia's own RSEMA1D. 32,768 rows run where PROZCHAIN_LONG is 1.</summary>
public class RowVectorTests
{
    private static readonly int s_largest = Environment.GetEnvironmentVariable("PROZCHAIN_LONG") == "1" ? 65536 : 16384;

    [Fact]
    public void Encode_EveryVector_GivesTheSameParityRlcAndCommitment()
    {
        int count = 0;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("celestia/rsema1d.json")));
        foreach (JsonElement vector in document.RootElement.EnumerateArray())
        {
            int k = vector.GetProperty("K").GetInt32(), n = vector.GetProperty("N").GetInt32(), size = vector.GetProperty("row_bytes").GetInt32();
            if (k + n > s_largest) continue;
            byte[] data;
            if (vector.TryGetProperty("seed", out JsonElement seed)) data = SplitMix64.Bytes(ulong.Parse(seed.GetString()!, null), k * size);
            else
            {
                data = new byte[k * size];
                for (int i = 0; i < k; i++) data[(i + 1) * size - 1] = (byte)(i + 1);
            }
            ExtendedRows rows = ExtendedRows.Encode(data, new RowParameters(size, k, n));
            string name = $"{k}+{n} x {size}";
            Assert.Equal((name, vector.GetProperty("parity_sha256").GetString()), (name, Convert.ToHexStringLower(SHA256.HashData(rows.Rows.Span[(k * size)..]))));
            Assert.Equal((name, vector.GetProperty("rlc0").GetString()), (name, Limbs(rows.Rlc.Values.Span)));
            Assert.Equal((name, vector.GetProperty("commitment").GetString()), (name, Convert.ToHexStringLower(rows.Commitment.Digest)));
            CheckProofs(rows, k, n);
            count++;
        }
        Assert.True(count >= 12, $"Only {count} vectors.");
    }

    private static void CheckProofs(ExtendedRows rows, int k, int n)
    {
        Assert.Equal(RowCheck.Valid, RowVerifier.TryCreate(rows.Commitment, rows.Rlc, out RowVerifier? verifier));
        foreach (int index in (int[])[0, k - 1, k, k + n / 2, k + n - 1])
            Assert.Equal(RowCheck.Valid, verifier!.Verify(rows.Prove(index), out _));
        foreach (int index in (int[])[0, k / 2, k - 1]) Assert.Equal(RowCheck.Valid, rows.Prove(index, standalone: true).Verify(rows.Commitment));
    }

    private static string Limbs(ReadOnlySpan<byte> value)
    {
        var limbs = new string[8];
        for (int i = 0; i < 8; i++) limbs[i] = BinaryPrimitives.ReadUInt16LittleEndian(value[(2 * i)..]).ToString("x4", CultureInfo.InvariantCulture);
        return $"[{string.Join(' ', limbs)}]";
    }
}
