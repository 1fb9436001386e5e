namespace Prozchain.DataAvailability.Ports;

/// <summary>Says whether the members of a committee have signed.</summary>
/// <remarks>
/// An implementer owes: the answer depends on the bytes alone, for ever and on every machine; any bytes are answered, never with an
/// exception; no valid signature can be turned into another one of the same message without the key; safe for concurrent use.
/// </remarks>
public interface ISignatureVerifier
{
    /// <summary>True if the signature is one of the message by the key.</summary>
    /// <param name="publicKey">The key with its leading scheme byte. Untrusted.</param>
    /// <param name="message">The signed bytes: in this package a 32-byte digest of one domain.</param>
    /// <param name="signature">The signature with its leading scheme byte. Untrusted.</param>
    bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}
