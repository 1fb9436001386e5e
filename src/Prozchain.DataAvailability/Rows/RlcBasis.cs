using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// Between the two ways of writing GF(2^16): by coordinates in the Cantor basis, as shards and formats have it, and as
/// polynomials modulo 0x1002D, in which a product is a carry-less product.
/// </summary>
internal static class RlcBasis
{
    private const int ChunkSize = 64, HalfChunk = 32;

    private static readonly ushort[] s_toPolynomial = ToPolynomialBits();
    private static readonly ushort[] s_fromPolynomial = Bits(bit => CantorField.Gf16.Exp(bit));
    private static readonly ushort[] s_lowBytes = [.. Enumerable.Range(0, 256).Select(low => Map(s_toPolynomial, low))];
    private static readonly ushort[] s_highBytes = [.. Enumerable.Range(0, 256).Select(high => Map(s_toPolynomial, high << 8))];
    // Nibble n of a symbol with value v: low bytes of the image at 32n + v, high bytes at 32n + 16 + v.
    private static readonly byte[] s_nibbles = Nibbles(s_toPolynomial);
    // Four bit matrices as GF2P8AFFINEQB takes them: low to low, high to low, low to high, high to high.
    private static readonly ulong[] s_matrices = [.. Enumerable.Range(0, 4).Select(number => Matrix(s_toPolynomial, number))];

    /// <summary>One element, from coordinates.</summary>
    public static ushort ToPolynomial(int coordinates) => (ushort)(s_lowBytes[coordinates & 0xFF] ^ s_highBytes[coordinates >> 8]);

    /// <summary>A sum of unreduced products, of up to 31 bits, to coordinates.</summary>
    public static ushort Reduce(uint product)
    {
        // x^16 = x^5 + x^3 + x^2 + 1; the first fold leaves at most 20 bits.
        for (uint high = product >> 16; high != 0; high = product >> 16)
            product = (product & 0xFFFF) ^ high ^ (high << 2) ^ (high << 3) ^ (high << 5);
        return Map(s_fromPolynomial, (int)product);
    }

    /// <summary>The symbols of whole 64-byte chunks in Leopard's layout, as polynomials, in order.</summary>
    /// <param name="row">A multiple of 64 bytes.</param>
    /// <param name="symbols">Half as many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToPolynomials(ReadOnlySpan<byte> row, Span<ushort> symbols)
    {
        Debug.Assert(row.Length % ChunkSize == 0 && symbols.Length == row.Length / 2);
        if (Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian) ToPolynomialsByVectors(row, symbols);
        else
        {
            for (int i = 0; i < symbols.Length; i++)
            {
                int low = i / HalfChunk * ChunkSize + i % HalfChunk;
                symbols[i] = ToPolynomial(row[low] | row[low + HalfChunk] << 8);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToPolynomialsByVectors(ReadOnlySpan<byte> row, Span<ushort> symbols)
    {
        ref byte from = ref MemoryMarshal.GetReference(row);
        ref byte to = ref Unsafe.As<ushort, byte>(ref MemoryMarshal.GetReference(symbols));
        ref byte nibbles = ref MemoryMarshal.GetArrayDataReference(s_nibbles);
        ref ulong matrices = ref MemoryMarshal.GetArrayDataReference(s_matrices);
        Vector128<byte> lowMask = Vector128.Create((byte)0x0F);
        for (int chunk = 0; chunk < row.Length; chunk += ChunkSize)
        {
            for (int at = 0; at < HalfChunk; at += Vector128<byte>.Count)
            {
                Vector128<byte> low = Vector128.LoadUnsafe(ref from, (nuint)(chunk + at));
                Vector128<byte> high = Vector128.LoadUnsafe(ref from, (nuint)(chunk + at + HalfChunk));
                Vector128<byte> toLow, toHigh;
                if (Gfni.IsSupported)
                {
                    toLow = Gfni.GaloisFieldAffineTransform(low, Matrix(ref matrices, 0), 0) ^ Gfni.GaloisFieldAffineTransform(high, Matrix(ref matrices, 1), 0);
                    toHigh = Gfni.GaloisFieldAffineTransform(low, Matrix(ref matrices, 2), 0) ^ Gfni.GaloisFieldAffineTransform(high, Matrix(ref matrices, 3), 0);
                }
                else
                {
                    Vector128<byte> n0 = low & lowMask, n1 = low >>> 4, n2 = high & lowMask, n3 = high >>> 4;
                    toLow = Look(ref nibbles, 0, n0) ^ Look(ref nibbles, 32, n1) ^ Look(ref nibbles, 64, n2) ^ Look(ref nibbles, 96, n3);
                    toHigh = Look(ref nibbles, 16, n0) ^ Look(ref nibbles, 48, n1) ^ Look(ref nibbles, 80, n2) ^ Look(ref nibbles, 112, n3);
                }
                (Vector128<ushort> first, Vector128<ushort> second) = Interleave(toLow, toHigh);
                first.AsByte().StoreUnsafe(ref to, (nuint)(chunk + 2 * at));
                second.AsByte().StoreUnsafe(ref to, (nuint)(chunk + 2 * at + Vector128<byte>.Count));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<ushort> First, Vector128<ushort> Second) Interleave(Vector128<byte> low, Vector128<byte> high) => Sse2.IsSupported
        ? (Sse2.UnpackLow(low, high).AsUInt16(), Sse2.UnpackHigh(low, high).AsUInt16())
        : (Vector128.WidenLower(low) | Vector128.WidenLower(high) << 8, Vector128.WidenUpper(low) | Vector128.WidenUpper(high) << 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Matrix(ref ulong matrices, int number) => Vector128.Create(Unsafe.Add(ref matrices, number)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Look(ref byte tables, nuint at, Vector128<byte> indices) =>
        Vector128.ShuffleNative(Vector128.LoadUnsafe(ref tables, at), indices);

    private static ushort Map(ushort[] images, int value)
    {
        int image = 0;
        for (int bit = 0; value != 0; bit++, value >>= 1) image ^= images[bit] & -(value & 1);
        return (ushort)image;
    }

    private static ushort[] Bits(Func<int, int> image) => [.. Enumerable.Range(0, 16).Select(bit => (ushort)image(bit))];

    /// <summary>The elements of the basis: Exp counts in powers of x, so that power p of x has the coordinates Exp(p).</summary>
    private static ushort[] ToPolynomialBits()
    {
        var images = new ushort[16];
        for (int power = 0, element = 1; power < CantorField.Gf16.Modulus; power++)
        {
            int coordinates = CantorField.Gf16.Exp(power);
            if (int.IsPow2(coordinates)) images[int.Log2(coordinates)] = (ushort)element;
            element <<= 1;
            if (element > 0xFFFF) element ^= 0x1002D;
        }
        return images;
    }

    private static byte[] Nibbles(ushort[] images)
    {
        var tables = new byte[128];
        for (int i = 0; i < 64; i++)
        {
            ushort image = Map(images, i % 16 << i / 16 * 4);
            (tables[i / 16 * 32 + i % 16], tables[i / 16 * 32 + 16 + i % 16]) = ((byte)image, (byte)(image >> 8));
        }
        return tables;
    }

    private static ulong Matrix(ushort[] images, int number)
    {
        int from = number % 2 * 8, to = number / 2 * 8;
        ulong matrix = 0;
        // Byte 7 - i of a matrix says which bits of the source make up bit i.
        for (int bit = 0; bit < 8; bit++)
            for (int source = 0; source < 8; source++)
                if ((images[from + source] >> (to + bit) & 1) != 0) matrix |= 1UL << (8 * (7 - bit) + source);
        return matrix;
    }
}
