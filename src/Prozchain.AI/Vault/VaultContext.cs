using Prozchain.AI.Codec;
using Prozchain.AI.Ports;

namespace Prozchain.AI.Vault;

/// <summary>What the operations of one vault share.</summary>
internal sealed record VaultContext(
    ModelVaultOptions Options, IPieceStore[] Stores, StripeCode Code, StripeSlotPool Slots, ShardTable Table, StripeCatalogue Catalogue)
{
    public int TotalPieces => Options.DataPieces + Options.ParityPieces;

    public ShardCalls Calls() => new(Stores, Options);
}
