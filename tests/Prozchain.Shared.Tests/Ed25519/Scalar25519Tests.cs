using System.Numerics;
using System.Runtime.InteropServices;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

public class Scalar25519Tests
{
    private static readonly BigInteger s_order = NaiveEdwards.L;

    [Fact]
    public void Reduce_SpecialAndRandomNumbers_EqualsBigIntegers()
    {
        BigInteger top = BigInteger.One << 512;
        IEnumerable<BigInteger> values = [0, 1, s_order - 1, s_order, s_order + 1, 2 * s_order, top - 1, top / s_order * s_order, top / s_order * s_order - 1];
        foreach (BigInteger value in values) Check(value);
        Replay.Run(random => Check(NaiveEdwards.Number(random.Bytes(random.Next(1, 65)))), 500);
        Replay.Run(random => Check(s_order * NaiveEdwards.Number(random.Bytes(32)) + random.Next(-2, 3) + 2), 200);

        static void Check(BigInteger value)
        {
            byte[] bytes = value.ToByteArray(isUnsigned: true);
            Assert.Equal(value % s_order, Number(Scalar25519.Reduce(bytes)));
        }
    }

    [Fact]
    public void Arithmetic_RandomNumbers_EqualsBigIntegers() => Replay.Run(random =>
    {
        BigInteger[] n = [.. Enumerable.Range(0, 3).Select(_ => random.Next(4) == 0 ? s_order - 1 : NaiveEdwards.Number(random.Bytes(32)) % s_order)];
        Scalar25519 a = Of(n[0]), b = Of(n[1]), c = Of(n[2]);
        Assert.Equal((n[0] * n[1] + n[2]) % s_order, Number(Scalar25519.MultiplyAdd(a, b, c)));
        Assert.Equal(n[0] * n[1] % s_order, Number(a * b));
        Assert.Equal((s_order - n[0]) % s_order, Number(-a));
        var wide = new ulong[Scalar25519.WideWords];
        random.NextBytes(MemoryMarshal.AsBytes(wide.AsSpan()));
        BigInteger before = NaiveEdwards.Number(MemoryMarshal.AsBytes(wide.AsSpan()));
        a.AddProduct(b, wide);
        Assert.Equal((before + n[0] * n[1]) % (BigInteger.One << 512), NaiveEdwards.Number(MemoryMarshal.AsBytes(wide.AsSpan())));
    }, 500);

    [Fact]
    public void Negate_Zero_IsZero() => Assert.Equal(0, Number(-Of(0)));

    [Fact]
    public void TryRead_AroundTheOrder_IsExact()
    {
        foreach (BigInteger value in (BigInteger[])[0, 1, s_order - 1]) Assert.Equal(value, Number(Of(value)));
        foreach (BigInteger value in (BigInteger[])[s_order, s_order + 1, s_order + (BigInteger.One << 64), BigInteger.One << 253, (BigInteger.One << 256) - 1])
            Assert.False(Scalar25519.TryRead(NaiveEdwards.Bytes(value), out _));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void WriteDigits_AnyScalar_SumsToIt(int bits)
    {
        foreach (BigInteger value in (BigInteger[])[0, 1, s_order - 1, (BigInteger.One << 252) - 1]) Check(value);
        Replay.Run(random => Check(NaiveEdwards.Number(random.Bytes(32)) % s_order));

        void Check(BigInteger value)
        {
            var digits = new sbyte[256 / bits];
            Of(value).WriteDigits(digits, bits);
            Assert.All(digits, digit => Assert.InRange(digit, -(1 << (bits - 1)), (1 << (bits - 1)) - 1));
            Assert.Equal(value, digits.Reverse().Aggregate(BigInteger.Zero, (sum, digit) => (sum << bits) + digit));
        }
    }

    private static Scalar25519 Of(BigInteger value)
    {
        Assert.True(Scalar25519.TryRead(NaiveEdwards.Bytes(value), out Scalar25519 scalar));
        return scalar;
    }

    private static BigInteger Number(in Scalar25519 scalar)
    {
        Span<byte> bytes = stackalloc byte[Scalar25519.Size];
        scalar.Write(bytes);
        return NaiveEdwards.Number(bytes);
    }
}
