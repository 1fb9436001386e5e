using System.Diagnostics;
using Prozchain.AI.Codec;
using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>What a manifest knows of one stripe, but for its place: enough to fetch its pieces and to check its leaves.</summary>
internal sealed class StoredStripe
{
    /// <param name="length">Bytes of the file in it.</param>
    /// <param name="dataPieces">k.</param>
    /// <param name="codec">Number of the codec of its leaves.</param>
    /// <param name="type">Type of the elements; U8 for bytes of no type.</param>
    /// <param name="leaves">Digests of the leaves.</param>
    /// <param name="baseStripe">Of a delta codec, the stripe at the same place of the base tensor, itself none of a delta codec; else null.</param>
    public StoredStripe(int length, int dataPieces, byte codec, TensorType type, Bytes32[] leaves, StoredStripe? baseStripe = null)
    {
        Debug.Assert(baseStripe is null == ((codec & TensorCodecs.DeltaFlag) == 0) && baseStripe?.Base is null);
        Base = baseStripe;
        Length = length;
        LeafLength = PartLayout.LeafLengthOf(length, dataPieces);
        (Codec, Type, Leaves) = (codec, type, leaves);
        LeafRoot = MerkleTree<ModelTree>.Root(leaves);
    }

    public int Length { get; }

    /// <summary>Bytes of each leaf but the last.</summary>
    public int LeafLength { get; }

    public byte Codec { get; }

    public TensorType Type { get; }

    public Bytes32[] Leaves { get; }

    public Bytes32 LeafRoot { get; }

    /// <summary>Without which the leaves cannot be decoded; null when they can by themselves.</summary>
    public StoredStripe? Base { get; }

    /// <summary>Bytes of each piece. A raw leaf fills its piece.</summary>
    public int PieceLength { get; private set; }

    /// <summary>Names the pieces, and commits to them.</summary>
    public Bytes32 PieceRoot { get; private set; }

    /// <summary>Bytes of each coded leaf within its piece; null when leaves are raw.</summary>
    public int[]? Encoded { get; private set; }

    public bool IsRaw => Codec == TensorCodecs.Raw.Id;

    public int LeafLengthAt(int leaf) => Math.Min(LeafLength, Length - leaf * LeafLength);

    public int EncodedLength(int leaf) => Encoded?[leaf] ?? LeafLengthAt(leaf);

    /// <summary>Most bytes that a piece of it can have.</summary>
    public static int MaxPieceLength(byte codec, int leafLength) => PartLayout.RoundUp(TensorCodecs.Find(codec)!.MaxEncoded(leafLength));

    /// <summary>Sets what coding gave.</summary>
    public void SetPieces(int pieceLength, in Bytes32 pieceRoot, int[]? encoded) =>
        (PieceLength, PieceRoot, Encoded) = (pieceLength, pieceRoot, encoded);
}
