using System.Text;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Tests;

public class Keccak256Tests : DigestTests<Keccak256>
{
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    public void Hash_PublishedAnswer_Matches(string text, string expected) => Assert.Equal(expected, Hex(text));
}

public class Sha256Tests : DigestTests<Sha256>
{
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void Hash_PublishedAnswer_Matches(string text, string expected) => Assert.Equal(expected, Hex(text));

    [Fact]
    public void Append_DefaultValue_Throws() => Assert.Throws<InvalidOperationException>(() => default(Sha256).Append([1]));
}

public class Blake3Tests : DigestTests<Blake3>
{
    [Theory]
    [InlineData("", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262")]
    [InlineData("abc", "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85")]
    public void Hash_PublishedAnswer_Matches(string text, string expected) => Assert.Equal(expected, Hex(text));
}

/// <summary>What every digest owes.</summary>
public abstract class DigestTests<THash> where THash : struct, IBatchDigest<THash>
{
    [Fact]
    public void Append_EverySplit_EqualsOneShotAndStartsOver()
    {
        byte[] input = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];
        byte[] whole = new byte[32], pieces = new byte[32], empty = new byte[32];
        THash.Hash(input, whole);
        THash.Hash([], empty);
        THash state = THash.Create();
        for (int split = 0; split <= input.Length; split++)
        {
            state.Append(input.AsSpan(0, split));
            state.Append(input.AsSpan(split));
            state.Finish(pieces);
            Assert.Equal(whole, pieces);
        }
        state.Finish(pieces);
        Assert.Equal(empty, pieces);
        state.Dispose();
    }

    [Fact]
    public void Hash_InPlaceAndIntoALongerSpan_WritesOnly32Bytes()
    {
        byte[] expected = new byte[32], buffer = new byte[80];
        buffer.AsSpan().Fill(7);
        THash.Hash(buffer, expected);
        THash.Hash(buffer, buffer);
        Assert.Equal(expected, buffer[..32]);
        Assert.All(buffer[32..], b => Assert.Equal(7, b));
    }

    [Fact]
    public void Destination_TooShort_Throws()
    {
        Assert.Throws<ArgumentException>(() => THash.Hash([], new byte[31]));
        THash state = THash.Create();
        Assert.Throws<ArgumentException>(() => state.Finish(new byte[31]));
        state.Dispose();
    }

    [Fact]
    public void Hash_WarmedUp_AllocatesNothing()
    {
        byte[] input = new byte[1000], output = new byte[32];
        THash state = THash.Create();
        byte[] digests = new byte[16 * 32];
        uint[] tile = new uint[16 * 33];
        Testing.AllocationAssert.None(() =>
        {
            THash.HashMany(input.AsSpan(0, 16 * 60), 60, digests);
            THash.HashTile(tile, digests);
            THash.Hash(input, output);
            state.Append(input);
            state.Finish(output);
        });
        state.Dispose();
    }

    [Fact]
    public void HashMany_EveryCount_EqualsOneByOne()
    {
        foreach (int length in (int[])[0, 1, 32, 64, 65, 136, 200, 1025])
            for (int count = 0; count < 20; count++)
            {
                byte[] messages = new byte[length * count], digests = new byte[32 * count], one = new byte[32];
                new Random(count).NextBytes(messages);
                THash.HashMany(messages, length, digests);
                for (int i = 0; i < count; i++)
                {
                    THash.Hash(messages.AsSpan(i * length, length), one);
                    Assert.Equal(one, digests[(32 * i)..(32 * i + 32)]);
                }
            }
    }

    [Fact]
    public void HashTile_EveryWidth_EqualsOneByOne()
    {
        byte[] digests = new byte[512], one = new byte[32];
        for (int width = 0; width < 70; width++)
        {
            uint[] words = [.. Enumerable.Range(0, 16 * width).Select(i => (uint)(i * 0x9E3779B9))];
            THash.HashTile(words, digests);
            for (int row = 0; row < 16; row++)
            {
                byte[] message = [.. Enumerable.Range(0, width).SelectMany(word => BitConverter.GetBytes(words[16 * word + row]))];
                THash.Hash(message, one);
                Assert.Equal(one, digests[(32 * row)..(32 * row + 32)]);
            }
        }
    }

    [Fact]
    public void Batches_ImpossibleLengths_Throw()
    {
        Assert.Throws<ArgumentException>(() => THash.HashMany(new byte[9], 4, new byte[64]));
        Assert.Throws<ArgumentException>(() => THash.HashMany(new byte[8], 4, new byte[63]));
        Assert.Throws<ArgumentOutOfRangeException>(() => THash.HashMany([], -1, []));
        Assert.Throws<ArgumentException>(() => THash.HashTile(new uint[17], new byte[512]));
        Assert.Throws<ArgumentException>(() => THash.HashTile(new uint[16], new byte[511]));
        byte[] both = new byte[64];
        Assert.Throws<ArgumentException>(() => THash.HashMany(both, 32, both));
    }

    protected static string Hex(string text)
    {
        var digest = new byte[32];
        THash.Hash(Encoding.UTF8.GetBytes(text), digest);
        return Convert.ToHexStringLower(digest);
    }
}
