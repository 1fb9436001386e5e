using Prozchain.Shared;

namespace Prozchain.AI.Ports;

/// <summary>Scheme 2: Ed25519 (RFC 8032), by the equation with the cofactor; see <see cref="Ed25519ReceiptSigner"/>. Thread-safe.</summary>
public sealed class Ed25519ReceiptVerifier : IReceiptVerifier
{
    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        publicKey is [Ed25519ReceiptSigner.Scheme, ..] && signature is [Ed25519ReceiptSigner.Scheme, ..] && Ed25519.Verify(publicKey[1..], message, signature[1..]);
}
