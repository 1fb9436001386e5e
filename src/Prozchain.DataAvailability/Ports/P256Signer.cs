using Prozchain.Shared;

namespace Prozchain.DataAvailability.Ports;

/// <summary>Signs with scheme 1 (see <see cref="P256Verifier"/>) from a key in memory. Thread-safe.</summary>
public sealed class P256Signer : ISigner, IDisposable
{
    private readonly Lock _gate = new();
    private readonly P256PrivateKey _key;

    /// <summary>Derives the key from a seed; the same seed gives the same key.</summary>
    /// <param name="seed">32 secret bytes.</param>
    /// <exception cref="ArgumentException">The seed is not 32 bytes long.</exception>
    public P256Signer(ReadOnlySpan<byte> seed)
    {
        _key = new P256PrivateKey(seed);
        PublicKey = _key.PublicKey.ToArray();
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>65.</summary>
    public int SignatureSize => P256Signature.SignatureSize;

    /// <inheritdoc/>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (signature.Length < SignatureSize) throw new ArgumentException($"Expected room for {SignatureSize} bytes, got {signature.Length}.", nameof(signature));
        lock (_gate) _key.Sign(message, signature);
    }

    /// <summary>Releases the key.</summary>
    public void Dispose() => _key.Dispose();
}
