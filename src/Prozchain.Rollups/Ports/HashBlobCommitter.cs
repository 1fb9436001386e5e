using System.Security.Cryptography;

namespace Prozchain.Rollups.Ports;

/// <summary>
/// Commits to blobs by their SHA-384, 48 bytes like a KZG commitment and as binding, with the commitment itself as the
/// proof. No EVM knows it: it is for a settlement in process, where a package must work without a KZG library.
/// </summary>
public sealed class HashBlobCommitter : IBlobCommitter
{
    /// <inheritdoc/>
    public void Commit(ReadOnlySpan<byte> blob, Span<byte> commitment) => SHA384.HashData(blob, commitment);

    /// <inheritdoc/>
    public void Prove(ReadOnlySpan<byte> blob, ReadOnlySpan<byte> commitment, Span<byte> proof) => commitment.CopyTo(proof);

    /// <inheritdoc/>
    /// <remarks>Each is the commitment: a cell alone shows nothing.</remarks>
    public void ProveCells(ReadOnlySpan<byte> blob, Span<byte> proofs)
    {
        for (; !proofs.IsEmpty; proofs = proofs[SHA384.HashSizeInBytes..]) SHA384.HashData(blob, proofs);
    }

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> blob, ReadOnlySpan<byte> commitment, ReadOnlySpan<byte> proof)
    {
        Span<byte> hash = stackalloc byte[SHA384.HashSizeInBytes];
        SHA384.HashData(blob, hash);
        return hash.SequenceEqual(commitment) && hash.SequenceEqual(proof);
    }
}
