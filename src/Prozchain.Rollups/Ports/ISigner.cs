namespace Prozchain.Rollups.Ports;

/// <summary>Holds one private key and signs with it.</summary>
/// <remarks>
/// An implementer owes: a signature that the rollup's <see cref="ISignatureVerifier"/> accepts under
/// <see cref="PublicKey"/>, which never changes. Signatures of one message may differ from call to call. Need not be
/// thread-safe.
/// </remarks>
public interface ISigner
{
    /// <summary>The scheme byte, then the key: 65 bytes in all for P-256, 33 for Ed25519.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Length of every signature in bytes: 65 for P-256 and Ed25519. That of another scheme is at most 4,096, as batches have room for.</summary>
    int SignatureSize => 65;

    /// <summary>Writes a signature of <see cref="SignatureSize"/> bytes, scheme byte first, to the start of <paramref name="signature"/>.</summary>
    void Sign(ReadOnlySpan<byte> message, Span<byte> signature);
}
