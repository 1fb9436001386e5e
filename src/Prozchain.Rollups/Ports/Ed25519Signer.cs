using Prozchain.Shared;

namespace Prozchain.Rollups.Ports;

/// <summary>An <see cref="ISigner"/> of Ed25519. Signatures are deterministic. Thread-safe.</summary>
public sealed class Ed25519Signer : ISigner, IDisposable
{
    /// <summary>Length of a seed in bytes: 32.</summary>
    public const int SeedSize = Ed25519.SeedSize;

    private readonly Ed25519PrivateKey _key;

    /// <summary>Derives the key (RFC 8032, section 5.1.5).</summary>
    /// <param name="seed">32 bytes that nobody else knows.</param>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public Ed25519Signer(ReadOnlySpan<byte> seed)
    {
        _key = new Ed25519PrivateKey(seed);
        PublicKey = (byte[])[AccountAddress.Ed25519Scheme, .. _key.PublicKey];
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <inheritdoc/>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (signature.Length < Ed25519Verifier.SignatureSize)
            throw new ArgumentException($"Expected room for {Ed25519Verifier.SignatureSize} bytes, got {signature.Length}.", nameof(signature));
        _key.Sign(message, signature[1..Ed25519Verifier.SignatureSize]);
        signature[0] = AccountAddress.Ed25519Scheme;
    }

    /// <summary>Zeroes the private key.</summary>
    public void Dispose() => _key.Dispose();
}
