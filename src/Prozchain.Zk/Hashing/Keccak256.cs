using Prozchain.Shared;
using Sponge = Prozchain.Shared.Keccak256;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// Keccak-256 with the original padding (0x01), as the Ethereum virtual machine has it; not FIPS 202 SHA3-256. Managed;
/// batches go in vector lanes. The state holds no resources.
/// </summary>
public struct Keccak256 : IBatchDigest<Keccak256>
{
    private Sponge _sponge;

    /// <inheritdoc/>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        DigestGuard.Require(destination);
        Sponge.Hash(input, destination);
    }

    /// <inheritdoc/>
    public static void HashMany(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        BatchGuard.RequireMany(messages, length, digests);
        KeccakLanes.HashRows(messages, length, digests);
    }

    /// <inheritdoc/>
    public static void HashTile(ReadOnlySpan<uint> words, Span<byte> digests)
    {
        BatchGuard.RequireTile(words, digests);
        if (BitConverter.IsLittleEndian) KeccakLanes.HashTile(words, digests);
        else BatchGuard.HashRowByRow<Keccak256>(words, digests);
    }

    /// <inheritdoc/>
    public static Keccak256 Create() => default;

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> input) => _sponge.Update(input);

    /// <inheritdoc/>
    public void Finish(Span<byte> destination)
    {
        DigestGuard.Require(destination);
        _sponge.Finish(destination);
        _sponge = default;
    }

    /// <summary>Clears the state.</summary>
    public void Dispose() => _sponge = default;
}
