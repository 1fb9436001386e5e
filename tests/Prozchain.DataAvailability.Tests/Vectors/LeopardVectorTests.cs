using System.Security.Cryptography;
using System.Text.Json;
using Prozchain.DataAvailability.Coding;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Vectors;

/// <summary>Answers that Leopard-RS itself gave, and the way back from random erasures.</summary>
public class LeopardVectorTests
{
    private const string File = "rs/leopard_encode.json";

    public static TheoryData<string> Codes => [nameof(NaiveReedSolomon), nameof(LeopardReedSolomon)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Encode_EveryVector_MatchesAndDecodesBack(string name)
    {
        IErasureCode code = name == nameof(NaiveReedSolomon) ? NaiveReedSolomon.Instance : LeopardReedSolomon.Instance;
        int count = 0;
        using JsonDocument document = JsonDocument.Parse(System.IO.File.ReadAllBytes(TestVectors.Require(File)));
        foreach (JsonElement row in document.RootElement.EnumerateArray())
        {
            CheckRow(code, row);
            count++;
        }
        Assert.Equal(47, count);
    }

    private static void CheckRow(IErasureCode code, JsonElement row)
    {
        int k = row.GetProperty("k").GetInt32(), m = row.GetProperty("m").GetInt32(), size = row.GetProperty("shard_bytes").GetInt32();
        string name = $"{k}+{m} x {size}";
        byte[] data = SplitMix64.Bytes(ulong.Parse(row.GetProperty("seed").GetString()!, null), k * size);
        Assert.Equal(row.GetProperty("data_sha256").GetString(), Hash(data));

        var recovery = new byte[m * size];
        code.Encode(new ReadOnlyShards(data, k, size), new Shards(recovery, m, size));
        Assert.True(row.GetProperty("recovery_sha256").GetString() == Hash(recovery), name);

        var random = new Random(k * 65537 + m);
        var present = new bool[k + m];
        Array.Fill(present, true);
        int[] order = [.. Enumerable.Range(0, k)];
        random.Shuffle(order);
        byte[] damaged = [.. data];
        for (int i = 0; i < Math.Min(k, m); i++)
        {
            present[order[i]] = false;
            random.NextBytes(damaged.AsSpan(order[i] * size, size));
        }
        DecodeResult result = code.Decode(new Shards(damaged, k, size), new ReadOnlyShards(recovery, m, size), present);
        Assert.Equal(DecodeResult.Restored, result);
        Assert.True(data.AsSpan().SequenceEqual(damaged), name);
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
