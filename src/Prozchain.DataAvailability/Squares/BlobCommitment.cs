using System.Buffers;
using System.Numerics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// What a user signs for a blob before anyone knows where it will stand: the RFC 6962 SHA-256 root over the roots of
/// namespaced trees, each over a power of two of the blob's shares. A square lets the blob begin at a multiple of the
/// largest of them, so that every one is a node of a row's tree. Format: docs/formats/da-celestia-square.md.
/// </summary>
public static class BlobCommitment
{
    /// <summary>Bytes of a commitment.</summary>
    public const int Size = 32;

    /// <summary>Trees under a commitment, about, before they grow: 64 in every version of Celestia.</summary>
    public const int DefaultThreshold = 64;

    private const int Batch = 256, NodeSize = NamespacedHash.NodeSize;

    /// <summary>
    /// Shares under the largest trees of a blob: the least power of two not below <paramref name="shareCount"/> /
    /// <paramref name="threshold"/>, but no more than the side of the least square that holds the blob. The blob's first
    /// share has an index that is a multiple of it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the count above 512².</exception>
    public static int SubtreeWidth(int shareCount, int threshold = DefaultThreshold)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shareCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shareCount, SquareParameters.MaxDataWidth * SquareParameters.MaxDataWidth);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        uint share = (uint)((shareCount - 1) / threshold) + 1;
        return Math.Min((int)BitOperations.RoundUpToPowerOf2(share), WidthFor(shareCount));
    }

    /// <summary>Commits to a blob. Writes its shares into rented memory on the way.</summary>
    /// <inheritdoc cref="Compute(ReadOnlySpan{byte}, Span{byte}, int)"/>
    public static void Compute(Blob blob, Span<byte> commitment, int threshold = DefaultThreshold)
    {
        ArgumentNullException.ThrowIfNull(blob);
        int size = blob.ShareCount * ShareView.Size;
        byte[] rented = ArrayPool<byte>.Shared.Rent(size);
        blob.WriteShares(rented.AsSpan(0, size));
        Compute(rented.AsSpan(0, size), commitment, threshold);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Commits to a blob by its shares as they stand in a square.</summary>
    /// <param name="shares">All shares of one blob, 512 bytes each; their contents are not checked.</param>
    /// <param name="commitment">Receives 32 bytes.</param>
    /// <param name="threshold">At least 1.</param>
    /// <exception cref="ArgumentException">A length or number is not in its range.</exception>
    public static void Compute(ReadOnlySpan<byte> shares, Span<byte> commitment, int threshold = DefaultThreshold)
    {
        if (shares.Length % ShareView.Size != 0) throw new ArgumentException($"Expected whole shares, got {shares.Length} bytes.", nameof(shares));
        if (commitment.Length != Size) throw new ArgumentException($"Expected {Size} bytes, got {commitment.Length}.", nameof(commitment));
        int count = SubtreeCount(shares.Length / ShareView.Size, threshold);
        byte[] roots = ArrayPool<byte>.Shared.Rent(count * NodeSize);
        Bytes32[] leaves = ArrayPool<Bytes32>.Shared.Rent(count);
        SubtreeRoots(shares, threshold, roots);
        for (int i = 0; i < count; i++) leaves[i] = Sha256MerkleHash.Leaf(roots.AsSpan(i * NodeSize, NodeSize));
        MerkleTree<Sha256MerkleHash>.Root(leaves.AsSpan(0, count)).Span.CopyTo(commitment);
        ArrayPool<Bytes32>.Shared.Return(leaves);
        ArrayPool<byte>.Shared.Return(roots);
    }

    /// <summary>How many trees stand under the commitment of a blob of so many shares.</summary>
    internal static int SubtreeCount(int shareCount, int threshold)
    {
        (int full, int rest) = Math.DivRem(shareCount, SubtreeWidth(shareCount, threshold));
        return full + BitOperations.PopCount((uint)rest);
    }

    /// <summary>The roots of the trees, 90 bytes each: of the widest first, then of ever fewer shares.</summary>
    internal static void SubtreeRoots(ReadOnlySpan<byte> shares, int threshold, Span<byte> roots)
    {
        int size = SubtreeWidth(shares.Length / ShareView.Size, threshold);
        byte[] nodes = ArrayPool<byte>.Shared.Rent(Math.Max(size, Batch) * NodeSize);
        for (ReadOnlySpan<byte> name = shares[..Namespace.Size]; !shares.IsEmpty;)
        {
            int left = shares.Length / ShareView.Size;
            while (size > left) size /= 2;
            int trees = Math.Min(left / size, Math.Max(1, Batch / size)), count = trees * size;
            Span<byte> used = nodes.AsSpan(0, count * NodeSize);
            NamespacedHash.Leaves(name, new ReadOnlyShards(shares, count, ShareView.Size), used);
            NamespacedMerkle.Roots(used, size).CopyTo(roots);
            roots = roots[(trees * NodeSize)..];
            shares = shares[(count * ShareView.Size)..];
        }
        ArrayPool<byte>.Shared.Return(nodes);
    }

    /// <summary>The side of the least square, a power of two, with room for that many shares.</summary>
    internal static int WidthFor(int shareCount)
    {
        int width = 1;
        while (width * width < shareCount) width *= 2;
        return width;
    }

    /// <summary>The first index not below <paramref name="cursor"/> at which a blob may begin.</summary>
    internal static int Align(int cursor, int subtreeWidth) => (cursor + subtreeWidth - 1) / subtreeWidth * subtreeWidth;
}
