namespace Prozchain.Shared.Tests;

public class Bytes32Tests
{
    [Fact]
    public void CompareTo_AnyPair_OrdersAsByteStrings() => BinaryTrieTests.Law(1000, (seed, size) =>
    {
        (byte[] a, byte[] b) = Pair(seed, size);
        return Math.Sign(new Bytes32(a).CompareTo(new Bytes32(b))) == Math.Sign(a.AsSpan().SequenceCompareTo(b));
    });

    [Fact]
    public void CommonPrefix_AnyPair_IsTheFirstDifferingBit() => BinaryTrieTests.Law(1000, (seed, size) =>
    {
        (byte[] a, byte[] b) = Pair(seed, size);
        Bytes32 x = new(a), y = new(b);
        int naive = 0;
        while (naive < 256 && x.Bit(naive) == y.Bit(naive)) naive++;
        return Bytes32.CommonPrefix(x, y) == naive && Bytes32.CommonPrefix(y, x) == naive && x.Equals(y) == (naive == 256);
    });

    [Fact]
    public void Bit_EveryIndex_IsMostSignificantFirst()
    {
        for (int bit = 0; bit < 256; bit++)
        {
            var bytes = new byte[32];
            TrieTools.Flip(bytes, bit);
            var value = new Bytes32(bytes);
            for (int i = 0; i < 256; i++) Assert.Equal(i == bit ? 1 : 0, value.Bit(i));
            Assert.False(value.IsZero);
        }
        Assert.True(default(Bytes32).IsZero);
    }

    [Fact]
    public void Span_AnyBytes_RoundTrips()
    {
        byte[] bytes = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        var value = new Bytes32([.. bytes, 33]);
        Assert.Equal(bytes, value.Span.ToArray());
        Assert.Equal(Convert.ToHexStringLower(bytes), value.ToString());
        Assert.Equal(value, new Bytes32(bytes));
        Assert.Equal(value.GetHashCode(), new Bytes32(bytes).GetHashCode());
        Assert.False(value.Equals((object)bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bytes32(bytes.AsSpan(0, 31)));
    }

    private static (byte[] A, byte[] B) Pair(int seed, int size)
    {
        var random = new Random(seed);
        var a = new byte[32];
        random.NextBytes(a);
        byte[] b = [.. a];
        for (int flips = size % 4; flips > 0; flips--) TrieTools.Flip(b, random.Next(256));
        return (a, b);
    }
}
