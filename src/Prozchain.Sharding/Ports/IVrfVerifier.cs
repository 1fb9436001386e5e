namespace Prozchain.Sharding.Ports;

/// <summary>Checks outputs of a verifiable random function (RFC 9381).</summary>
/// <remarks>
/// An implementer owes: for each key and input at most one output that verifies, whoever made the key (full uniqueness,
/// with key validation); outputs that nobody without the secret tells from random; the same answer on every node; any
/// bytes are answered, never with an exception; members may be called from several threads at once.
/// </remarks>
public interface IVrfVerifier
{
    /// <summary>True if the proof is valid; then the output is written.</summary>
    /// <param name="publicKey">The public key.</param>
    /// <param name="alpha">The input; in this package always a 32-byte digest of one domain.</param>
    /// <param name="proof">The proof.</param>
    /// <param name="beta">Receives the output, 64 bytes.</param>
    bool TryVerify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof, Span<byte> beta);
}
