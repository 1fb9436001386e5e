using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Layout;

public class AddressTests
{
    [Fact]
    public void FromPublicKey_SchemeByte_IsCommittedTo()
    {
        byte[] key = TestNetwork.Wallet(0).PublicKey.ToArray();
        Address address = Address.FromPublicKey(key);
        key[40] ^= 1;
        Assert.NotEqual(address.Digest, Address.FromPublicKey(key).Digest);
        key[0] = 2;
        Assert.Throws<ArgumentException>(() => Address.FromPublicKey(key));
        Assert.Throws<ArgumentException>(() => Address.FromPublicKey(key.AsSpan(1)));
    }

    [Fact]
    public void TryParse_ToString_RoundTrips()
    {
        Address address = TestNetwork.AddressOf(3);
        Assert.True(Address.TryParse(address.ToString(), out Address parsed));
        Assert.Equal(address, parsed);
        Assert.True(Address.TryParse(address.ToString().ToUpperInvariant(), out parsed));
        Assert.Equal(address, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("zz00000000000000000000000000000000000000000000000000000000000000ff")]
    [InlineData("030000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000000")]
    public void TryParse_NoAddress_IsRefused(string text) => Assert.False(Address.TryParse(text, out _));

    [Fact]
    public void TryRead_UnknownScheme_IsRefused()
    {
        var bytes = new byte[Address.Size];
        Assert.Equal(ReadResult.UnknownScheme, Address.TryRead(bytes, out _));
        foreach (byte scheme in (byte[])[1, 2])
        {
            bytes[0] = scheme;
            Assert.Equal(ReadResult.Ok, Address.TryRead(bytes, out Address address));
            Assert.Equal(scheme, address.Scheme);
        }
        Assert.Equal(ReadResult.Truncated, Address.TryRead(bytes.AsSpan(1), out _));
        Assert.Equal(ReadResult.TrailingBytes, Address.TryRead([.. bytes, 0], out _));
    }
}
