using System.Security.Cryptography;

namespace Prozchain.Zk.Hashing;

/// <summary>SHA-256 (FIPS 180-4) of the base class library; the state holds a handle of the platform's library.</summary>
public readonly struct Sha256 : IDigest<Sha256>
{
    private readonly IncrementalHash? _hash;

    private Sha256(IncrementalHash hash) => _hash = hash;

    private IncrementalHash State => _hash ?? throw new InvalidOperationException($"Expected a state made by {nameof(Create)}, got a default value.");

    /// <inheritdoc/>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        DigestGuard.Require(destination);
        SHA256.HashData(input, destination);
    }

    /// <inheritdoc/>
    public static Sha256 Create() => new(IncrementalHash.CreateHash(HashAlgorithmName.SHA256));

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> input) => State.AppendData(input);

    /// <inheritdoc/>
    public void Finish(Span<byte> destination)
    {
        DigestGuard.Require(destination);
        State.GetHashAndReset(destination);
    }

    /// <summary>Frees the platform's handle.</summary>
    public void Dispose() => _hash?.Dispose();
}
