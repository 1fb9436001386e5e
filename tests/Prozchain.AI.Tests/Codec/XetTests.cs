using System.Buffers.Binary;
using System.Text.Json;
using Prozchain.AI.Codec;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Codec;

public class XetTests
{
    private static readonly byte[] s_data = new SeededRandom(1).Bytes(3_000_000);

    [Fact]
    public void Take_EveryVector_CutsWhereXetDoes()
    {
        using JsonDocument vectors = Read("xet/cdc.json");
        Assert.Equal(vectors.RootElement.GetProperty("gear_table_hex").EnumerateArray().Select(w => Convert.ToUInt64(w.GetString(), 16)), GearTable.Words.ToArray());
        int seen = 0;
        foreach (JsonElement item in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            byte[] data = Data(item.GetProperty("data"));
            int[] expected = [.. item.GetProperty("boundaries").EnumerateArray().Select(b => b.GetInt32())];
            Assert.True(expected.SequenceEqual(Cut(data, data.Length)), $"{item.GetProperty("name")}: other boundaries.");
            seen++;
        }
        Assert.True(seen >= 80, $"Expected at least 80 cases, got {seen}.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(4096)]
    [InlineData(5000)]
    [InlineData(100_000)]
    public void Take_InPieces_CutsAtTheSamePlaces(int piece) => Assert.Equal(Cut(s_data, s_data.Length), Cut(s_data, piece));

    [Fact]
    public void Take_RandomData_CutsWhereThePlainRuleSays()
    {
        // By the definition, byte after byte; constants and short periods cut at the longest chunk or all at once.
        var random = new SeededRandom(2);
        foreach (byte[] data in (byte[][])[s_data, new byte[300_000], random.Bytes(MinusOne(ContentChunker.MinChunk)), [], [.. random.Bytes(400_000).Select(b => (byte)(b & 1))]])
            Assert.Equal(Plain(data), Cut(data, data.Length));

        static int MinusOne(int length) => length - 1;
    }

    [Fact]
    public void Take_BytesInserted_MovesFewBoundaries()
    {
        byte[] changed = [.. s_data.AsSpan(0, 1_000_000), 1, 2, 3, .. s_data.AsSpan(1_000_000)];
        HashSet<int> before = [.. Cut(s_data, s_data.Length)], after = [.. Cut(changed, changed.Length).Select(end => end > 1_000_000 ? end - 3 : end)];
        Assert.InRange(before.Except(after).Count(), 0, 6);
        Assert.True(before.Count > 30);
    }

    [Fact]
    public void Take_WarmedUp_AllocatesNothing() => AllocationAssert.None(() =>
    {
        var chunker = new ContentChunker();
        for (ReadOnlySpan<byte> rest = s_data.AsSpan(0, 300_000); !rest.IsEmpty;) rest = rest[chunker.Take(rest, out _)..];
    });

    [Fact]
    public void Root_EveryVector_GivesXetsHashes()
    {
        using JsonDocument vectors = Read("xet/merkle.json");
        int seen = 0;
        foreach (JsonElement item in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            JsonElement[] leaves = [.. item.GetProperty("leaves").EnumerateArray()];
            byte[] hashes = [.. leaves.SelectMany(leaf => Parse(leaf[0].GetString()!))], root = new byte[32], file = new byte[32];
            ulong[] sizes = [.. leaves.Select(leaf => leaf[1].GetUInt64())];
            XetHash.Root(hashes, sizes, root);
            Assert.Equal(item.GetProperty("xorb_hash").GetString(), XetHash.Format(root));
            foreach (JsonElement salted in item.GetProperty("file_hashes").EnumerateArray())
            {
                XetHash.File(hashes, sizes, Parse(salted.GetProperty("salt").GetString()!), file);
                Assert.Equal(salted.GetProperty("hash").GetString(), XetHash.Format(file));
                seen++;
            }
        }
        Assert.True(seen >= 36, $"Expected at least 36 file hashes, got {seen}.");
        Assert.Throws<ArgumentException>(() => XetHash.Root(new byte[31], [1], new byte[32]));
    }

    private static int[] Cut(byte[] data, int piece)
    {
        var ends = new List<int>();
        var chunker = new ContentChunker();
        int at = 0, last = 0;
        while (at < data.Length)
        {
            int taken = chunker.Take(data.AsSpan(at, Math.Min(piece, data.Length - at)), out bool isCut);
            at += taken;
            if (isCut) ends.Add(last = at);
        }
        if (last < data.Length) ends.Add(data.Length);
        return [.. ends];
    }

    private static int[] Plain(byte[] data)
    {
        var ends = new List<int>();
        ulong hash = 0;
        int start = 0;
        for (int i = 0; i < data.Length; i++)
        {
            int length = i + 1 - start;
            if (length > 8192 - 65) hash = (hash << 1) + GearTable.Words[data[i]];
            if ((length < 8192 || hash >> 48 != 0) && length < 131072) continue;
            ends.Add(i + 1);
            (start, hash) = (i + 1, 0);
        }
        if (start < data.Length) ends.Add(data.Length);
        return [.. ends];
    }

    private static byte[] Data(JsonElement data)
    {
        var bytes = new byte[data.GetProperty("length").GetInt32()];
        switch (data.GetProperty("kind").GetString())
        {
            case "constant": bytes.AsSpan().Fill(data.GetProperty("byte").GetByte()); break;
            case "splitmix64": new SeededRandom(data.GetProperty("seed").GetUInt64()).NextBytes(bytes); break;
            default:
                byte[] pattern = [.. Convert.FromHexString(data.GetProperty("pattern_hex").GetString()!), .. new byte[data.GetProperty("zero_pad").GetInt32()]];
                for (int i = 0; i < bytes.Length; i++) bytes[i] = pattern[i % pattern.Length];
                break;
        }
        if (data.TryGetProperty("sample", out JsonElement sample))
            foreach (JsonProperty spot in sample.EnumerateObject()) Assert.Equal(spot.Value.GetByte(), bytes[int.Parse(spot.Name, System.Globalization.CultureInfo.InvariantCulture)]);
        return bytes;
    }

    private static byte[] Parse(string words)
    {
        var hash = new byte[32];
        for (int i = 0; i < 4; i++) BinaryPrimitives.WriteUInt64LittleEndian(hash.AsSpan(8 * i), Convert.ToUInt64(words.Substring(16 * i, 16), 16));
        return hash;
    }

    private static JsonDocument Read(string path) => JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require(path)));
}
