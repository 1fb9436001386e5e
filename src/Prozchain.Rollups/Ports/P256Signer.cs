using Prozchain.Shared;

namespace Prozchain.Rollups.Ports;

/// <summary>
/// The default <see cref="ISigner"/>: a P-256 key derived from a seed. Signing is randomised by the platform: two
/// signatures of one message differ. Not thread-safe.
/// </summary>
public sealed class P256Signer : ISigner, IDisposable
{
    /// <summary>Length of a seed in bytes: 32.</summary>
    public const int SeedSize = P256Signature.SeedSize;

    private readonly P256PrivateKey _key;

    /// <summary>Derives the key; the same seed gives the same key on every machine.</summary>
    /// <param name="seed">32 bytes that nobody else knows.</param>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public P256Signer(ReadOnlySpan<byte> seed)
    {
        _key = new P256PrivateKey(seed);
        PublicKey = _key.PublicKey.ToArray();
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <inheritdoc/>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (signature.Length < P256Signature.SignatureSize)
            throw new ArgumentException($"Expected room for {P256Signature.SignatureSize} bytes, got {signature.Length}.", nameof(signature));
        _key.Sign(message, signature);
    }

    /// <summary>Releases the private key.</summary>
    public void Dispose() => _key.Dispose();
}
