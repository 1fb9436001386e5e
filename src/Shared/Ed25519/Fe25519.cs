using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>
/// An element of the field of p = 2^255 - 19: five limbs of 51 bits, not reduced. A product has limbs below
/// 2^51 + 2^43 ("one unit"), a sum those of its terms together, a difference those of its minuend and four units more.
/// A factor may have seven units (limbs below 2^54), a subtrahend three. No branch and no address depends on a value.
/// </summary>
internal readonly struct Fe25519
{
    private const ulong Mask = (1UL << 51) - 1;

    // Four times p: what a difference adds so that no limb falls below zero.
    private const ulong Bias0 = 4 * (Mask - 18), Bias = 4 * Mask;

    // Free bits above a limb of seven units.
    private const int Room = 10;

    private readonly ulong _l0, _l1, _l2, _l3, _l4;

    public Fe25519(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4) => (_l0, _l1, _l2, _l3, _l4) = (l0, l1, l2, l3, l4);

    public static Fe25519 Zero => default;

    public static Fe25519 One => new(1, 0, 0, 0, 0);

    /// <summary>A square root of -1: 2^((p - 1) / 4).</summary>
    public static Fe25519 SqrtMinusOne => new(0x61B274A0EA0B0, 0xD5A5FC8F189D, 0x7EF5E9CBD0C60, 0x78595A6804C9E, 0x2B8324804FC1D);

    public static Fe25519 operator +(in Fe25519 a, in Fe25519 b) => new(a._l0 + b._l0, a._l1 + b._l1, a._l2 + b._l2, a._l3 + b._l3, a._l4 + b._l4);

    public static Fe25519 operator -(in Fe25519 a, in Fe25519 b) =>
        new(a._l0 + Bias0 - b._l0, a._l1 + Bias - b._l1, a._l2 + Bias - b._l2, a._l3 + Bias - b._l3, a._l4 + Bias - b._l4);

    public static Fe25519 operator -(in Fe25519 a) => Zero - a;

    public static Fe25519 operator *(in Fe25519 a, in Fe25519 b)
    {
        (ulong a0, ulong a1, ulong a2, ulong a3, ulong a4) = (a._l0, a._l1, a._l2, a._l3, a._l4);
        (ulong b0, ulong b1, ulong b2, ulong b3, ulong b4) = (b._l0, b._l1, b._l2, b._l3, b._l4);
        (ulong s0, ulong s1, ulong s2, ulong s3, ulong s4) = (a0 << Room, a1 << Room, a2 << Room, a3 << Room, a4 << Room);
        (ulong c1, ulong c2, ulong c3, ulong c4) = (19 * b1, 19 * b2, 19 * b3, 19 * b4);
        ulong h0 = High(s0, b0) + High(s1, c4) + High(s2, c3) + High(s3, c2) + High(s4, c1);
        ulong l0 = a0 * b0 + a1 * c4 + a2 * c3 + a3 * c2 + a4 * c1 - (h0 << (64 - Room));
        ulong h1 = High(s0, b1) + High(s1, b0) + High(s2, c4) + High(s3, c3) + High(s4, c2);
        ulong l1 = a0 * b1 + a1 * b0 + a2 * c4 + a3 * c3 + a4 * c2 - (h1 << (64 - Room));
        ulong h2 = High(s0, b2) + High(s1, b1) + High(s2, b0) + High(s3, c4) + High(s4, c3);
        ulong l2 = a0 * b2 + a1 * b1 + a2 * b0 + a3 * c4 + a4 * c3 - (h2 << (64 - Room));
        ulong h3 = High(s0, b3) + High(s1, b2) + High(s2, b1) + High(s3, b0) + High(s4, c4);
        ulong l3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + a4 * c4 - (h3 << (64 - Room));
        ulong h4 = High(s0, b4) + High(s1, b3) + High(s2, b2) + High(s3, b1) + High(s4, b0);
        ulong l4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 - (h4 << (64 - Room));
        return Carry(l0, l1, l2, l3, l4, h0, h1, h2, h3, h4);
    }

    public Fe25519 Square()
    {
        (ulong a0, ulong a1, ulong a2, ulong a3, ulong a4) = (_l0, _l1, _l2, _l3, _l4);
        (ulong s0, ulong s1, ulong s2, ulong s3, ulong s4) = (a0 << Room, a1 << Room, a2 << Room, a3 << Room, a4 << Room);
        (ulong c3, ulong c4, ulong d1, ulong d2, ulong d3, ulong d4, ulong e3, ulong e4) = (19 * a3, 19 * a4, 2 * a1, 2 * a2, 2 * a3, 2 * a4, 38 * a3, 38 * a4);
        ulong h0 = High(s0, a0) + High(s1, e4) + High(s2, e3);
        ulong l0 = a0 * a0 + a1 * e4 + a2 * e3 - (h0 << (64 - Room));
        ulong h1 = High(s0, d1) + High(s2, e4) + High(s3, c3);
        ulong l1 = a0 * d1 + a2 * e4 + a3 * c3 - (h1 << (64 - Room));
        ulong h2 = High(s0, d2) + High(s1, a1) + High(s3, e4);
        ulong l2 = a0 * d2 + a1 * a1 + a3 * e4 - (h2 << (64 - Room));
        ulong h3 = High(s0, d3) + High(s1, d2) + High(s4, c4);
        ulong l3 = a0 * d3 + a1 * d2 + a4 * c4 - (h3 << (64 - Room));
        ulong h4 = High(s0, d4) + High(s1, d3) + High(s2, a2);
        ulong l4 = a0 * d4 + a1 * d3 + a2 * a2 - (h4 << (64 - Room));
        return Carry(l0, l1, l2, l3, l4, h0, h1, h2, h3, h4);
    }

    /// <summary>To the power of 2^<paramref name="count"/>.</summary>
    public Fe25519 Square(int count)
    {
        Fe25519 result = Square();
        for (int i = 1; i < count; i++) result = result.Square();
        return result;
    }

    /// <summary>To the power of p - 2: the inverse, and zero of zero.</summary>
    public Fe25519 Invert()
    {
        PowerChain(out Fe25519 high, out Fe25519 eleventh);
        return high.Square(5) * eleventh;
    }

    /// <summary>To the power of (p - 5) / 8 = 2^252 - 3.</summary>
    public Fe25519 PowerForRoot()
    {
        PowerChain(out Fe25519 high, out _);
        return high.Square(2) * this;
    }

    /// <summary>
    /// A square root of u / v. False, and something else, if there is none; the root of 0 / v is 0. Not constant-time in
    /// whether there is one.
    /// </summary>
    public static bool TrySqrtRatio(in Fe25519 u, in Fe25519 v, out Fe25519 root)
    {
        Fe25519 v3 = v.Square() * v;
        root = u * v3 * (u * (v3.Square() * v)).PowerForRoot();
        Fe25519 check = root.Square() * v;
        if ((u - check).IsZero()) return true;
        root *= SqrtMinusOne;
        return (u + check).IsZero();
    }

    /// <summary>Reads 32 bytes, little-endian, without the top bit; values from p on are taken modulo p.</summary>
    public static Fe25519 Read(ReadOnlySpan<byte> bytes)
    {
        ulong w0 = BinaryPrimitives.ReadUInt64LittleEndian(bytes), w1 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        ulong w2 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), w3 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        return new(w0 & Mask, ((w0 >> 51) | (w1 << 13)) & Mask, ((w1 >> 38) | (w2 << 26)) & Mask, ((w2 >> 25) | (w3 << 39)) & Mask, (w3 >> 12) & Mask);
    }

    /// <summary>Reads five words of two limbs, 26 bits below and 25 bits above bit 32, each limb of three units at most.</summary>
    public static Fe25519 Unpack(ReadOnlySpan<ulong> words)
    {
        return new(Limb(words[0]), Limb(words[1]), Limb(words[2]), Limb(words[3]), Limb(words[4]));

        static ulong Limb(ulong word) => (uint)word + ((word >> 32) << 26);
    }

    /// <summary>Writes five words of two limbs, 26 bits below and 25 bits above bit 32: the number below p.</summary>
    public void Pack(Span<ulong> words)
    {
        Fe25519 r = Reduced();
        (words[0], words[1], words[2], words[3], words[4]) = (Word(r._l0), Word(r._l1), Word(r._l2), Word(r._l3), Word(r._l4));

        static ulong Word(ulong limb) => (limb & ((1UL << 26) - 1)) | ((limb >> 26) << 32);
    }

    /// <summary>True if 32 bytes, without the top bit, are a number below p.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> bytes) =>
        (BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]) & long.MaxValue) != long.MaxValue
        || (BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) & BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..])) != ulong.MaxValue
        || BinaryPrimitives.ReadUInt64LittleEndian(bytes) < 0xFFFF_FFFF_FFFF_FFED;

    /// <summary>Writes the number below p, 32 bytes, little-endian.</summary>
    public void Write(Span<byte> bytes)
    {
        Fe25519 r = Reduced();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, r._l0 | (r._l1 << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], (r._l1 >> 13) | (r._l2 << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (r._l2 >> 26) | (r._l3 << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], (r._l3 >> 39) | (r._l4 << 12));
    }

    public bool IsZero()
    {
        Fe25519 r = Reduced();
        return (r._l0 | r._l1 | r._l2 | r._l3 | r._l4) == 0;
    }

    /// <summary>True if the number below p is odd: the sign of RFC 8032.</summary>
    public bool IsOdd() => (Reduced()._l0 & 1) != 0;

    /// <summary><paramref name="b"/> where <paramref name="mask"/> is all ones, <paramref name="a"/> where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fe25519 Choose(ulong mask, in Fe25519 a, in Fe25519 b) => new(
        a._l0 ^ (mask & (a._l0 ^ b._l0)), a._l1 ^ (mask & (a._l1 ^ b._l1)), a._l2 ^ (mask & (a._l2 ^ b._l2)), a._l3 ^ (mask & (a._l3 ^ b._l3)), a._l4 ^ (mask & (a._l4 ^ b._l4)));

    // The same number with limbs of 51 bits, below p.
    private Fe25519 Reduced()
    {
        (ulong l0, ulong l1, ulong l2, ulong l3, ulong l4) = (_l0, _l1, _l2, _l3, _l4);
        for (int pass = 0; pass < 2; pass++)
        {
            l1 += l0 >> 51;
            l2 += l1 >> 51;
            l3 += l2 >> 51;
            l4 += l3 >> 51;
            (l0, l1, l2, l3) = ((l0 & Mask) + 19 * (l4 >> 51), l1 & Mask, l2 & Mask, l3 & Mask);
            l4 &= Mask;
        }
        // Below 2^255 + 19: one or no p too much, which adding 19 shows as a carry out of the top.
        ulong q = (l0 + 19) >> 51;
        q = (l1 + q) >> 51;
        q = (l2 + q) >> 51;
        q = (l3 + q) >> 51;
        q = (l4 + q) >> 51;
        l0 += 19 * q;
        l1 += l0 >> 51;
        l2 += l1 >> 51;
        l3 += l2 >> 51;
        l4 += l3 >> 51;
        return new(l0 & Mask, l1 & Mask, l2 & Mask, l3 & Mask, l4 & Mask);
    }

    // To the powers of 2^250 - 1 and of 11.
    private void PowerChain(out Fe25519 high, out Fe25519 eleventh)
    {
        Fe25519 t0 = Square(), t1 = this * t0.Square(2);
        eleventh = t0 * t1;
        Fe25519 bits5 = t1 * eleventh.Square(), bits10 = bits5.Square(5) * bits5, bits20 = bits10.Square(10) * bits10;
        Fe25519 bits50 = (bits20.Square(20) * bits20).Square(10) * bits10, bits100 = bits50.Square(50) * bits50;
        high = (bits100.Square(100) * bits100).Square(50) * bits50;
    }

    // The bits of a product above 2^54, of a factor that is shifted up and of one that is not. Sums of five need no carry;
    // the sum of the bits below is below 2^57, and so is known from the low word of the sum of products. Both stay in
    // registers, unlike the low word that Math.BigMul leaves in memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong shifted, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(shifted, b) : Math.BigMul(shifted, b, out _);

    // Factors of seven units: a column is below 77 · 2^108, the top one, which comes back times 19, below 5 · 2^108, so that
    // every sum here is below 2^64.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Fe25519 Carry(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong h0, ulong h1, ulong h2, ulong h3, ulong h4)
    {
        l0 += 19 * (h4 << 3);
        l1 += h0 << 3;
        l2 += h1 << 3;
        l3 += h2 << 3;
        l4 += h3 << 3;
        return new((l0 & Mask) + 19 * (l4 >> 51), (l1 & Mask) + (l0 >> 51), (l2 & Mask) + (l1 >> 51), (l3 & Mask) + (l2 >> 51), (l4 & Mask) + (l3 >> 51));
    }
}
