using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>The leaf root of a tensor's bytes, cut as the vault cuts a part.</summary>
internal static class TensorDigest
{
    public static Bytes32 Root(ReadOnlySpan<byte> bytes, int leafSize, int dataPieces)
    {
        var layout = new PartLayout(bytes.Length, leafSize, dataPieces);
        var stripes = new Bytes32[layout.StripeCount];
        for (int s = 0; s < stripes.Length; s++)
            stripes[s] = MerkleTree<ModelTree>.Root(Leaves(bytes.Slice(s * layout.FullStripe, layout.StripeLength(s)), dataPieces));
        return MerkleTree<ModelTree>.Root(stripes);
    }

    /// <summary>Digests of the leaves of one stripe.</summary>
    public static Bytes32[] Leaves(ReadOnlySpan<byte> stripe, int dataPieces)
    {
        int length = PartLayout.LeafLengthOf(stripe.Length, dataPieces);
        var leaves = new Bytes32[PartLayout.LeavesOf(stripe.Length, dataPieces)];
        for (int i = 0; i < leaves.Length; i++) leaves[i] = VaultHash.Content(stripe[(i * length)..Math.Min(stripe.Length, (i + 1) * length)]);
        return leaves;
    }
}
