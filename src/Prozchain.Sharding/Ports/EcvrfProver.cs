using Prozchain.Shared;

namespace Prozchain.Sharding.Ports;

/// <summary>
/// Holds one key of a verifiable random function (RFC 9381 over edwards25519) in memory, zeroed at the end: what a
/// validator makes its reveals with. Keys are those of Ed25519, without a scheme byte; use another seed than the signing
/// key's. The same input gives the same proof. Thread-safe.
/// </summary>
public sealed class EcvrfProver : IDisposable
{
    /// <summary>Length in bytes of a proof.</summary>
    public const int ProofSize = Ecvrf.ProofSize;

    private readonly Ed25519PrivateKey _key;
    private readonly EcvrfSuite _suite;

    /// <summary>Takes the private key.</summary>
    /// <param name="seed">32 secret bytes.</param>
    /// <param name="suite">What the verifiers use.</param>
    /// <exception cref="ArgumentException">The seed is not 32 bytes long, or the suite is not one that is named.</exception>
    public EcvrfProver(ReadOnlySpan<byte> seed, VrfSuite suite = VrfSuite.Edwards25519Elligator2)
    {
        _suite = EcvrfVerifier.Check(suite);
        _key = new Ed25519PrivateKey(seed);
        PublicKey = _key.PublicKey.ToArray();
    }

    /// <summary>The public key, 32 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Proves the output of an input.</summary>
    /// <param name="alpha">The input, of any length.</param>
    /// <param name="proof">Receives <see cref="ProofSize"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="proof"/> has no room for them.</exception>
    /// <exception cref="ObjectDisposedException">The key is zeroed.</exception>
    public void Prove(ReadOnlySpan<byte> alpha, Span<byte> proof)
    {
        if (proof.Length < ProofSize) throw new ArgumentException($"Expected room for {ProofSize} bytes, got {proof.Length}.", nameof(proof));
        Ecvrf.Prove(_key, _suite, alpha, proof);
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => _key.Dispose();
}
