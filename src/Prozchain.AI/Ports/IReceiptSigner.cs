namespace Prozchain.AI.Ports;

/// <summary>Holds the key with which a host signs receipts of inferences.</summary>
/// <remarks>
/// An implementer owes: signatures that the <see cref="IReceiptVerifier"/> in use accepts for <see cref="PublicKey"/>,
/// which never changes; the key never leaves it; members may be called from several threads at once. Signatures of one
/// message may differ from call to call.
/// </remarks>
public interface IReceiptSigner
{
    /// <summary>The scheme byte, then the key; at most 128 bytes.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Length of every signature in bytes; at most 4,096.</summary>
    int SignatureSize { get; }

    /// <summary>Signs a message.</summary>
    /// <param name="message">Always a 32-byte digest of one domain.</param>
    /// <param name="signature">Receives <see cref="SignatureSize"/> bytes, the scheme byte first.</param>
    void Sign(ReadOnlySpan<byte> message, Span<byte> signature);
}
