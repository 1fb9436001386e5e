using System.Numerics;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// Arithmetic on secp256k1 (SEC 2) for public data only: recovery of the key from a signature, and which of the two
/// candidates for R a signature means. Its time depends on its inputs, so no secret may enter; signing is the platform's.
/// </summary>
internal static class Secp256k1
{
    public const int PublicKeySize = 64, SignatureSize = 64;

    private static readonly BigInteger s_p = Hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F");
    private static readonly BigInteger s_n = Hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");
    private static readonly Jacobian s_g = new(
        Hex("79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798"),
        Hex("483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8"), BigInteger.One);

    private static readonly Jacobian s_none = new(BigInteger.One, BigInteger.One, BigInteger.Zero);

    /// <summary>True for a scalar of a private key: 1 to n - 1, 32 bytes big-endian.</summary>
    public static bool IsScalar(ReadOnlySpan<byte> bytes) => Read(bytes) is { IsZero: false } value && value < s_n;

    /// <summary>Replaces s by n - s where that is smaller (EIP-2).</summary>
    /// <param name="signature">64 bytes, r then s, changed in place.</param>
    public static void ToLowS(Span<byte> signature)
    {
        BigInteger s = Read(signature[32..64]);
        if (s > s_n / 2) Write(s_n - s, signature[32..64]);
    }

    /// <summary>
    /// Finds the public key whose signature of <paramref name="digest"/> this is: false unless r and s are in range, s is
    /// low, and R is on the curve.
    /// </summary>
    /// <param name="digest">32 bytes.</param>
    /// <param name="signature">64 bytes: r, then s.</param>
    /// <param name="isOdd">Whether the y coordinate of R is odd.</param>
    /// <param name="publicKey">64 bytes: X and Y.</param>
    public static bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, bool isOdd, Span<byte> publicKey)
    {
        if (signature.Length != SignatureSize) return false;
        BigInteger r = Read(signature[..32]), s = Read(signature[32..]);
        if (r.IsZero || s.IsZero || r >= s_n || s > s_n / 2) return false;
        // An x of n or above, of which r would be the remainder, is met once in 2^128 and has no sign in a transaction.
        BigInteger square = (r * r * r + 7) % s_p;
        BigInteger y = BigInteger.ModPow(square, (s_p + 1) / 4, s_p);
        if (y * y % s_p != square) return false;
        if (!y.IsEven != isOdd) y = s_p - y;
        // Q = (s R - z G) / r
        BigInteger inverse = BigInteger.ModPow(r, s_n - 2, s_n);
        BigInteger u = (s_n - Read(digest) % s_n) * inverse % s_n, v = s * inverse % s_n;
        Jacobian key = Sum(u, s_g, v, new Jacobian(r, y, BigInteger.One));
        if (key.Z.IsZero) return false;
        BigInteger z = BigInteger.ModPow(key.Z, s_p - 2, s_p), z2 = z * z % s_p;
        Write(key.X * z2 % s_p, publicKey[..32]);
        Write(key.Y * z2 % s_p * z % s_p, publicKey[32..64]);
        return true;
    }

    // a P + b Q with one run of doublings (Shamir).
    private static Jacobian Sum(BigInteger a, in Jacobian p, BigInteger b, in Jacobian q)
    {
        Jacobian both = Add(p, q), sum = s_none;
        Span<byte> bits = stackalloc byte[64];
        Write(a, bits[..32]);
        Write(b, bits[32..]);
        for (int i = 0; i < 256; i++)
        {
            sum = Double(sum);
            int mask = 0x80 >> (i & 7);
            bool hasA = (bits[i >> 3] & mask) != 0, hasB = (bits[32 + (i >> 3)] & mask) != 0;
            if (hasA || hasB) sum = Add(sum, hasA ? hasB ? both : p : q);
        }
        return sum;
    }

    private static Jacobian Double(in Jacobian p)
    {
        if (p.Z.IsZero || p.Y.IsZero) return s_none;
        BigInteger y2 = p.Y * p.Y % s_p, s = 4 * p.X * y2 % s_p, m = 3 * p.X * p.X % s_p;
        BigInteger x = Reduce(m * m - 2 * s);
        return new Jacobian(x, Reduce(m * (s - x) - 8 * y2 * y2), 2 * p.Y * p.Z % s_p);
    }

    private static Jacobian Add(in Jacobian p, in Jacobian q)
    {
        if (p.Z.IsZero) return q;
        if (q.Z.IsZero) return p;
        BigInteger pz2 = p.Z * p.Z % s_p, qz2 = q.Z * q.Z % s_p;
        BigInteger u1 = p.X * qz2 % s_p, u2 = q.X * pz2 % s_p;
        BigInteger s1 = p.Y * qz2 % s_p * q.Z % s_p, s2 = q.Y * pz2 % s_p * p.Z % s_p;
        if (u1 == u2) return s1 == s2 ? Double(p) : s_none;
        BigInteger h = Reduce(u2 - u1), r = Reduce(s2 - s1), h2 = h * h % s_p, h3 = h2 * h % s_p, w = u1 * h2 % s_p;
        BigInteger x = Reduce(r * r - h3 - 2 * w);
        return new Jacobian(x, Reduce(r * (w - x) - s1 * h3), h * p.Z % s_p * q.Z % s_p);
    }

    private static BigInteger Reduce(BigInteger value)
    {
        value %= s_p;
        return value.Sign < 0 ? value + s_p : value;
    }

    private static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static void Write(BigInteger value, Span<byte> to)
    {
        to.Clear();
        value.TryWriteBytes(to[(to.Length - value.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
    }

    private static BigInteger Hex(string digits) => Read(Convert.FromHexString(digits));

    private readonly record struct Jacobian(BigInteger X, BigInteger Y, BigInteger Z);
}
