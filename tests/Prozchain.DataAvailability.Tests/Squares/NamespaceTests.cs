using Prozchain.DataAvailability.Squares;

namespace Prozchain.DataAvailability.Tests.Squares;

public class NamespaceTests
{
    private const string Zeros = "00000000000000000000000000000000000000", Ones = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    [Fact]
    public void Reserved_Namespaces_HaveTheirPublishedBytes()
    {
        Assert.Equal("0000000000000000000000000000000000000000000000000000000001", Namespace.Transaction.ToString());
        Assert.Equal("0000000000000000000000000000000000000000000000000000000004", Namespace.PayForBlob.ToString());
        Assert.Equal("0000000000000000000000000000000000000000000000000000000005", Namespace.PayForFibre.ToString());
        Assert.Equal("00000000000000000000000000000000000000000000000000000000ff", Namespace.PrimaryReservedPadding.ToString());
        Assert.Equal(Ones + "fe", Namespace.TailPadding.ToString());
        Assert.Equal(Ones + "ff", Namespace.Parity.ToString());
    }

    [Theory]
    [InlineData(Zeros + "00000000000000000000", true, true, false)]
    [InlineData(Zeros + "000000000000000000ff", true, true, false)]
    [InlineData(Zeros + "00000000000000000100", true, false, true)]
    [InlineData(Zeros + "ffffffffffffffffffff", true, false, true)]
    [InlineData("00000000000000000000000000000000000001" + "00000000000000000000", false, false, false)]
    [InlineData("0001000000000000000000000000000000000000000000000000000001", false, false, false)]
    [InlineData("0100000000000000000000000000000000000000000000000000000100", false, false, false)]
    [InlineData("fe" + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff", false, false, false)]
    [InlineData("ff00000000000000000000000000000000000000000000000000000000", true, false, false)]
    [InlineData(Ones + "00", true, true, false)]
    [InlineData(Ones + "ff", true, true, false)]
    public void Rules_OfEachRange_Hold(string hex, bool valid, bool reserved, bool forBlobs)
    {
        var ns = new Namespace(Convert.FromHexString(hex));
        Assert.Equal((valid, reserved, forBlobs), (ns.IsValid, ns.IsReserved, ns.IsForBlobs));
        Assert.Equal(hex, ns.ToString());
        Assert.Equal(hex[2..], Convert.ToHexStringLower(ns.Id));
    }

    [Fact]
    public void CompareTo_AnyPair_IsTheOrderOfTheBytes()
    {
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            var a = new byte[Namespace.Size];
            random.NextBytes(a);
            byte[] b = [.. a];
            b[random.Next(b.Length)] ^= (byte)(1 << random.Next(8));
            Namespace x = new(a), y = new(b);
            Assert.Equal(Math.Sign(a.AsSpan().SequenceCompareTo(b)), Math.Sign(x.CompareTo(y)));
            Assert.True(x != y && !x.Equals(y) && (x < y) == (y > x) && (x <= y) == (y >= x));
            Assert.True(x == new Namespace(a) && x.GetHashCode() == new Namespace(a).GetHashCode() && x.Bytes.SequenceEqual(a));
        }
    }

    [Fact]
    public void ForBlobs_WrongIds_AreRefused()
    {
        Assert.Equal(Zeros + "00000000000000000100", Namespace.ForBlobs([1, 0]).ToString());
        Assert.Throws<ArgumentException>(() => Namespace.ForBlobs(new byte[11]));
        Assert.Throws<ArgumentException>(() => Namespace.ForBlobs([255]));
        Assert.Throws<ArgumentException>(() => Namespace.ForBlobs([]));
        Assert.Throws<ArgumentException>(() => new Namespace(new byte[28]));
    }
}
