using System.Security.Cryptography;
using Prozchain.Shared;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// SHA-256 (FIPS 180-4): one message by the base class library, batches in vector lanes of our own. The state holds a
/// handle of the platform's library.
/// </summary>
public readonly struct Sha256 : IBatchDigest<Sha256>
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
    public static void HashMany(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        BatchGuard.RequireMany(messages, length, digests);
        Sha256Lanes.HashRows(messages, length, digests);
    }

    /// <inheritdoc/>
    public static void HashTile(ReadOnlySpan<uint> words, Span<byte> digests)
    {
        BatchGuard.RequireTile(words, digests);
        if (BitConverter.IsLittleEndian) Sha256Lanes.HashTile(words, digests);
        else BatchGuard.HashRowByRow<Sha256>(words, digests);
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
