using System.Buffers;
using System.Security.Cryptography;

namespace Prozchain.Shared;

/// <summary>Ed25519 (RFC 8032, section 5.1), without context or prehash.</summary>
/// <remarks>
/// <para>
/// A signature R, s of M by A is valid if R and A decode as section 5.1.3 says (32 bytes each, y below p, no set sign
/// bit where x is 0), s is below L, and [8][s]B = [8]R + [8][k]A with k = SHA-512(R, A, M) over the bytes as they came:
/// the equation with the cofactor. A and R of small order, or with a part of small order, are accepted where the
/// equation holds. These rules do not depend on how a verifier works, so that one signature and a batch get one answer
/// from every node.
/// </para>
/// <para>
/// Against ZIP-215: the same but for encodings; ZIP-215 also takes y from p on and a sign bit of x = 0. Against strict
/// verifiers without the cofactor ([s]B = R + [k]A, among them OpenSSL, Go and ref10): whatever they accept is accepted
/// here, unless they read a non-canonical A; beyond that, here are accepted signatures that only who made the key pair
/// or chose a part of small order can make. A signature that honest code made for an honest key is valid under all.
/// </para>
/// <para>
/// s below L makes a signature of a message unique but for its maker: nobody can turn one into another without the key.
/// A key of small order is valid for every message under some signature; a protocol that lets keys be chosen and needs
/// more (a VRF does) asks <see cref="HasSmallOrder"/>.
/// </para>
/// </remarks>
internal static class Ed25519
{
    public const int PublicKeySize = 32, SignatureSize = 64, SeedSize = 32;

    private const int ShortMessage = 448;

    /// <summary>True for a valid signature. Untrusted input throughout; time depends on it.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize
            || !Scalar25519.TryRead(signature[EdwardsPoint.Size..], out Scalar25519 s)
            || !EdwardsPoint.TryRead(publicKey, out EdwardsPoint a)
            || !EdwardsPoint.TryRead(signature[..EdwardsPoint.Size], out EdwardsPoint r)) return false;
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        Hash(signature[..EdwardsPoint.Size], publicKey, message, digest);
        return IsBalanced(a, r, Scalar25519.Reduce(digest), s);
    }

    /// <summary>True if the bytes are no point or one whose order divides eight.</summary>
    public static bool HasSmallOrder(ReadOnlySpan<byte> publicKey) =>
        !EdwardsPoint.TryRead(publicKey, out EdwardsPoint a) || a.MultiplyByCofactor().IsIdentity();

    /// <summary>The equation: [8](R + [k]A - [s]B) is the identity.</summary>
    public static bool IsBalanced(in EdwardsPoint a, in EdwardsPoint r, in Scalar25519 k, in Scalar25519 s) =>
        (EdwardsMultiples.OfPublic(a, k, -s) + r).MultiplyByCofactor().IsIdentity();

    /// <summary>SHA-512 of three parts one after another; nothing of the first two is left in memory.</summary>
    public static void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> message, Span<byte> digest)
    {
        int length = first.Length + second.Length + message.Length;
        byte[]? rented = message.Length > ShortMessage ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> buffer = rented ?? stackalloc byte[ShortMessage + 2 * EdwardsPoint.Size];
        first.CopyTo(buffer);
        second.CopyTo(buffer[first.Length..]);
        message.CopyTo(buffer[(first.Length + second.Length)..]);
        SHA512.HashData(buffer[..length], digest);
        CryptographicOperations.ZeroMemory(buffer[..(first.Length + second.Length)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }
}
