namespace Prozchain.AI.Ports;

/// <summary>Says whether the signature of a receipt is valid.</summary>
/// <remarks>
/// An implementer owes: the answer depends on the bytes alone, on every machine, always; any bytes are answered, never
/// with an exception, and an unknown scheme byte is false; no valid signature can be turned into another one of the same
/// message without the key; members may be called from several threads at once.
/// </remarks>
public interface IReceiptVerifier
{
    /// <summary>Whether that key signed that message.</summary>
    /// <param name="publicKey">The key with its scheme byte.</param>
    /// <param name="message">What is said to be signed.</param>
    /// <param name="signature">The signature with its scheme byte.</param>
    bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}
