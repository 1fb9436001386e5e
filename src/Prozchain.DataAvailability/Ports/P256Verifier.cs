using Prozchain.Shared;

namespace Prozchain.DataAvailability.Ports;

/// <summary>
/// Scheme 1: ECDSA over P-256 with SHA-256, by the base class library. Public key: byte 1, X, Y (big-endian, 32 bytes each). Signature:
/// byte 1, r, s (big-endian, 32 bytes each) with s at most half the order. Recently used keys are kept imported. Thread-safe.
/// </summary>
public sealed class P256Verifier : ISignatureVerifier, IDisposable
{
    private readonly Lock _gate = new();
    private readonly P256KeyCache _cache = new();

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        lock (_gate) return _cache.Verify(publicKey, message, signature);
    }

    /// <summary>Releases the imported keys.</summary>
    public void Dispose() => _cache.Dispose();
}
