using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Ports;

/// <summary>
/// Signs with scheme 2 (see <see cref="Ed25519Verifier"/>) from a key in memory, which is zeroed at the end. Public key:
/// byte 2 and 32 bytes. Signature: byte 2 and 64 bytes, the same for the same message. Thread-safe.
/// </summary>
public sealed class Ed25519Signer : ISigner, IDisposable
{
    private readonly Ed25519PrivateKey _key;

    /// <summary>Takes the private key of RFC 8032.</summary>
    /// <param name="seed">32 secret bytes.</param>
    /// <exception cref="ArgumentException">The seed is not 32 bytes long.</exception>
    public Ed25519Signer(ReadOnlySpan<byte> seed)
    {
        _key = new Ed25519PrivateKey(seed);
        PublicKey = (byte[])[SignatureSchemes.Ed25519, .. _key.PublicKey];
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="signature"/> has no room for 65 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key is zeroed.</exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (signature.Length < SignatureSchemes.Ed25519SignatureSize)
            throw new ArgumentException($"Expected room for {SignatureSchemes.Ed25519SignatureSize} bytes, got {signature.Length}.", nameof(signature));
        _key.Sign(message, signature[1..]);
        signature[0] = SignatureSchemes.Ed25519;
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => _key.Dispose();
}
