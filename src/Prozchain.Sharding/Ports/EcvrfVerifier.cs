using Prozchain.Shared;

namespace Prozchain.Sharding.Ports;

/// <summary>
/// RFC 9381 over edwards25519 with SHA-512. Public keys have 32 bytes, proofs 80 (Gamma, challenge, s), outputs 64. Keys
/// of small order are refused, points are encoded as RFC 8032, section 5.1.3 demands and s is below the group's order.
/// Thread-safe.
/// </summary>
/// <param name="suite">What the provers use.</param>
/// <exception cref="ArgumentException">The suite is not one that is named.</exception>
public sealed class EcvrfVerifier(VrfSuite suite = VrfSuite.Edwards25519Elligator2) : IVrfVerifier
{
    /// <summary>Length in bytes of an output.</summary>
    public const int OutputSize = Ecvrf.OutputSize;

    private readonly EcvrfSuite _suite = Check(suite);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="beta"/> has no room for 64 bytes.</exception>
    public bool TryVerify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof, Span<byte> beta)
    {
        if (beta.Length < OutputSize) throw new ArgumentException($"Expected room for {OutputSize} bytes, got {beta.Length}.", nameof(beta));
        return Ecvrf.TryVerify(_suite, publicKey, alpha, proof, beta);
    }

    /// <summary>The output of a proof that was verified before or is one's own; does not verify it.</summary>
    /// <param name="proof">The proof.</param>
    /// <param name="beta">Receives the output, 64 bytes.</param>
    /// <returns>False if the proof is malformed.</returns>
    /// <exception cref="ArgumentException"><paramref name="beta"/> has no room for 64 bytes.</exception>
    public bool TryReadOutput(ReadOnlySpan<byte> proof, Span<byte> beta)
    {
        if (beta.Length < OutputSize) throw new ArgumentException($"Expected room for {OutputSize} bytes, got {beta.Length}.", nameof(beta));
        return Ecvrf.TryOutput(_suite, proof, beta);
    }

    internal static EcvrfSuite Check(VrfSuite suite) => suite is VrfSuite.Edwards25519TryAndIncrement or VrfSuite.Edwards25519Elligator2
        ? (EcvrfSuite)suite
        : throw new ArgumentException($"Expected a suite that is named, got {suite}.", nameof(suite));
}
