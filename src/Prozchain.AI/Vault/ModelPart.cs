using Prozchain.AI.Codec;
using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>A run of bytes of the file that is cut and coded by itself: a tensor, a bundle of small things, or a chunk of opaque bytes.</summary>
/// <param name="Offset">First byte within the file.</param>
/// <param name="Length">Bytes, at least 1.</param>
/// <param name="Codec">Number of the codec of its leaves; <see cref="Mixed"/> when each of its stripes has one of its own.</param>
/// <param name="Type">Type of the elements; U8 for bytes of no type.</param>
/// <param name="FirstStripe">Index of its first stripe within the model.</param>
/// <param name="Stripes">Its stripes in order.</param>
/// <param name="Base">Of a mixed part, the index of the base model that has the tensor; else -1.</param>
internal sealed record ModelPart(
    long Offset, long Length, byte Codec, TensorType Type, int FirstStripe, IReadOnlyList<StoredStripe> Stripes, int Base = -1)
{
    /// <summary>Stripes are coded with a base or without one, as each is cheaper.</summary>
    public const byte Mixed = TensorCodecs.DeltaFlag;

    /// <summary>Whether stripes have to say each by which codec they are coded.</summary>
    public static bool IsMixed(IReadOnlyList<StoredStripe> stripes) => stripes.Any(s => s.Base is not null || s.Codec != stripes[0].Codec);

    /// <summary>Tree over the leaf roots of its stripes.</summary>
    public Bytes32 LeafRoot { get; } = MerkleTree<ModelTree>.Root([.. Stripes.Select(s => s.LeafRoot)]);

    public long End => Offset + Length;
}
