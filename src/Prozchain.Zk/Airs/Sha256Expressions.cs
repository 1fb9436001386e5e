using Prozchain.Zk.Air;

namespace Prozchain.Zk.Airs;

/// <summary>The functions of SHA-256 (FIPS 180-4, section 4.1.2) as limbs of expressions over words held as bits.</summary>
internal static class Sha256Expressions<TBuilder, TValue>
    where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
    where TValue : struct, IAirExpression<TValue>
{
    /// <summary>A limb of the xor of a word rotated right by r and s, and rotated or shifted right by u. Degree 3.</summary>
    public static TValue Rotations(ref TBuilder b, WordCells word, int r, int s, int u, bool isShift, int half)
    {
        TValue sum = b.Constant(0);
        for (int i = 16 * half + 15; i >= 16 * half; i--)
        {
            TValue bit = Words<TBuilder, TValue>.Xor(Words<TBuilder, TValue>.Bit(ref b, word, i + r), Words<TBuilder, TValue>.Bit(ref b, word, i + s));
            if (!isShift || i + u < 32) bit = Words<TBuilder, TValue>.Xor(bit, Words<TBuilder, TValue>.Bit(ref b, word, i + u));
            sum = sum + sum + bit;
        }
        return sum;
    }

    public static TValue Sigma0(ref TBuilder b, WordCells word, int half) => Rotations(ref b, word, 7, 18, 3, isShift: true, half);

    public static TValue Sigma1(ref TBuilder b, WordCells word, int half) => Rotations(ref b, word, 17, 19, 10, isShift: true, half);

    public static TValue BigSigma0(ref TBuilder b, WordCells word, int half) => Rotations(ref b, word, 2, 13, 22, isShift: false, half);

    public static TValue BigSigma1(ref TBuilder b, WordCells word, int half) => Rotations(ref b, word, 6, 11, 25, isShift: false, half);

    /// <summary>A limb of the bits of f where those of e are 1, of g elsewhere. Degree 2.</summary>
    public static TValue Choice(ref TBuilder b, WordCells e, WordCells f, WordCells g, int half)
    {
        TValue sum = b.Constant(0);
        for (int i = 16 * half + 15; i >= 16 * half; i--)
        {
            TValue other = Words<TBuilder, TValue>.Bit(ref b, g, i);
            sum = sum + sum + other + Words<TBuilder, TValue>.Bit(ref b, e, i) * (Words<TBuilder, TValue>.Bit(ref b, f, i) - other);
        }
        return sum;
    }

    /// <summary>A limb of the majority of three words. Degree 3.</summary>
    public static TValue Majority(ref TBuilder b, WordCells x, WordCells y, WordCells z, int half)
    {
        TValue sum = b.Constant(0);
        for (int i = 16 * half + 15; i >= 16 * half; i--)
        {
            TValue p = Words<TBuilder, TValue>.Bit(ref b, x, i), q = Words<TBuilder, TValue>.Bit(ref b, y, i), product = p * q;
            sum = sum + sum + product + Words<TBuilder, TValue>.Bit(ref b, z, i) * (p + q - product - product);
        }
        return sum;
    }
}
