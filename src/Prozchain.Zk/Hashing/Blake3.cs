using Prozchain.Shared;
using Hasher = Prozchain.Shared.Blake3Hasher;

namespace Prozchain.Zk.Hashing;

/// <summary>BLAKE3 (specification 20211102), plain mode, 32 bytes. Managed; long messages and batches go in vector lanes.</summary>
public struct Blake3 : IBatchDigest<Blake3>
{
    private Hasher _hasher;

    /// <inheritdoc/>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        DigestGuard.Require(destination);
        Shared.Blake3.Hash(input, destination);
    }

    /// <inheritdoc/>
    public static void HashMany(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        BatchGuard.RequireMany(messages, length, digests);
        Blake3Lanes.HashRows(messages, length, digests);
    }

    /// <inheritdoc/>
    public static void HashTile(ReadOnlySpan<uint> words, Span<byte> digests)
    {
        BatchGuard.RequireTile(words, digests);
        if (BitConverter.IsLittleEndian) Blake3Lanes.HashTile(words, digests);
        else BatchGuard.HashRowByRow<Blake3>(words, digests);
    }

    /// <inheritdoc/>
    public static Blake3 Create() => new() { _hasher = new Hasher() };

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> input) => _hasher.Update(input);

    /// <inheritdoc/>
    public void Finish(Span<byte> destination)
    {
        DigestGuard.Require(destination);
        _hasher.Finish(destination);
        _hasher = new Hasher();
    }

    /// <summary>Clears the state.</summary>
    public void Dispose() => _hasher = new Hasher();
}
