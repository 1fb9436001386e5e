using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>What a manifest holds before its roots. The data offset is the first byte behind a safetensors header, else 0.</summary>
internal sealed record ManifestContent(
    string Name,
    ModelFormat Format,
    VaultGeometry Geometry,
    int StoreCount,
    Bytes32 Digest,
    Bytes32[] LeafRoots,
    Bytes32[] PieceRoots,
    IReadOnlyList<TensorInfo> Tensors,
    long DataOffset);
