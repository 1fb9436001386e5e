using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Prozchain.Sharding.Committees;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Vectors;

/// <summary>The consensus-spec-tests of swap-or-not: one index, inverse, whole list, whole list reversed.</summary>
public class ShufflingVectorTests
{
    [Theory]
    [InlineData("shuffling/mainnet.jsonl", 90)]
    [InlineData("shuffling/minimal.jsonl", 10)]
    public void Shuffle_EveryCase_GivesTheMapping(string file, int rounds)
    {
        int cases = 0;
        foreach (string line in File.ReadLines(TestVectors.Require(file)))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            byte[] seed = Convert.FromHexString(document.RootElement.GetProperty("seed").GetString()![2..]);
            int[] mapping = [.. document.RootElement.GetProperty("mapping").EnumerateArray().Select(entry => entry.GetInt32())];
            Assert.Equal(rounds, document.RootElement.GetProperty("rounds").GetInt32());
            int[] list = [.. Enumerable.Range(0, mapping.Length)];
            SwapOrNotShuffle.Shuffle<int>(list, seed, rounds);
            Assert.Equal(mapping, list);
            SwapOrNotShuffle.Unshuffle<int>(list, seed, rounds);
            Assert.Equal(Enumerable.Range(0, mapping.Length), list);
            // One index costs two hashes a round: all of them for short lists, a sample of long ones.
            for (int i = 0; i < mapping.Length; i += 1 + mapping.Length / 50)
            {
                Assert.Equal(mapping[i], SwapOrNotShuffle.Shuffled(i, mapping.Length, seed, rounds));
                Assert.Equal(i, SwapOrNotShuffle.Unshuffled(mapping[i], mapping.Length, seed, rounds));
            }
            cases++;
        }
        Assert.Equal(186, cases);
    }

    [Fact]
    public void Shuffle_LargeLists_GiveTheDigests()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("shuffling/sanity_large.json")));
        foreach (JsonElement entry in document.RootElement.EnumerateArray())
        {
            byte[] seed = Convert.FromHexString(entry.GetProperty("seed").GetString()![2..]);
            int count = entry.GetProperty("count").GetInt32(), rounds = entry.GetProperty("rounds").GetInt32();
            int[] list = [.. Enumerable.Range(0, count)];
            SwapOrNotShuffle.Shuffle<int>(list, seed, rounds);
            var bytes = new byte[4 * count];
            for (int i = 0; i < count; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), list[i]);
            Assert.Equal(entry.GetProperty("sha256_of_mapping_u32le").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
            Assert.Equal(entry.GetProperty("mapping_first").GetInt32(), list[0]);
            Assert.Equal(entry.GetProperty("mapping_last").GetInt32(), list[^1]);
        }
    }
}
