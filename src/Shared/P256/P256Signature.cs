using System.Security.Cryptography;

namespace Prozchain.Shared;

/// <summary>
/// ECDSA over P-256 with SHA-256, by the BCL. Public key: scheme byte 1, then X and Y, 32 bytes each, big-endian.
/// Signature: scheme byte 1, then r and s, 32 bytes each, big-endian, with s in the lower half of the order, so that
/// nobody can turn one valid signature into another.
/// </summary>
internal static class P256Signature
{
    public const byte Scheme = 1;
    public const int PublicKeySize = 65, SignatureSize = 65, SeedSize = 32;

    /// <summary>The order n of the group (SEC 2, secp256r1), big-endian.</summary>
    public static ReadOnlySpan<byte> Order =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ];

    private static ReadOnlySpan<byte> HalfOrder =>
    [
        0x7F, 0xFF, 0xFF, 0xFF, 0x80, 0x00, 0x00, 0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xDE, 0x73, 0x7D, 0x56, 0xD3, 0x8B, 0xCF, 0x42, 0x79, 0xDC, 0xE5, 0x61, 0x7E, 0x31, 0x92, 0xA8,
    ];

    public static bool IsWellFormed(ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureSize && signature[0] == Scheme && signature[33..].SequenceCompareTo(HalfOrder) <= 0;

    /// <summary>Replaces s by n - s where that is the smaller one. In place.</summary>
    public static void ToLowS(Span<byte> signature)
    {
        Span<byte> s = signature[33..];
        if (((ReadOnlySpan<byte>)s).SequenceCompareTo(HalfOrder) <= 0) return;
        int borrow = 0;
        for (int i = 31; i >= 0; i--)
        {
            int digit = Order[i] - s[i] - borrow;
            borrow = digit < 0 ? 1 : 0;
            s[i] = (byte)digit;
        }
    }

    /// <summary>Imports a public key; null if the bytes are not a point of the curve in this encoding.</summary>
    public static ECDsa? TryImport(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != PublicKeySize || publicKey[0] != Scheme) return null;
        var parameters = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = publicKey[1..33].ToArray(), Y = publicKey[33..].ToArray() },
        };
        try { return ECDsa.Create(parameters); }
        catch (CryptographicException) { return null; }
    }
}
