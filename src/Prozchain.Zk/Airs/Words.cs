using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Expressions over words of 32 bits. A limb is 16 bits; a limb of a word held as bits is a sum, so of the degree of the
/// bits. Where bits are boolean, what is computed from them is exact in every field of a characteristic above 2^20.
/// </summary>
internal static class Words<TBuilder, TValue>
    where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
    where TValue : struct, IAirExpression<TValue>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TValue Cell(ref TBuilder b, int column, bool next) => next ? b.Next(column) : b.Local(column);

    /// <summary>Bit <paramref name="i"/> mod 32 of a word held as bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TValue Bit(ref TBuilder b, WordCells word, int i) => Cell(ref b, word.Column + (i & 31), word.IsNext);

    /// <summary>The xor of two bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TValue Xor(TValue x, TValue y)
    {
        TValue product = x * y;
        return x + y - product - product;
    }

    /// <summary>The low (0) or high (1) limb of a word.</summary>
    public static TValue Limb(ref TBuilder b, WordCells word, int half)
    {
        if (!word.IsBits) return Cell(ref b, word.Column + half, word.IsNext);
        int first = word.Column + 16 * half;
        TValue sum = Cell(ref b, first + 15, word.IsNext);
        for (int i = 14; i >= 0; i--) sum = sum + sum + Cell(ref b, first + i, word.IsNext);
        return sum;
    }

    /// <summary>A limb of x xor (y rotated left), both held as bits. Degree 2.</summary>
    public static TValue XorLimb(ref TBuilder b, WordCells x, WordCells y, int rotation, int half)
    {
        TValue sum = default;
        for (int i = 16 * half + 15; i >= 16 * half; i--)
        {
            TValue bit = Xor(Bit(ref b, x, i), Bit(ref b, y, i + 32 - rotation));
            sum = i == 16 * half + 15 ? bit : sum + sum + bit;
        }
        return sum;
    }

    /// <summary>Demands that columns hold bits, on every row.</summary>
    public static void AssertBits(ref TBuilder b, int column, int count, string label)
    {
        for (int i = 0; i < count; i++)
        {
            TValue bit = b.Local(column + i);
            b.AssertZero(Rows.All, bit * bit - bit, label, i);
        }
    }

    /// <summary>
    /// Demands that x + y + z = sum mod 2^32, on every row. With all limbs in range, the low limbs differ by a carry of 0,
    /// 1 or 2 times 2^16, and the words by as much of 2^32: each a product of three factors that is small enough not to wrap.
    /// </summary>
    public static void AssertSum(ref TBuilder b, WordCells x, WordCells y, WordCells z, WordCells sum, string label, int index)
    {
        TValue low = Limb(ref b, x, 0) + Limb(ref b, y, 0) + Limb(ref b, z, 0) - Limb(ref b, sum, 0);
        TValue high = Limb(ref b, x, 1) + Limb(ref b, y, 1) + Limb(ref b, z, 1) - Limb(ref b, sum, 1);
        TValue radix = b.Constant(1 << 16), wrap = b.Constant(1UL << 32);
        TValue total = low + high * radix;
        b.AssertZero(Rows.All, low * (low - radix) * (low - radix - radix), label, 2 * index);
        b.AssertZero(Rows.All, total * (total - wrap) * (total - wrap - wrap), label, 2 * index + 1);
    }

    /// <summary>Demands that x + y = sum mod 2^32 where the gate is not zero; see the sum of three.</summary>
    public static void AssertSum(ref TBuilder b, TValue gate, WordCells x, WordCells y, WordCells sum, string label, int index)
    {
        TValue low = Limb(ref b, x, 0) + Limb(ref b, y, 0) - Limb(ref b, sum, 0);
        TValue high = Limb(ref b, x, 1) + Limb(ref b, y, 1) - Limb(ref b, sum, 1);
        TValue radix = b.Constant(1 << 16), wrap = b.Constant(1UL << 32);
        TValue total = low + high * radix;
        b.AssertZero(Rows.All, gate * (low * (low - radix)), label, 2 * index);
        b.AssertZero(Rows.All, gate * (total * (total - wrap)), label, 2 * index + 1);
    }

    /// <summary>Demands that two words are equal where the gate is not zero.</summary>
    public static void AssertEqual(ref TBuilder b, TValue gate, WordCells x, WordCells y, string label, int index)
    {
        for (int half = 0; half < 2; half++) b.AssertZero(Rows.All, gate * (Limb(ref b, x, half) - Limb(ref b, y, half)), label, 2 * index + half);
    }

    /// <summary>Demands that a word is x xor (y rotated left) where the gate is not zero.</summary>
    public static void AssertXor(ref TBuilder b, TValue gate, WordCells word, WordCells x, WordCells y, int rotation, string label, int index)
    {
        for (int half = 0; half < 2; half++)
            b.AssertZero(Rows.All, gate * (Limb(ref b, word, half) - XorLimb(ref b, x, y, rotation, half)), label, 2 * index + half);
    }
}
