namespace Prozchain.DataAvailability.Ports;

/// <summary>Holds the signing key of a committee's member.</summary>
/// <remarks>
/// An implementer owes: signatures that the <see cref="ISignatureVerifier"/> in use accepts for <see cref="PublicKey"/>; the key never leaves
/// it; safe for concurrent use. Signing may be randomised.
/// </remarks>
public interface ISigner
{
    /// <summary>Public key with its leading scheme byte, at most 128 bytes (65 for scheme 1).</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Bytes of a signature with its leading scheme byte: 1 to 128 (65 for scheme 1).</summary>
    int SignatureSize { get; }

    /// <summary>Signs a message.</summary>
    /// <param name="message">A 32-byte digest of one domain.</param>
    /// <param name="signature">Receives <see cref="SignatureSize"/> bytes.</param>
    void Sign(ReadOnlySpan<byte> message, Span<byte> signature);
}
