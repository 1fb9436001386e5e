using System.Numerics;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests;

/// <summary>Goldilocks against integers.</summary>
public class GoldilocksTests
{
    private static readonly BigInteger s_p = (BigInteger.One << 64) - (BigInteger.One << 32) + 1;

    [Fact]
    public void Arithmetic_EdgesAndRandom_EqualsIntegersModP()
    {
        var random = new Random(7);
        ulong p = Goldilocks.Modulus;
        Assert.Equal(s_p, (BigInteger)p);
        ulong[] values = [0, 1, 2, p - 1, p - 2, p / 2, 1UL << 32, (1UL << 32) - 1, (1UL << 63) + 5, 0xFFFF_FFFE_FFFF_FFFF, 0xFFFF_FFFF_0000_0000, .. Enumerable.Range(0, 80).Select(_ => (ulong)random.NextInt64() * 2 % p)];
        foreach (ulong a in values)
            foreach (ulong b in values)
            {
                Goldilocks x = Goldilocks.FromUInt64(a), y = Goldilocks.FromUInt64(b);
                Assert.Equal((ulong)(((BigInteger)a + b) % s_p), (x + y).ToUInt64());
                Assert.Equal((ulong)(((BigInteger)a + s_p - b) % s_p), (x - y).ToUInt64());
                Assert.Equal((ulong)((BigInteger)a * b % s_p), (x * y).ToUInt64());
            }
        Assert.Equal((ulong)(ulong.MaxValue % s_p), Goldilocks.FromUInt64(ulong.MaxValue).ToUInt64());
        Assert.False(Goldilocks.TryRead(BitConverter.GetBytes(p), out _));
        Assert.True(Goldilocks.TryRead(BitConverter.GetBytes(p - 1), out _));
        foreach (int factor in (int[])[2, 3, 5, 17, 257, 65537])
            Assert.NotEqual(Goldilocks.One, FieldMath.Power(Goldilocks.MultiplicativeGenerator, (ulong)((s_p - 1) / factor)));
    }
}
