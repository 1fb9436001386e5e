using System.Security.Cryptography;
using Prozchain.Rollups.Evm;

namespace Prozchain.Rollups.Ports;

/// <summary>
/// The default <see cref="IL1Signer"/>: a secp256k1 key in memory, used through the platform's ECDSA, which must know the
/// curve (OpenSSL and Windows do). Signing is randomised by the platform. Not thread-safe.
/// </summary>
public sealed class Secp256k1Signer : IL1Signer, IDisposable
{
    /// <summary>Length of a private key in bytes: 32.</summary>
    public const int KeySize = 32;

    private const string Curve = "1.3.132.0.10";
    private readonly ECDsa _key;

    /// <summary>Takes a private key.</summary>
    /// <param name="privateKey">32 bytes, big-endian, 1 to n - 1.</param>
    /// <exception cref="ArgumentException">Not 32 bytes, or out of range.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform's ECDSA does not know the curve.</exception>
    public Secp256k1Signer(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != KeySize) throw new ArgumentException($"Expected {KeySize} bytes, got {privateKey.Length}.", nameof(privateKey));
        if (!Secp256k1.IsScalar(privateKey)) throw new ArgumentException("Expected a scalar from 1 to n - 1.", nameof(privateKey));
        byte[] scalar = privateKey.ToArray();
        try
        {
            _key = ECDsa.Create(new ECParameters { Curve = ECCurve.CreateFromValue(Curve), D = scalar });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
        ECPoint point = _key.ExportParameters(includePrivateParameters: false).Q;
        PublicKey = (byte[])[.. point.X!, .. point.Y!];
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <inheritdoc/>
    public ValueTask SignAsync(ReadOnlyMemory<byte> digest, Memory<byte> signature, CancellationToken cancellation)
    {
        if (digest.Length != 32) throw new ArgumentException($"Expected 32 bytes, got {digest.Length}.", nameof(digest));
        if (signature.Length < Secp256k1.SignatureSize)
            throw new ArgumentException($"Expected room for {Secp256k1.SignatureSize} bytes, got {signature.Length}.", nameof(signature));
        if (!_key.TrySignHash(digest.Span, signature.Span, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out int written) || written != Secp256k1.SignatureSize)
            throw new CryptographicException($"Expected a signature of {Secp256k1.SignatureSize} bytes, got {written}.");
        return ValueTask.CompletedTask;
    }

    /// <summary>Releases the private key.</summary>
    public void Dispose() => _key.Dispose();
}
