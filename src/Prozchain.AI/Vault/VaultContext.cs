using Prozchain.AI.Codec;
using Prozchain.AI.Ports;

namespace Prozchain.AI.Vault;

/// <summary>What the operations of one vault share.</summary>
internal sealed record VaultContext(
    ModelVaultOptions Options, IPieceStore[] Stores, StripeCode Code, StripeSlotPool Slots, ShardTable Table, StripeCatalogue Catalogue)
{
    public int TotalPieces => Options.DataPieces + Options.ParityPieces;

    /// <summary>What an operation on a model needs for its bases; null when it has none.</summary>
    public BaseLoaders? Bases(ModelManifest manifest, ShardCalls calls) => manifest.Geometry.BaseStripeCount == 0 ? null : new BaseLoaders(calls, Code);

    public ShardCalls Calls() => new(Stores, Options);
}
