using System.Numerics;
using System.Security.Cryptography;

namespace Prozchain.Shared;

/// <summary>
/// A signing key derived from a 32-byte seed. The scalar is SHA-512 of a domain tag and the seed, reduced to
/// 1 to n - 1 (bias below 2^-255), and is zeroed once the BCL holds it. Signing is randomised by the BCL: two
/// signatures of one message differ. Not thread-safe.
/// </summary>
internal sealed class P256PrivateKey : IDisposable
{
    private readonly ECDsa _key;
    private readonly byte[] _publicKey = new byte[P256Signature.PublicKeySize];

    public P256PrivateKey(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != P256Signature.SeedSize) throw new ArgumentException($"Expected {P256Signature.SeedSize} bytes, got {seed.Length}.", nameof(seed));
        byte[] scalar = DeriveScalar(seed);
        try
        {
            _key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
        ECPoint point = _key.ExportParameters(includePrivateParameters: false).Q;
        _publicKey[0] = P256Signature.Scheme;
        point.X!.CopyTo(_publicKey, 1);
        point.Y!.CopyTo(_publicKey, 33);
    }

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Writes 65 bytes.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        signature = signature[..P256Signature.SignatureSize];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, digest);
        signature[0] = P256Signature.Scheme;
        if (!_key.TrySignHash(digest, signature[1..], DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out int written) || written != 64)
            throw new CryptographicException($"Expected a signature of 64 bytes, got {written}.");
        P256Signature.ToLowS(signature);
    }

    public void Dispose() => _key.Dispose();

    private static byte[] DeriveScalar(ReadOnlySpan<byte> seed)
    {
        ReadOnlySpan<byte> tag = "Prozchain P-256 key v0"u8;
        Span<byte> input = stackalloc byte[tag.Length + P256Signature.SeedSize];
        tag.CopyTo(input);
        seed.CopyTo(input[tag.Length..]);
        Span<byte> wide = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(input, wide);
        var order = new BigInteger(P256Signature.Order, isUnsigned: true, isBigEndian: true);
        BigInteger value = new BigInteger(wide, isUnsigned: true, isBigEndian: true) % (order - 1) + 1;
        var scalar = new byte[32];
        value.TryWriteBytes(scalar.AsSpan(32 - value.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(wide);
        return scalar;
    }
}
