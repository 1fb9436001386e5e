using System.Collections.Concurrent;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Settlement;

/// <summary>The blobs of an <see cref="InProcessChain"/>, committed to by their hashes (<see cref="HashBlobCommitter"/>). Thread-safe.</summary>
public sealed class InProcessBlobs : IBlobSource
{
    private static readonly HashBlobCommitter s_committer = new();
    private readonly ConcurrentDictionary<Digest32, BlobSidecar[]> _blobs = new();

    internal InProcessBlobs()
    {
    }

    /// <summary>Forgets the blobs of a transaction, as nodes of a real layer do after some weeks. False if there were none.</summary>
    /// <param name="transaction">Its hash.</param>
    public bool Forget(in Digest32 transaction) => _blobs.TryRemove(transaction, out _);

    /// <inheritdoc/>
    public ValueTask<bool> TryFetchAsync(ulong block, Digest32 transaction, int count, ICollection<BlobSidecar> blobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        if (!_blobs.TryGetValue(transaction, out BlobSidecar[]? found)) return ValueTask.FromResult(false);
        foreach (BlobSidecar blob in found.Take(count)) blobs.Add(blob);
        return ValueTask.FromResult(true);
    }

    internal static Digest32[] HashesOf(IReadOnlyList<ReadOnlyMemory<byte>>? blobs)
    {
        if (blobs is null) return [];
        var hashes = new Digest32[blobs.Count];
        Span<byte> commitment = stackalloc byte[Blob.CommitmentSize];
        for (int i = 0; i < hashes.Length; i++)
        {
            s_committer.Commit(blobs[i].Span, commitment);
            hashes[i] = Blob.VersionedHash(commitment);
        }
        return hashes;
    }

    internal void Keep(in Digest32 transaction, IReadOnlyList<ReadOnlyMemory<byte>>? blobs)
    {
        if (blobs is null) return;
        var kept = new BlobSidecar[blobs.Count];
        for (int i = 0; i < kept.Length; i++)
        {
            var commitment = new byte[Blob.CommitmentSize];
            s_committer.Commit(blobs[i].Span, commitment);
            // The proof is the commitment.
            kept[i] = new BlobSidecar(blobs[i].ToArray(), commitment, commitment);
        }
        _blobs[transaction] = kept;
    }
}
