using System.Buffers.Binary;

namespace Prozchain.Shared;

/// <summary>
/// A number modulo L = 2^252 + 27742317777372353535851937790883648493, the order of the base point: four words, below
/// L. No branch and no address depends on a value, but for <see cref="TryRead"/>.
/// </summary>
internal readonly struct Scalar25519
{
    public const int Size = 32, WideWords = 8;

    private const int Words = 4;

    private readonly ulong _w0, _w1, _w2, _w3;

    private Scalar25519(ReadOnlySpan<ulong> words) => (_w0, _w1, _w2, _w3) = (words[0], words[1], words[2], words[3]);

    public Scalar25519(ulong value) => _w0 = value;

    private static ReadOnlySpan<ulong> Order => [0x5812631A5CF5D3ED, 0x14DEF9DEA2F79CD6, 0, 0x1000000000000000, 0];

    // Floor of 2^512 / L, for Barrett's reduction (Handbook of Applied Cryptography, algorithm 14.42).
    private static ReadOnlySpan<ulong> Reciprocal => [0xED9CE5A30A2C131B, 0x2106215D086329A7, 0xFFFFFFFFFFFFFFEB, 0xFFFFFFFFFFFFFFFF, 0xF];

    /// <summary>Reads 32 bytes, little-endian; false from L on.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Scalar25519 scalar)
    {
        scalar = Read(bytes);
        Span<ulong> words = stackalloc ulong[Words];
        scalar.CopyTo(words);
        for (int i = Words - 1; i >= 0; i--)
            if (words[i] != Order[i]) return words[i] < Order[i];
        return false;
    }

    /// <summary>Reads 32 bytes that <see cref="Write"/> wrote.</summary>
    public static Scalar25519 Read(ReadOnlySpan<byte> bytes)
    {
        Span<ulong> words = stackalloc ulong[Words];
        ReadWords(bytes, words);
        var scalar = new Scalar25519(words);
        words.Clear();
        return scalar;
    }

    /// <summary>A little-endian number of up to 64 bytes, modulo L.</summary>
    public static Scalar25519 Reduce(ReadOnlySpan<byte> bytes)
    {
        Span<byte> padded = stackalloc byte[WideWords * sizeof(ulong)];
        padded.Clear();
        bytes.CopyTo(padded);
        Span<ulong> words = stackalloc ulong[WideWords];
        ReadWords(padded, words);
        Scalar25519 scalar = Reduce(words);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(padded);
        words.Clear();
        return scalar;
    }

    /// <summary>Eight words, least significant first, modulo L.</summary>
    public static Scalar25519 Reduce(ReadOnlySpan<ulong> words)
    {
        Span<ulong> product = stackalloc ulong[10], rest = stackalloc ulong[5], less = stackalloc ulong[5];
        product.Clear();
        MultiplyAdd(words[3..8], Reciprocal, product);
        Span<ulong> multiple = stackalloc ulong[10];
        multiple.Clear();
        MultiplyAdd(product[5..], Order, multiple);
        Subtract(words[..5], multiple[..5], rest);
        // The quotient is at most two too small.
        for (int i = 0; i < 2; i++)
        {
            ulong keep = 0 - Subtract(rest, Order, less);
            for (int word = 0; word < rest.Length; word++) rest[word] = less[word] ^ (keep & (less[word] ^ rest[word]));
        }
        var scalar = new Scalar25519(rest);
        product.Clear();
        multiple.Clear();
        rest.Clear();
        less.Clear();
        return scalar;
    }

    /// <summary>
    /// The number of two words, less that of the word <paramref name="offset"/> twice; not always below L, and fit to be
    /// multiplied only.
    /// </summary>
    public static Scalar25519 FromOffset(ulong low, ulong high, ulong offset)
    {
        Span<ulong> words = stackalloc ulong[Words];
        Subtract(Order[..Words], [offset, offset, 0, 0], words);
        words[0] += low;
        ulong carry = words[0] < low ? 1UL : 0;
        words[1] += carry;
        carry = words[1] < carry ? 1UL : 0;
        words[1] += high;
        carry |= words[1] < high ? 1UL : 0;
        words[2] += carry;
        words[3] += words[2] < carry ? 1UL : 0;
        return new Scalar25519(words);
    }

    public static Scalar25519 operator -(in Scalar25519 a)
    {
        Span<ulong> words = stackalloc ulong[Words];
        a.CopyTo(words);
        Subtract(Order[..Words], words, words);
        Span<ulong> wide = stackalloc ulong[WideWords];
        wide.Clear();
        words.CopyTo(wide);
        return Reduce(wide);
    }

    public static Scalar25519 operator *(in Scalar25519 a, in Scalar25519 b) => MultiplyAdd(a, b, default);

    /// <summary>a · b + c modulo L.</summary>
    public static Scalar25519 MultiplyAdd(in Scalar25519 a, in Scalar25519 b, in Scalar25519 c)
    {
        Span<ulong> wide = stackalloc ulong[WideWords];
        wide.Clear();
        c.CopyTo(wide);
        a.AddProduct(b, wide);
        Scalar25519 result = Reduce(wide);
        wide.Clear();
        return result;
    }

    /// <summary>Adds this times <paramref name="other"/> to eight words, modulo 2^512.</summary>
    public void AddProduct(in Scalar25519 other, Span<ulong> wide)
    {
        Span<ulong> x = stackalloc ulong[Words], y = stackalloc ulong[Words];
        CopyTo(x);
        other.CopyTo(y);
        MultiplyAdd(x, y, wide);
        x.Clear();
        y.Clear();
    }

    /// <summary>Writes four words, least significant first, and zeros after them.</summary>
    public void CopyTo(Span<ulong> words)
    {
        (words[0], words[1], words[2], words[3]) = (_w0, _w1, _w2, _w3);
        words[Words..].Clear();
    }

    /// <summary>Zeroes a copy of a secret.</summary>
    public static void Clear(ref Scalar25519 scalar) =>
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<Scalar25519>(ref scalar)));

    /// <summary>Writes 32 bytes, little-endian.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _w0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], _w1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], _w2);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], _w3);
    }

    /// <summary>
    /// Digits of 4 or 8 bits, least significant first, with sign: -8 to 7 or -128 to 127. 256 bits in all, so that the
    /// last carry has room.
    /// </summary>
    public void WriteDigits(Span<sbyte> digits, int bits)
    {
        Span<ulong> words = stackalloc ulong[Words];
        CopyTo(words);
        int perWord = 64 / bits, half = 1 << (bits - 1), carry = 0;
        for (int i = 0; i < Words; i++)
        {
            ulong word = words[i];
            for (int j = 0; j < perWord; j++, word >>= bits)
            {
                int digit = (int)(word & (ulong)(2 * half - 1)) + carry;
                carry = (digit + half) >> bits;
                digits[i * perWord + j] = (sbyte)(digit - (carry << bits));
            }
        }
        words.Clear();
    }

    private static void ReadWords(ReadOnlySpan<byte> bytes, Span<ulong> words)
    {
        for (int i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
    }

    // sum += a · b, modulo 2^(64 · length of sum).
    private static void MultiplyAdd(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> sum)
    {
        for (int i = 0; i < a.Length; i++)
        {
            ulong carry = 0;
            int at = i;
            for (int j = 0; j < b.Length && at < sum.Length; j++, at++)
            {
                ulong high = Math.BigMul(a[i], b[j], out ulong low);
                low += carry;
                high += low < carry ? 1UL : 0;
                sum[at] += low;
                carry = high + (sum[at] < low ? 1UL : 0);
            }
            for (; at < sum.Length; at++)
            {
                sum[at] += carry;
                carry = sum[at] < carry ? 1UL : 0;
            }
        }
    }

    // difference = a - b; 1 if that fell below zero. May be in place.
    private static ulong Subtract(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> difference)
    {
        ulong borrow = 0;
        for (int i = 0; i < difference.Length; i++)
        {
            ulong first = a[i] - b[i], next = first - borrow;
            borrow = (a[i] < b[i] ? 1UL : 0) | (first < borrow ? 1UL : 0);
            difference[i] = next;
        }
        return borrow;
    }
}
