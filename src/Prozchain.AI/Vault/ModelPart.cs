using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>A run of bytes of the file that is cut and coded by itself: a tensor, a bundle of small things, or a chunk of opaque bytes.</summary>
/// <param name="Offset">First byte within the file.</param>
/// <param name="Length">Bytes, at least 1.</param>
/// <param name="Codec">Number of the codec of its leaves.</param>
/// <param name="Type">Type of the elements; U8 for bytes of no type.</param>
/// <param name="FirstStripe">Index of its first stripe within the model.</param>
/// <param name="Stripes">Its stripes in order.</param>
internal sealed record ModelPart(long Offset, long Length, byte Codec, TensorType Type, int FirstStripe, IReadOnlyList<StoredStripe> Stripes)
{
    /// <summary>Tree over the leaf roots of its stripes.</summary>
    public Bytes32 LeafRoot { get; } = MerkleTree<ModelTree>.Root([.. Stripes.Select(s => s.LeafRoot)]);

    public long End => Offset + Length;
}
