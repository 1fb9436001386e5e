using Prozchain.Shared;

namespace Prozchain.Rollups.Ports;

/// <summary>
/// Ed25519 (RFC 8032, by the equation with the cofactor): keys of 33 bytes and signatures of 65, scheme byte 2 first. Many
/// at once cost a fraction of one at a time. Allocates nothing after construction. Not thread-safe.
/// </summary>
public sealed class Ed25519Verifier : ISignatureVerifier
{
    internal const int KeySize = 1 + Ed25519.PublicKeySize, SignatureSize = 1 + Ed25519.SignatureSize;

    private readonly Ed25519Batch _batch = new();

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        IsOfScheme(publicKey, signature) && Ed25519.Verify(publicKey[1..], message, signature[1..]);

    /// <inheritdoc/>
    public void VerifyMany(ReadOnlySpan<SignatureClaim> claims, Span<bool> results)
    {
        if (results.Length < claims.Length) throw new ArgumentException($"Expected room for {claims.Length} results, got {results.Length}.", nameof(results));
        for (int at = 0; at < claims.Length; at += Ed25519Batch.Capacity)
        {
            int count = Math.Min(Ed25519Batch.Capacity, claims.Length - at);
            _batch.Clear();
            foreach (ref readonly SignatureClaim claim in claims.Slice(at, count))
            {
                if (IsOfScheme(claim.PublicKey.Span, claim.Signature.Span)) _batch.Add(claim.PublicKey.Span[1..], claim.Message.Span, claim.Signature.Span[1..]);
                else _batch.Add(default, default, default);
            }
            _batch.Verify(results.Slice(at, count));
        }
    }

    private static bool IsOfScheme(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature) =>
        publicKey.Length == KeySize && signature.Length == SignatureSize && publicKey[0] == AccountAddress.Ed25519Scheme && signature[0] == AccountAddress.Ed25519Scheme;
}
