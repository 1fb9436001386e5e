using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>What a manifest holds before its roots.</summary>
/// <param name="Parts">In the order of the file, which they cover.</param>
/// <param name="Tensors">In the order of the file; one that is no part by itself lies in a bundle.</param>
/// <param name="SmallRoots">Leaf roots of the tensors that are no part by themselves, in the order of the tensors.</param>
internal sealed record ManifestContent(
    string Name,
    ModelFormat Format,
    int LeafSize,
    int DataPieces,
    int ParityPieces,
    int KeptPieces,
    ShardTable Table,
    IReadOnlyList<ModelPart> Parts,
    IReadOnlyList<TensorInfo> Tensors,
    IReadOnlyList<Bytes32> SmallRoots)
{
    /// <summary>Most base models.</summary>
    public const int MaxBases = 255;

    /// <summary>Model roots of the base models, in the order in which parts first have them.</summary>
    public IReadOnlyList<Bytes32> Bases { get; init; } = [];

    public long RawSize => Parts.Count == 0 ? 0 : Parts[^1].End;

    public int TotalPieces => DataPieces + ParityPieces;

    /// <summary>For each tensor the part that it is, or null.</summary>
    public static ModelPart?[] Match(IReadOnlyList<ModelPart> parts, IReadOnlyList<TensorInfo> tensors)
    {
        var matches = new ModelPart?[tensors.Count];
        for (int i = 0, part = 0; i < matches.Length; i++)
        {
            while (part < parts.Count && parts[part].Offset < tensors[i].Offset) part++;
            if (part < parts.Count && parts[part].Offset == tensors[i].Offset && parts[part].Length == tensors[i].Length) matches[i] = parts[part];
        }
        return matches;
    }
}
