using Prozchain.Shared;

namespace Prozchain.Rollups.Ports;

/// <summary>
/// The default <see cref="ISignatureVerifier"/>: ECDSA over P-256 with SHA-256 by the platform, low s only, scheme
/// byte 1. Keeps the imported form of recently used keys. Not thread-safe.
/// </summary>
public sealed class P256Verifier : ISignatureVerifier, IDisposable
{
    private readonly P256KeyCache _cache;

    /// <summary>A verifier that remembers recently used keys.</summary>
    /// <param name="keyCacheSize">Number of keys; a power of two.</param>
    /// <exception cref="ArgumentException">Not a power of two.</exception>
    public P256Verifier(int keyCacheSize = 4096) => _cache = new P256KeyCache(keyCacheSize);

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => _cache.Verify(publicKey, message, signature);

    /// <inheritdoc/>
    public void VerifyMany(ReadOnlySpan<SignatureClaim> claims, Span<bool> results)
    {
        if (results.Length < claims.Length) throw new ArgumentException($"Expected room for {claims.Length} results, got {results.Length}.", nameof(results));
        for (int i = 0; i < claims.Length; i++)
            results[i] = _cache.Verify(claims[i].PublicKey.Span, claims[i].Message.Span, claims[i].Signature.Span);
    }

    /// <summary>Releases the imported keys.</summary>
    public void Dispose() => _cache.Dispose();
}
