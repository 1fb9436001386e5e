using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Derivation;

/// <summary>Where the blobs of the settlement layer's transactions can be had: a consensus node, or an archive.</summary>
/// <remarks>
/// An implementer owes: the blobs of the transaction in their order, as many as asked for, or false when they cannot be had
/// now. What it hands over is checked. May fail with the exceptions of the transport; safe to retry.
/// </remarks>
public interface IBlobSource
{
    /// <summary>Appends the first blobs of a transaction.</summary>
    /// <param name="block">The block with the transaction.</param>
    /// <param name="transaction">Its hash.</param>
    /// <param name="count">How many, 1 to 64.</param>
    /// <param name="blobs">Where they go; nothing if the answer is false.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<bool> TryFetchAsync(ulong block, Digest32 transaction, int count, ICollection<BlobSidecar> blobs, CancellationToken cancellationToken);
}
