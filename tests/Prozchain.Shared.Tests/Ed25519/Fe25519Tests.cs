using System.Numerics;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

public class Fe25519Tests
{
    [Fact]
    public void Arithmetic_SpecialAndRandomValues_EqualsBigIntegers()
    {
        BigInteger[] values = [.. Values()];
        foreach (BigInteger a in values)
        {
            Fe25519 x = Of(a);
            Assert.Equal(NaiveEdwards.Mod(a), Number(x));
            Assert.Equal(NaiveEdwards.Mod(a * a), Number(x.Square()));
            Assert.Equal(NaiveEdwards.Mod(-a), Number(-x));
            Assert.Equal(NaiveEdwards.Inverse(a), Number(x.Invert()));
            Assert.Equal(BigInteger.ModPow(NaiveEdwards.Mod(a), (NaiveEdwards.P - 5) / 8, NaiveEdwards.P), Number(x.PowerForRoot()));
            Assert.Equal(!NaiveEdwards.Mod(a).IsEven, x.IsOdd());
            Assert.Equal(NaiveEdwards.Mod(a).IsZero, x.IsZero());
            foreach (BigInteger b in values)
            {
                Fe25519 y = Of(b);
                Assert.Equal(NaiveEdwards.Mod(a + b), Number(x + y));
                Assert.Equal(NaiveEdwards.Mod(a - b), Number(x - y));
                Assert.Equal(NaiveEdwards.Mod(a * b), Number(x * y));
                // The largest limbs that a formula of points multiplies: 7 units.
                Assert.Equal(NaiveEdwards.Mod((2 * a + a - b) * (2 * b + b - a)), Number((x + x + x - y) * (y + y + y - x)));
                Assert.Equal(NaiveEdwards.Mod(BigInteger.Pow(3 * a - b, 2)), Number((x + x + x - y).Square()));
            }
        }
    }

    [Fact]
    public void Products_OfLimbsAtTheirBound_DoNotOverflow()
    {
        const ulong Limb = (1UL << 54) - 1;
        var a = new Fe25519(Limb, Limb, Limb, Limb, Limb);
        BigInteger number = Enumerable.Range(0, 5).Aggregate(BigInteger.Zero, (sum, i) => sum + (new BigInteger(Limb) << (51 * i)));
        Assert.Equal(NaiveEdwards.Mod(number * number), Number(a * a));
        Assert.Equal(NaiveEdwards.Mod(number * number), Number(a.Square()));
        Assert.Equal(NaiveEdwards.Mod(number), Number(a));
    }

    [Fact]
    public void TrySqrtRatio_EveryKind_FindsARootOrNone()
    {
        foreach (BigInteger v in Values().Where(v => !NaiveEdwards.Mod(v).IsZero).Take(20))
            foreach (BigInteger u in Values().Take(20))
            {
                BigInteger ratio = NaiveEdwards.Mod(u * NaiveEdwards.Inverse(v));
                bool isSquare = BigInteger.ModPow(ratio, (NaiveEdwards.P - 1) / 2, NaiveEdwards.P) <= 1;
                Assert.Equal(isSquare, Fe25519.TrySqrtRatio(Of(u), Of(v), out Fe25519 root));
                if (isSquare) Assert.Equal(ratio, Number(root.Square()));
            }
    }

    [Fact]
    public void IsCanonical_AroundTheModulus_IsExact()
    {
        for (int offset = -40; offset <= 18; offset++)
        {
            byte[] bytes = NaiveEdwards.Bytes(NaiveEdwards.P + offset);
            Assert.Equal(offset < 0, Fe25519.IsCanonical(bytes));
            bytes[31] |= 0x80;
            Assert.Equal(offset < 0, Fe25519.IsCanonical(bytes));
        }
        Assert.True(Fe25519.IsCanonical(new byte[32]));
    }

    [Fact]
    public void Choose_Masks_TakesOneOrTheOther()
    {
        Fe25519 a = Of(5), b = Of(NaiveEdwards.P - 7);
        Assert.Equal(5, Number(Fe25519.Choose(0, a, b)));
        Assert.Equal(NaiveEdwards.P - 7, Number(Fe25519.Choose(ulong.MaxValue, a, b)));
    }

    private static IEnumerable<BigInteger> Values()
    {
        foreach (int small in (int[])[0, 1, 2, 19, 20]) yield return small;
        foreach (int offset in (int[])[-20, -19, -2, -1, 0, 1, 18]) yield return NaiveEdwards.P + offset;
        foreach (int bit in (int[])[50, 51, 102, 153, 204, 254]) yield return BigInteger.One << bit;
        var random = new SeededRandom(TestSettings.Seed);
        for (int i = 0; i < 20; i++) yield return NaiveEdwards.Number(random.Bytes(32)) % BigInteger.Pow(2, 255);
    }

    private static Fe25519 Of(BigInteger value) => Fe25519.Read(NaiveEdwards.Bytes(value));

    private static BigInteger Number(in Fe25519 value)
    {
        Span<byte> bytes = stackalloc byte[32];
        value.Write(bytes);
        return NaiveEdwards.Number(bytes);
    }
}
