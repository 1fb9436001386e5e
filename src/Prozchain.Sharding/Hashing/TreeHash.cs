using Prozchain.Shared;

namespace Prozchain.Sharding.Hashing;

/// <summary>The hashes of the ordered trees: transfers, inbound bundles and receipts of a block, parts of a beacon block.</summary>
internal readonly struct TreeHash : IMerkleHash
{
    private static readonly Bytes32 s_empty = Domains.TreeEmpty.Hash(default);

    public static Bytes32 Empty => s_empty;

    public static Bytes32 Leaf(ReadOnlySpan<byte> data) => Domains.TreeLeaf.Hash(data);

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => Domains.TreeInner.Hash(left, right);
}
