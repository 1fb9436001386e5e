using System.Numerics;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

public class EdwardsPointTests
{
    [Fact]
    public void Multiples_RandomScalars_EqualTheNaiveOnes() => Replay.Run(random =>
    {
        BigInteger a = NaiveEdwards.Number(random.Bytes(32)) % NaiveEdwards.L, b = NaiveEdwards.Number(random.Bytes(32)) % NaiveEdwards.L;
        (BigInteger X, BigInteger Y) naive = NaiveEdwards.Multiply(NaiveEdwards.Base, a);
        EdwardsPoint point = EdwardsMultiples.OfBase(Of(a));
        Assert.Equal(NaiveEdwards.Encode(naive), Encode(point));
        byte[] multiple = NaiveEdwards.Encode(NaiveEdwards.Multiply(naive, b));
        Assert.Equal(multiple, Encode(EdwardsMultiples.Of(point, Of(b))));
        Assert.Equal(
            NaiveEdwards.Encode(NaiveEdwards.Add(NaiveEdwards.Multiply(naive, b), naive)),
            Encode(EdwardsMultiples.OfPublic(point, Of(b), Of(a))));
    }, 6);

    [Fact]
    public void Multiples_SmallAndLastScalars_EqualRepeatedAddition()
    {
        EdwardsPoint sum = EdwardsPoint.Identity;
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(Encode(sum), Encode(EdwardsMultiples.OfBase(new Scalar25519((ulong)i))));
            Assert.Equal(Encode(sum), Encode(EdwardsMultiples.Of(EdwardsPoint.Base, new Scalar25519((ulong)i))));
            Assert.Equal(Encode(-sum), Encode(EdwardsMultiples.OfBase(-new Scalar25519((ulong)i))));
            sum += EdwardsPoint.Base;
        }
        Assert.True((EdwardsMultiples.OfBase(-new Scalar25519(1)) + EdwardsPoint.Base).IsIdentity());
    }

    [Fact]
    public void Addition_AnyTwoOfTheTorsionAndMore_EqualsTheNaiveOne()
    {
        (BigInteger X, BigInteger Y)[] points = [.. SmallOrder(), NaiveEdwards.Base, NaiveEdwards.Add(NaiveEdwards.Base, SmallOrder()[1])];
        foreach ((BigInteger X, BigInteger Y) a in points)
        {
            EdwardsPoint p = Of(a);
            Assert.Equal(NaiveEdwards.Encode(NaiveEdwards.Add(a, a)), Encode(p.Double()));
            Assert.Equal(a == (0, 1), p.IsIdentity());
            Assert.Equal(points.AsSpan(0, 8).Contains(a), p.MultiplyByCofactor().IsIdentity());
            foreach ((BigInteger X, BigInteger Y) b in points)
            {
                Assert.Equal(NaiveEdwards.Encode(NaiveEdwards.Add(a, b)), Encode(p + Of(b)));
                Assert.Equal(NaiveEdwards.Encode(NaiveEdwards.Add(a, (NaiveEdwards.Mod(-b.X), b.Y))), Encode(p - Of(b)));
                Fe25519 x = Fe25519.Read(NaiveEdwards.Bytes(b.X)), y = Fe25519.Read(NaiveEdwards.Bytes(b.Y));
                Assert.Equal(NaiveEdwards.Encode(NaiveEdwards.Add(a, b)), Encode(p + new AffinePoint(x, y)));
            }
        }
    }

    [Fact]
    public void TryRead_EveryKindOfEncoding_AcceptsWhatWriteWrites()
    {
        int refused = 0;
        Replay.Run(random =>
        {
            byte[] bytes = random.Bytes(32);
            if (EdwardsPoint.TryRead(bytes, out EdwardsPoint point)) Assert.Equal(bytes, Encode(point));
            else refused++;
        }, 200);
        Assert.InRange(refused, 60, 140);
        foreach ((BigInteger X, BigInteger Y) point in SmallOrder()) Assert.Equal(NaiveEdwards.Encode(point), Encode(Of(point)));
        // y = 1 and y = -1 have x = 0, which has no sign; y = p and y = p + 1 are 0 and 1 written again.
        foreach (BigInteger y in (BigInteger[])[1, NaiveEdwards.P - 1]) Assert.False(EdwardsPoint.TryRead(NaiveEdwards.Bytes(y + (BigInteger.One << 255)), out _));
        foreach (int offset in Enumerable.Range(0, 19)) Assert.False(EdwardsPoint.TryRead(NaiveEdwards.Bytes(NaiveEdwards.P + offset), out _));
        foreach (int length in (int[])[0, 31, 33, 64]) Assert.False(EdwardsPoint.TryRead(new byte[length], out _));
    }

    // The eight points whose order divides eight: the multiples of one of order eight.
    private static (BigInteger X, BigInteger Y)[] SmallOrder()
    {
        byte[] encoded = Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
        BigInteger y = NaiveEdwards.Number(encoded), square = NaiveEdwards.Mod((y * y - 1) * NaiveEdwards.Inverse(NaiveEdwards.D * y * y + 1));
        BigInteger x = BigInteger.ModPow(square, (NaiveEdwards.P + 3) / 8, NaiveEdwards.P);
        if (NaiveEdwards.Mod(x * x) != square) x = NaiveEdwards.Mod(x * BigInteger.ModPow(2, (NaiveEdwards.P - 1) / 4, NaiveEdwards.P));
        (BigInteger, BigInteger)[] points = [.. Enumerable.Range(0, 8).Select(i => NaiveEdwards.Multiply((x, y), i))];
        Assert.Equal(8, points.Distinct().Count());
        return points;
    }

    private static EdwardsPoint Of((BigInteger X, BigInteger Y) point)
    {
        Assert.True(EdwardsPoint.TryRead(NaiveEdwards.Encode(point), out EdwardsPoint result));
        return result;
    }

    private static Scalar25519 Of(BigInteger value) => Scalar25519.Reduce(NaiveEdwards.Bytes(value));

    private static byte[] Encode(in EdwardsPoint point)
    {
        var bytes = new byte[EdwardsPoint.Size];
        point.Write(bytes);
        return bytes;
    }
}
