using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Vaults of different parameters over the same stores.</summary>
public class SharedStoresTests
{
    [Fact]
    public async Task Store_ZerosByTwoCodesOnTheSameStores_KeepBoth()
    {
        // A stripe of zeros is a word of every code, so both vaults name its pieces alike.
        InMemoryPieceStore[] stores = [.. Enumerable.Range(0, 6).Select(_ => new InMemoryPieceStore())];
        var first = new ModelVault(stores, SmallVault.Options);
        var second = new ModelVault(stores, new ModelVaultOptions { LeafSize = 128, DataPieces = 3, ParityPieces = 3, MemoryBudget = 8192 });
        ModelManifest one = await first.StoreAsync(new MemoryStream(new byte[4 * 128]), "one");
        ModelManifest other = await second.StoreAsync(new MemoryStream(new byte[3 * 128]), "other");
        Assert.Equal(VaultStatus.Intact, (await second.InspectAsync(other)).Status);
        Assert.Equal(VaultStatus.Intact, (await first.InspectAsync(one)).Status);
    }
}
