using System.Buffers;
using System.Security.Cryptography;

namespace Prozchain.Shared;

/// <summary>Hashes to a point of the order L, by either suite. The public key is the salt (RFC 9381, section 5.4.1).</summary>
internal static class EcvrfCurve
{
    private const int BlockSize = 128, UniformSize = 48;

    // The domain separation tag with its length after it; the tag ends with the suite.
    private static ReadOnlySpan<byte> Tag => "ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_\u0004\u0028"u8;

    /// <summary>False only if 256 hashes in a row are no points.</summary>
    public static bool TryHash(EcvrfSuite suite, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, out EdwardsPoint point)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(BlockSize + publicKey.Length + alpha.Length + 64);
        bool found = suite == EcvrfSuite.Elligator2 ? MapToCurve(publicKey, alpha, rented, out point) : TryAndIncrement(publicKey, alpha, rented, out point);
        ArrayPool<byte>.Shared.Return(rented);
        point = point.MultiplyByCofactor();
        return found;
    }

    // Section 5.4.1.1: SHA-512 of 3, 1, key, input, counter, 0; the first 32 bytes, if they are a point.
    private static bool TryAndIncrement(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, Span<byte> text, out EdwardsPoint point)
    {
        int counterAt = 2 + publicKey.Length + alpha.Length;
        (text[0], text[1], text[counterAt + 1]) = ((byte)EcvrfSuite.TryAndIncrement, 1, 0);
        publicKey.CopyTo(text[2..]);
        alpha.CopyTo(text[(2 + publicKey.Length)..]);
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        point = default;
        for (int counter = 0; counter < 256; counter++)
        {
            text[counterAt] = (byte)counter;
            SHA512.HashData(text[..(counterAt + 2)], digest);
            if (EdwardsPoint.TryRead(digest[..EdwardsPoint.Size], out point)) return true;
        }
        return false;
    }

    // Section 5.4.1.2: RFC 9380's edwards25519_XMD:SHA-512_ELL2_NU_ without its last step.
    private static bool MapToCurve(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, Span<byte> text, out EdwardsPoint point)
    {
        // expand_message_xmd (RFC 9380, section 5.3.1) to 48 bytes: a block of zeros, the message, the length, 0, the tag.
        text[..BlockSize].Clear();
        publicKey.CopyTo(text[BlockSize..]);
        alpha.CopyTo(text[(BlockSize + publicKey.Length)..]);
        int at = BlockSize + publicKey.Length + alpha.Length;
        (text[at], text[at + 1], text[at + 2]) = (0, UniformSize, 0);
        Tag.CopyTo(text[(at + 3)..]);
        Span<byte> first = stackalloc byte[SHA512.HashSizeInBytes + 1 + Tag.Length], uniform = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(text[..(at + 3 + Tag.Length)], first);
        first[SHA512.HashSizeInBytes] = 1;
        Tag.CopyTo(first[(SHA512.HashSizeInBytes + 1)..]);
        SHA512.HashData(first, uniform);
        point = Elligator2(ToField(uniform[..UniformSize]));
        return true;
    }

    // 48 bytes, big-endian, modulo p.
    private static Fe25519 ToField(Span<byte> bytes)
    {
        bytes.Reverse();
        Span<byte> padded = stackalloc byte[2 * EdwardsPoint.Size];
        padded.Clear();
        bytes[..31].CopyTo(padded);
        bytes[31..].CopyTo(padded[EdwardsPoint.Size..]);
        Span<byte> power = stackalloc byte[EdwardsPoint.Size];
        power.Clear();
        power[31] = 1;
        return Fe25519.Read(padded) + Fe25519.Read(padded[EdwardsPoint.Size..]) * Fe25519.Read(power);
    }

    // RFC 9380, section 6.7.1 on curve25519, then section 6.8.2 and appendix D.1 to edwards25519.
    private static EdwardsPoint Elligator2(in Fe25519 u)
    {
        var j = new Fe25519(486662, 0, 0, 0, 0);
        Fe25519 one = Fe25519.One, square = u.Square();
        // 1 + 2u² is never zero: -1/2 is not a square.
        Fe25519 x = -(j * (one + square + square).Invert()) * one;
        Fe25519 gx = x * (x * (x + j) + one);
        bool isFirst = Fe25519.TrySqrtRatio(gx, one, out Fe25519 y);
        if (!isFirst)
        {
            x = -(x + j) * one;
            gx = x * (x * (x + j) + one);
            Fe25519.TrySqrtRatio(gx, one, out y);
        }
        if (y.IsOdd() != isFirst) y = -y * one;
        // The even root of -486664.
        var root = new Fe25519(0x604AAFF457E06, 0x2296FA350598D, 0x7F13DFB16874F, 0x35DE93D846E01, 0xF26EDF460A00);
        Fe25519 above = x + one;
        if (y.IsZero() || above.IsZero()) return EdwardsPoint.Identity;
        return new EdwardsPoint(root * x * y.Invert(), (x - one) * above.Invert());
    }
}
