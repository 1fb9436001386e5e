using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Multiplication by a factor as tables, in two forms: bit matrices for GF2P8AFFINEQB, and products of the sixteen values
/// of each nibble for byte shuffles. Both forms are linear in the factor, so that of GF(2^16) only the tables
/// of the 256 low and the 256 high parts are kept and a factor is the XOR of two.
/// </summary>
internal static unsafe class FactorTables
{
    /// <summary>Bytes of a matrix: 8 for GF(2^8), four of them (low to low, high to low, low to high, high to high) for GF(2^16).</summary>
    public const int Matrix8Size = 8, Matrix16Size = 32;

    /// <summary>Bytes of nibble products: 16 for each nibble of the input and each byte of the output.</summary>
    public const int Nibbles8Size = 32, Nibbles16Size = 128;

    /// <summary>The matrix of a factor in GF(2^8).</summary>
    public static byte* Matrix8(byte* room, int factor) => Matrices8.Table + Matrix8Size * factor;

    /// <summary>The matrices of a kernel's factors in GF(2^8).</summary>
    public static byte* Matrix8(byte* room, int first, int radixLog) => Matrices8.Kernels + Matrix8Size * Kernel(first, radixLog);

    /// <summary>The four matrices of a factor in GF(2^16).</summary>
    public static byte* Matrix16(byte* room, int factor) => Sum(room, Matrices16.Table, Matrix16Size, factor);

    /// <summary>The matrices of a kernel's factors in GF(2^16).</summary>
    public static byte* Matrix16(byte* room, int first, int radixLog) => Sums(room, Matrices16.Table, Matrix16Size, first, radixLog);

    /// <summary>The products of low, then of high nibbles with a factor in GF(2^8).</summary>
    public static byte* Nibbles8(byte* room, int factor) => Products8.Table + Nibbles8Size * factor;

    /// <summary>The products of a kernel's factors in GF(2^8).</summary>
    public static byte* Nibbles8(byte* room, int first, int radixLog) => Products8.Kernels + Nibbles8Size * Kernel(first, radixLog);

    /// <summary>For each of four nibbles the low bytes, then the high bytes of its products with a factor in GF(2^16).</summary>
    public static byte* Nibbles16(byte* room, int factor) => Sum(room, Products16.Table, Nibbles16Size, factor);

    /// <summary>The products of a kernel's factors in GF(2^16).</summary>
    public static byte* Nibbles16(byte* room, int first, int radixLog) => Sums(room, Products16.Table, Nibbles16Size, first, radixLog);

    private static byte* Sum(byte* room, byte* table, int size, int factor)
    {
        byte* low = table + size * (factor & 255), high = table + size * (256 + (factor >> 8));
        for (int i = 0; i < size; i += 32) Vector256.Store(Vector256.Load(low + i) ^ Vector256.Load(high + i), room + i);
        return room;
    }

    private static byte* Sums(byte* room, byte* table, int size, int first, int radixLog)
    {
        byte* target = room;
        for (int count = 1 << (radixLog - 1); count > 0; count >>= 1, first >>= 1)
            for (int i = 0; i < count; i++, target += size) Sum(target, table, size, first + 2 * i);
        return room;
    }

    // Where the factors of a kernel start in a table of all kernels: those of one row are none, of two are one, and so on.
    private static int Kernel(int first, int radixLog) => (radixLog - 1) * 256 + (first >> radixLog) * ((1 << radixLog) - 1);

    private static byte* BuildKernels(byte* table, int size)
    {
        byte* kernels = (byte*)NativeMemory.AlignedAlloc((nuint)(size * 3 * 256), 64);
        for (int radixLog = 1; radixLog <= 3; radixLog++)
        {
            for (int first = 0; first < 256; first += 1 << radixLog)
            {
                byte* target = kernels + size * Kernel(first, radixLog);
                for (int count = 1 << (radixLog - 1), layer = 0; count > 0; count >>= 1, layer++)
                {
                    for (int i = 0; i < count; i++, target += size)
                        NativeMemory.Copy(table + size * ((first >> layer) + 2 * i), target, (nuint)size);
                }
            }
        }
        return kernels;
    }

    /// <summary>Rows of the map from the eight bits of a byte to a byte of the product, as the instruction has them: the last row first.</summary>
    private static ulong Matrix(ReadOnlySpan<int> images, int shift)
    {
        ulong matrix = 0;
        for (int row = 0; row < 8; row++)
            for (int column = 0; column < 8; column++)
                if ((images[column] >> (shift + row) & 1) != 0) matrix |= 1UL << (8 * (7 - row) + column);
        return matrix;
    }

    /// <summary>Builds a table that stays where it is for as long as the process lives.</summary>
    private static byte* Build(CantorField field, int size, int entries, Action<int, nint> write)
    {
        byte* table = (byte*)NativeMemory.AlignedAlloc((nuint)(size * entries), 64);
        for (int entry = 0; entry < entries; entry++)
            write(field.Bits == 8 || entry < 256 ? entry : (entry - 256) << 8, (nint)(table + entry * size));
        return table;
    }

    private static class Matrices8
    {
        public static readonly byte* Table = Build(CantorField.Gf8, Matrix8Size, 256, (factor, target) =>
        {
            Span<int> images = stackalloc int[8];
            for (int bit = 0; bit < 8; bit++) images[bit] = CantorField.Gf8.Multiply(factor, 1 << bit);
            *(ulong*)target = Matrix(images, 0);
        });

        public static readonly byte* Kernels = BuildKernels(Table, Matrix8Size);
    }

    private static class Matrices16
    {
        public static readonly byte* Table = Build(CantorField.Gf16, Matrix16Size, 512, (factor, target) =>
        {
            Span<int> images = stackalloc int[16];
            for (int bit = 0; bit < 16; bit++) images[bit] = CantorField.Gf16.Multiply(factor, 1 << bit);
            for (int part = 0; part < 4; part++) ((ulong*)target)[part] = Matrix(images.Slice(8 * (part & 1), 8), 8 * (part >> 1));
        });
    }

    private static class Products8
    {
        public static readonly byte* Table = Build(CantorField.Gf8, Nibbles8Size, 256, (factor, target) =>
        {
            for (int i = 0; i < 32; i++) ((byte*)target)[i] = (byte)CantorField.Gf8.Multiply(factor, i < 16 ? i : (i - 16) << 4);
        });

        public static readonly byte* Kernels = BuildKernels(Table, Nibbles8Size);
    }

    private static class Products16
    {
        public static readonly byte* Table = Build(CantorField.Gf16, Nibbles16Size, 512, (factor, target) =>
        {
            for (int i = 0; i < 64; i++)
            {
                int product = CantorField.Gf16.Multiply(factor, (i & 15) << (4 * (i >> 4))), at = 32 * (i >> 4) + (i & 15);
                ((byte*)target)[at] = (byte)product;
                ((byte*)target)[at + 16] = (byte)(product >> 8);
            }
        });
    }
}
