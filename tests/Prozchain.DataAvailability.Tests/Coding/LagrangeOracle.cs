using System.Numerics;

namespace Prozchain.DataAvailability.Tests.Coding;

/// <summary>
/// The same code by its definition: Lagrange's formula over a field without tables, one symbol at a time. The polynomial
/// of degree below N - M takes the data at M .. M + k - 1 and zero up to N - 1; recovery i is its value at i.
/// </summary>
internal static class LagrangeOracle
{
    private static readonly int[] s_basis8 = [1, 214, 152, 146, 86, 200, 88, 230];

    private static readonly int[] s_basis16 =
    [
        0x0001, 0xACCA, 0x3C0E, 0x163E, 0xC582, 0xED2E, 0x914C, 0x4012,
        0x6C98, 0x10D8, 0x6A72, 0xB900, 0xFDB8, 0xFB34, 0xFF38, 0x991E,
    ];

    /// <summary>Recovery symbols of one symbol column, all in Cantor coordinates.</summary>
    public static int[] Recovery(int[] data, int m)
    {
        int block = (int)BitOperations.RoundUpToPowerOf2((uint)m), n = (int)BitOperations.RoundUpToPowerOf2((uint)(block + data.Length));
        bool small = n <= 256;
        int[] basis = small ? s_basis8 : s_basis16;
        int bits = small ? 8 : 16, polynomial = small ? 0x11D : 0x1002D;

        var recovery = new int[m];
        for (int i = 0; i < m; i++)
        {
            int sum = 0;
            for (int j = 0; j < data.Length; j++)
            {
                int top = 1, bottom = 1;
                for (int l = block; l < n; l++)
                {
                    if (l == block + j) continue;
                    top = Multiply(top, Element(i ^ l), bits, polynomial);
                    bottom = Multiply(bottom, Element((block + j) ^ l), bits, polynomial);
                }
                sum ^= Multiply(Element(data[j]), Multiply(top, Inverse(bottom, bits, polynomial), bits, polynomial), bits, polynomial);
            }
            recovery[i] = Coordinates(sum);
        }
        return recovery;

        int Element(int coordinates)
        {
            int element = 0;
            for (int b = 0; b < bits; b++) if ((coordinates >> b & 1) != 0) element ^= basis[b];
            return element;
        }

        int Coordinates(int element)
        {
            // The map is linear and one to one, so the inverse is found bit by bit from its own table of images.
            var reduced = new List<(int Image, int Source)>();
            for (int b = 0; b < bits; b++)
            {
                (int image, int source) = (basis[b], 1 << b);
                foreach ((int otherImage, int otherSource) in reduced)
                    if ((image ^ otherImage) < image) (image, source) = (image ^ otherImage, source ^ otherSource);
                reduced.Add((image, source));
                reduced.Sort((x, y) => y.Image.CompareTo(x.Image));
            }
            int coordinates = 0;
            foreach ((int image, int source) in reduced)
                if ((element ^ image) < element) (element, coordinates) = (element ^ image, coordinates ^ source);
            Assert.Equal(0, element);
            return coordinates;
        }
    }

    private static int Multiply(int a, int b, int bits, int polynomial)
    {
        int product = 0;
        for (; b != 0; b >>= 1)
        {
            if ((b & 1) != 0) product ^= a;
            a <<= 1;
            if (a >> bits != 0) a ^= polynomial;
        }
        return product;
    }

    private static int Inverse(int a, int bits, int polynomial)
    {
        int result = 1;
        for (int i = 1; i < bits; i++)
        {
            a = Multiply(a, a, bits, polynomial);
            result = Multiply(result, a, bits, polynomial);
        }
        return result;
    }
}
