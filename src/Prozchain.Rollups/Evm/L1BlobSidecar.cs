using System.Security.Cryptography;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// The blobs that travel beside a transaction to the pool, with KZG commitments and proofs that come from elsewhere: one
/// proof a blob (EIP-4844), or 128 cell proofs a blob (EIP-7594).
/// </summary>
internal sealed record L1BlobSidecar
{
    public const int BlobSize = 131_072, CommitmentSize = 48, CellsPerBlob = 128;

    private const byte VersionedHashVersion = 1;

    /// <exception cref="ArgumentException">Sizes or numbers do not fit each other.</exception>
    public L1BlobSidecar(IReadOnlyList<ReadOnlyMemory<byte>> blobs, IReadOnlyList<ReadOnlyMemory<byte>> commitments, IReadOnlyList<ReadOnlyMemory<byte>> proofs)
    {
        if (blobs.Count == 0 || blobs.Any(blob => blob.Length != BlobSize)) throw new ArgumentException($"Expected blobs of {BlobSize} bytes.", nameof(blobs));
        if (commitments.Count != blobs.Count || commitments.Any(commitment => commitment.Length != CommitmentSize))
            throw new ArgumentException($"Expected {blobs.Count} commitments of {CommitmentSize} bytes, got {commitments.Count}.", nameof(commitments));
        if ((proofs.Count != blobs.Count && proofs.Count != blobs.Count * CellsPerBlob) || proofs.Any(proof => proof.Length != CommitmentSize))
            throw new ArgumentException($"Expected {blobs.Count} proofs or {blobs.Count * CellsPerBlob} cell proofs of {CommitmentSize} bytes, got {proofs.Count}.", nameof(proofs));
        (Blobs, Commitments, Proofs) = (blobs, commitments, proofs);
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Blobs { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Commitments { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Proofs { get; }

    /// <summary>True with cell proofs, as the Osaka fork asks for.</summary>
    public bool HasCellProofs => Proofs.Count != Blobs.Count;

    /// <summary>The versioned hashes, in order.</summary>
    public Digest32[] Hashes() => [.. Commitments.Select(commitment => VersionedHash(commitment.Span))];

    /// <summary>The byte 1, then all but the first byte of the SHA-256 of a commitment.</summary>
    public static Digest32 VersionedHash(ReadOnlySpan<byte> commitment)
    {
        byte[] hash = SHA256.HashData(commitment);
        hash[0] = VersionedHashVersion;
        return new Digest32(hash);
    }
}
