using Prozchain.Shared;

namespace Prozchain.AI.Ports;

/// <summary>
/// Signs with scheme 2, Ed25519 (RFC 8032), from a key in memory, which is zeroed at the end. Public key: byte 2 and 32
/// bytes. Signature: byte 2 and 64 bytes, the same for the same message. Thread-safe.
/// </summary>
public sealed class Ed25519ReceiptSigner : IReceiptSigner, IDisposable
{
    internal const byte Scheme = 2;

    private readonly Ed25519PrivateKey _key;

    /// <summary>Takes the private key of RFC 8032.</summary>
    /// <param name="seed">32 secret bytes.</param>
    /// <exception cref="ArgumentException">The seed is not 32 bytes long.</exception>
    public Ed25519ReceiptSigner(ReadOnlySpan<byte> seed)
    {
        _key = new Ed25519PrivateKey(seed);
        PublicKey = (byte[])[Scheme, .. _key.PublicKey];
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <inheritdoc/>
    public int SignatureSize => 1 + Ed25519.SignatureSize;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no room for 65 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key is zeroed.</exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (signature.Length < SignatureSize) throw new ArgumentException($"Expected room for {SignatureSize} bytes, got {signature.Length}.", nameof(signature));
        _key.Sign(message, signature[1..]);
        signature[0] = Scheme;
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => _key.Dispose();
}
