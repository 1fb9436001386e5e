using System.Diagnostics;

namespace Prozchain.Shared;

/// <summary>
/// The field of 256 elements, GF(2)[x] modulo x^8 + x^4 + x^3 + x^2 + 1 (0x11D), a byte per element, bit i the
/// coefficient of x^i. Addition is exclusive or; 2 generates the multiplicative group. Scalar and readable: the oracle
/// of the vector kernels. Time depends on the data (table look-ups), so it is not for secrets.
/// </summary>
internal static class Gf256
{
    public const int Polynomial = 0x11D;

    private const int Order = 255;

    /// <summary>Powers of 2, written twice so that a sum of two logarithms needs no reduction.</summary>
    private static readonly byte[] s_power = MakePowers();

    /// <summary>Logarithms to base 2. The entry of zero is unused.</summary>
    private static readonly byte[] s_log = MakeLogarithms();

    /// <summary>All products: row c holds c * 0 to c * 255.</summary>
    private static readonly byte[] s_products = MakeProducts();

    public static byte Multiply(byte a, byte b) => s_products[(a << 8) | b];

    /// <summary>The inverse of a non-zero element.</summary>
    public static byte Inverse(byte a)
    {
        ArgumentOutOfRangeException.ThrowIfZero(a);
        return s_power[Order - s_log[a]];
    }

    /// <summary>The logarithm to base 2 of a non-zero element, 0 to 254.</summary>
    public static int Log(byte a)
    {
        Debug.Assert(a != 0);
        return s_log[a];
    }

    /// <summary>2 to the power of <paramref name="log"/>, 0 to 509.</summary>
    public static byte Exp(int log) => s_power[log];

    /// <summary>The 256 products of <paramref name="constant"/>, indexed by the other factor.</summary>
    public static ReadOnlySpan<byte> Row(byte constant) => s_products.AsSpan(constant << 8, 256);

    /// <summary>
    /// Adds <paramref name="constant"/> times <paramref name="source"/> to <paramref name="destination"/>. Both have one
    /// length; they are the same memory or do not overlap.
    /// </summary>
    public static void MultiplyAdd(byte constant, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Debug.Assert(source.Length == destination.Length);
        if (constant == 0) return;
        ReadOnlySpan<byte> row = Row(constant);
        destination = destination[..source.Length];
        for (int i = 0; i < source.Length; i++) destination[i] ^= row[source[i]];
    }

    private static byte[] MakePowers()
    {
        var power = new byte[2 * Order];
        int value = 1;
        for (int i = 0; i < Order; i++)
        {
            power[i] = power[i + Order] = (byte)value;
            value <<= 1;
            if (value > 0xFF) value ^= Polynomial;
        }
        return power;
    }

    private static byte[] MakeLogarithms()
    {
        var log = new byte[256];
        for (int i = 0; i < Order; i++) log[s_power[i]] = (byte)i;
        return log;
    }

    private static byte[] MakeProducts()
    {
        var products = new byte[256 * 256];
        for (int a = 1; a < 256; a++)
            for (int b = 1; b < 256; b++)
                products[(a << 8) | b] = s_power[s_log[a] + s_log[b]];
        return products;
    }
}
