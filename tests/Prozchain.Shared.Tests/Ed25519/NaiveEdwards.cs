using System.Numerics;

namespace Prozchain.Shared.Tests;

/// <summary>edwards25519 over big integers, affine, from the definitions: the oracle of these tests.</summary>
internal static class NaiveEdwards
{
    public static BigInteger P { get; } = BigInteger.Pow(2, 255) - 19;

    public static BigInteger L { get; } = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);

    public static BigInteger D { get; } = Mod(-121665 * Inverse(121666));

    public static (BigInteger X, BigInteger Y) Base { get; } = (
        BigInteger.Parse("15112221349535400772501151409588531511454012693041857206046113283949847762202", System.Globalization.CultureInfo.InvariantCulture),
        Mod(4 * Inverse(5)));

    public static BigInteger Mod(BigInteger value) => ((value % P) + P) % P;

    public static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Mod(value), P - 2, P);

    public static (BigInteger X, BigInteger Y) Add((BigInteger X, BigInteger Y) a, (BigInteger X, BigInteger Y) b)
    {
        BigInteger product = Mod(D * a.X * b.X * a.Y * b.Y);
        return (Mod((a.X * b.Y + a.Y * b.X) * Inverse(1 + product)), Mod((a.Y * b.Y + a.X * b.X) * Inverse(1 - product)));
    }

    public static (BigInteger X, BigInteger Y) Multiply((BigInteger X, BigInteger Y) point, BigInteger times)
    {
        (BigInteger X, BigInteger Y) sum = (0, 1);
        for (int bit = (int)times.GetBitLength() - 1; bit >= 0; bit--)
        {
            sum = Add(sum, sum);
            if (!((times >> bit) & 1).IsZero) sum = Add(sum, point);
        }
        return sum;
    }

    public static byte[] Encode((BigInteger X, BigInteger Y) point) => Bytes(point.Y + (point.X.IsEven ? 0 : BigInteger.One << 255));

    public static byte[] Bytes(BigInteger value)
    {
        byte[] bytes = value.ToByteArray(isUnsigned: true);
        Array.Resize(ref bytes, 32);
        return bytes;
    }

    public static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true);
}
