using System.Numerics;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests;

public class KoalaBearTests : Field31Tests<KoalaBear>
{
    [Fact]
    public void Modulus_Formula_Matches() => Assert.Equal((1u << 31) - (1u << 24) + 1, KoalaBear.Modulus);
}

public class BabyBearTests : Field31Tests<BabyBear>
{
    [Fact]
    public void Modulus_Formula_Matches() => Assert.Equal((1u << 31) - (1u << 27) + 1, BabyBear.Modulus);
}

/// <summary>A 31-bit prime field against integers: the constants follow from the prime, the arithmetic is mod p.</summary>
public abstract class Field31Tests<T> where T : struct, IField31Parameters
{
    private static BigInteger P => T.Modulus;

    [Fact]
    public void Parameters_AllConstants_FollowFromThePrime()
    {
        for (uint divisor = 2; divisor * divisor < T.Modulus; divisor++) Assert.NotEqual(0u, T.Modulus % divisor);
        Assert.InRange(T.Modulus, (1u << 30) + 1, (1u << 31) - 1);
        Assert.Equal(1u, unchecked(T.Modulus * T.ModulusInverse));
        Assert.Equal((1UL << 32) % T.Modulus, T.MontgomeryOne);
        Assert.Equal(BigInteger.Pow(2, 64) % P, T.MontgomerySquare);
        Assert.Equal(BitOperations.TrailingZeroCount(T.Modulus - 1), T.TwoAdicity);
        Assert.Equal(P - 1, BigInteger.ModPow(T.TwoAdicRoot, BigInteger.One << (T.TwoAdicity - 1), P));
    }

    [Fact]
    public void MultiplicativeGenerator_EveryPrimeFactor_GeneratesTheWholeGroup()
    {
        uint rest = T.Modulus - 1;
        for (uint factor = 2; rest > 1; factor++)
        {
            if (rest % factor != 0) continue;
            while (rest % factor == 0) rest /= factor;
            Assert.NotEqual(BigInteger.One, BigInteger.ModPow(T.MultiplicativeGenerator, (P - 1) / factor, P));
        }
        Assert.Equal(T.MultiplicativeGenerator, Field31<T>.MultiplicativeGenerator.ToUInt32());
    }

    [Fact]
    public void Arithmetic_EdgesAndRandom_EqualsIntegersModP()
    {
        var random = new Random(7);
        uint[] edges = [0, 1, 2, T.Modulus - 1, T.Modulus - 2, T.Modulus / 2, T.Modulus / 2 + 1, 1u << 30, (1u << 24) - 1, T.MontgomeryOne];
        uint[] values = [.. edges, .. Enumerable.Range(0, 90).Select(_ => (uint)random.NextInt64(T.Modulus))];
        foreach (uint a in values)
        {
            Field31<T> x = Field31<T>.FromUInt32(a);
            Assert.Equal(a, x.ToUInt32());
            Assert.Equal(a.ToString(System.Globalization.CultureInfo.InvariantCulture), x.ToString());
            Assert.Equal(x, x.Halve() + x.Halve());
            foreach (uint b in values)
            {
                Field31<T> y = Field31<T>.FromUInt32(b);
                Assert.Equal((uint)(((BigInteger)a + b) % P), (x + y).ToUInt32());
                Assert.Equal((uint)(((BigInteger)a + P - b) % P), (x - y).ToUInt32());
                Assert.Equal((uint)((BigInteger)a * b % P), (x * y).ToUInt32());
            }
        }
    }

    [Fact]
    public void FromUInt32_NotReduced_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Field31<T>.FromUInt32(T.Modulus));
        Assert.Throws<ArgumentOutOfRangeException>(() => Field31<T>.FromUInt32(uint.MaxValue));
        Assert.Equal(0u, Field31<T>.FromUInt64(T.Modulus).ToUInt32());
        Assert.Equal((uint)(ulong.MaxValue % T.Modulus), Field31<T>.FromUInt64(ulong.MaxValue).ToUInt32());
    }

    [Fact]
    public void TryRead_ModulusAndAbove_IsRefused()
    {
        foreach (uint value in (uint[])[T.Modulus, T.Modulus + 1, 1u << 31, uint.MaxValue])
            Assert.False(Field31<T>.TryRead(BitConverter.GetBytes(value), out _));
        Assert.True(Field31<T>.TryRead(BitConverter.GetBytes(T.Modulus - 1), out Field31<T> last));
        Assert.Equal(-Field31<T>.One, last);
    }

    [Fact]
    public void Sample_DrawsAtOrAboveTheModulus_AreDroppedNotReduced()
    {
        var source = new ListedSource(T.Modulus, 0x7FFF_FFFF, 0xFFFF_FFFF, T.Modulus - 1, 0x8000_0005);
        Assert.Equal(T.Modulus - 1, Field31<T>.Sample(ref source).ToUInt32());
        Assert.Equal(4, source.Taken);
        Assert.Equal(5u, Field31<T>.Sample(ref source).ToUInt32());
    }

    [Fact]
    public void Sample_ManyDraws_FillEveryPartOfTheRangeAlike()
    {
        const int bins = 64, draws = 64 * 2000;
        var counts = new int[bins];
        foreach (Field31<T> x in FieldTools.Elements<Field31<T>>(draws, 3)) counts[(int)((ulong)x.ToUInt32() * bins / T.Modulus)]++;
        double chiSquare = counts.Sum(count => Math.Pow(count - draws / bins, 2) / (draws / bins));
        // 63 degrees of freedom: mean 63, deviation 11.2; the seed is fixed, so this is no gamble.
        Assert.InRange(chiSquare, 20, 120);
    }
}
