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

/// <summary>What every digest owes.</summary>
public abstract class DigestTests<THash> where THash : struct, IDigest<THash>
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
        Testing.AllocationAssert.None(() =>
        {
            THash.Hash(input, output);
            state.Append(input);
            state.Finish(output);
        });
        state.Dispose();
    }

    protected static string Hex(string text)
    {
        var digest = new byte[32];
        THash.Hash(Encoding.UTF8.GetBytes(text), digest);
        return Convert.ToHexStringLower(digest);
    }
}
