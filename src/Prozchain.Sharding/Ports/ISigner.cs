namespace Prozchain.Sharding.Ports;

/// <summary>Holds one signing key: a validator's votes, a wallet's transfers.</summary>
/// <remarks>
/// An implementer owes: signatures that the <see cref="ISignatureVerifier"/> in use accepts for
/// <see cref="PublicKey"/>; the key never leaves it; members may be called from several threads at once. Signing may
/// be randomised, so nothing that two nodes must agree on may depend on a signature's bytes.
/// </remarks>
public interface ISigner
{
    /// <summary>Public key with its leading scheme byte (65 bytes for scheme 1).</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Signs a message.</summary>
    /// <param name="message">The bytes to sign; in this package always a 32-byte digest of one domain.</param>
    /// <param name="signature">Receives the signature with its leading scheme byte (65 bytes for scheme 1).</param>
    void Sign(ReadOnlySpan<byte> message, Span<byte> signature);
}
