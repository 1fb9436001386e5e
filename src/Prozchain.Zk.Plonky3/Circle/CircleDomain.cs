using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Fri;

namespace Prozchain.Zk.Plonky3.Circle;

/// <summary>Domains on the circle over Mersenne31: a coset of 2^(n-1) points and its mirror image, walked in turns.</summary>
internal static class CircleDomain
{
    private static readonly CirclePoint<Mersenne31>[] s_generators = Generators();

    /// <summary>A point of order 2^<paramref name="bits"/>, 0 to 31.</summary>
    public static CirclePoint<Mersenne31> Generator(int bits) => s_generators[bits];

    /// <summary>Point <paramref name="index"/> of the domain of 2^<paramref name="logSize"/>.</summary>
    public static CirclePoint<Mersenne31> Point(int logSize, int index)
    {
        CirclePoint<Mersenne31> first = Generator(logSize + 1), step = Generator(Math.Max(logSize - 1, 0));
        return (index & 1) == 0 ? first + step.Times(index / 2) : -first + step.Times((index + 1) / 2);
    }

    /// <summary>The point's number in the domain for a row of a committed matrix: neighbours are mirror images.</summary>
    public static int IndexOfRow(int logSize, int row) => Bits.Reverse((row & 1) == 0 ? row >> 1 : (1 << logSize) - 1 - (row >> 1), logSize);

    /// <summary>The point of a committed row.</summary>
    public static CirclePoint<Mersenne31> RowPoint(int logSize, int row) => Point(logSize, IndexOfRow(logSize, row));

    public static CirclePoint<TExt> Lift<TExt>(CirclePoint<Mersenne31> point) where TExt : struct, IExtensionField<TExt, Mersenne31> =>
        new(TExt.FromBase(point.X), TExt.FromBase(point.Y));

    private static CirclePoint<Mersenne31>[] Generators()
    {
        var generators = new CirclePoint<Mersenne31>[32];
        generators[31] = new(Mersenne31.FromUInt32(311014874), Mersenne31.FromUInt32(1584694829));
        for (int bits = 30; bits >= 0; bits--) generators[bits] = generators[bits + 1] + generators[bits + 1];
        return generators;
    }
}
