using Prozchain.Shared;

namespace Prozchain.DataAvailability.Coding;

/// <summary>Lagrange's formula over GF(2^8), polynomial 0x11D, at elements that are given as bytes.</summary>
internal static class LagrangeWeights
{
    private const int Order = 255;

    /// <summary>
    /// The matrix that takes the values of a polynomial of degree below k at k elements to its values at others: row t, column s
    /// holds the product of (t - l) / (s - l) over the known l other than s. O(k (k + wanted)), by logarithms.
    /// </summary>
    /// <param name="known">k distinct elements.</param>
    /// <param name="wanted">Elements that are not among them.</param>
    /// <param name="columns">The columns to write, as places in <paramref name="known"/>.</param>
    /// <param name="matrix">wanted × columns bytes, row by row.</param>
    public static void Fill(ReadOnlySpan<byte> known, ReadOnlySpan<byte> wanted, Range columns, Span<byte> matrix)
    {
        (int first, int count) = columns.GetOffsetAndLength(known.Length);
        Span<int> divisors = stackalloc int[count];
        for (int column = 0; column < count; column++) divisors[column] = Distances(known, known[first + column]);
        for (int row = 0; row < wanted.Length; row++)
        {
            int all = Distances(known, wanted[row]);
            for (int column = 0; column < count; column++)
            {
                int log = all + 2 * Order - divisors[column] - Gf256.Log((byte)(wanted[row] ^ known[first + column]));
                matrix[row * count + column] = Gf256.Exp(log % Order);
            }
        }
    }

    // The logarithm of the product of the distances from all known elements but the element itself.
    private static int Distances(ReadOnlySpan<byte> known, byte element)
    {
        int sum = 0;
        foreach (byte other in known)
            if (other != element) sum += Gf256.Log((byte)(element ^ other));
        return sum % Order;
    }
}
