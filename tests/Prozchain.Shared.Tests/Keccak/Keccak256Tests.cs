using System.Text;

namespace Prozchain.Shared.Tests;

public class Keccak256Tests
{
    // Published answers: the Ethereum yellow paper's KEC(""), and the ABI selectors' and CREATE2's well-known digests.
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("Transfer(address,address,uint256)", "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    public void Hash_PublishedAnswer_Matches(string text, string expected)
    {
        var digest = new byte[32];
        Keccak256.Hash(Encoding.UTF8.GetBytes(text), digest);
        Assert.Equal(expected, Convert.ToHexStringLower(digest));
    }

    [Fact]
    public void Update_EverySplitAroundTheRate_EqualsOneShot()
    {
        byte[] input = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];
        var whole = new byte[32];
        Keccak256.Hash(input, whole);
        for (int split = 0; split <= input.Length; split++)
        {
            var sponge = new Keccak256();
            sponge.Update(input.AsSpan(0, split));
            sponge.Update(input.AsSpan(split));
            var digest = new byte[32];
            sponge.Finish(digest);
            Assert.Equal(whole, digest);
        }
    }
}
