using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Moves to other shards and into an archive.</summary>
public class MoveTests
{
    private static readonly byte[] s_file = GeneratedStream.Bytes(6 * SmallVault.Stripe + 7, 81);

    [Fact]
    public async Task Move_OffAShardThatLeaves_EmptiesItAndKeepsTheModel()
    {
        var vault = new SmallVault(9);
        ModelManifest old = await vault.StoreAsync(s_file);
        long[] capacities = [.. Enumerable.Repeat(1L, 9)];
        capacities[2] = 0;
        ModelManifest moved = await vault.Vault.MoveAsync(old, new ShardTable(1, capacities));
        Assert.Equal(old.ModelRoot.ToArray(), moved.ModelRoot.ToArray());
        Assert.NotEqual(old.AuditRoot.ToArray(), moved.AuditRoot.ToArray());
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(old)).Status);
        await vault.Vault.PruneAsync(old);
        Assert.Equal(0, vault.Stores[2].Count);
        Assert.Equal(moved.Geometry.StripeCount * 6, vault.Pieces);
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(moved)).Status);
        Assert.Equal(s_file, (await vault.ReadAsync(moved)).File);
    }

    [Fact]
    public async Task Move_IntoAnArchiveAndBack_KeepsFewerPiecesAndRestoresThem()
    {
        var vault = new SmallVault(12);
        ModelManifest hot = await vault.StoreAsync(s_file);
        var cold = new ShardTable(5, [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
        ModelManifest archived = await vault.Vault.MoveAsync(hot, cold, keptPieces: 5);
        await vault.Vault.PruneAsync(hot);
        Assert.Equal(archived.Geometry.StripeCount * 5, vault.Pieces);
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(0, vault.Stores[i].Count));
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(archived)).Status);
        Assert.True(archived.Geometry.StoredSize < hot.Geometry.StoredSize);

        // One piece of five may be lost, not two.
        await vault.LoseAsync(archived, 2, 1);
        VaultReport repaired = await vault.Vault.RepairAsync(archived);
        Assert.Equal((VaultStatus.Repaired, 1), (repaired.Status, repaired.PiecesRepaired));
        Assert.Equal(archived.Geometry.StripeCount * 5, vault.Pieces);
        await vault.LoseAsync(archived, 2, 1, 4);
        Assert.Equal([new StripeLoss(2, 2, 1, false)], (await vault.ReadAsync(archived)).Report.Losses);
        await Assert.ThrowsAnyAsync<IOException>(async () => await vault.Vault.MoveAsync(archived, ShardTable.Equal(12)));
        ModelManifest.TryRead(SmallVault.Encode(archived), out ModelManifest? read);
        Assert.Equal(5, read!.Geometry.KeptPieces);
    }

    [Fact]
    public async Task Move_BackToHot_MakesAllPiecesAnew()
    {
        var vault = new SmallVault(6);
        ModelManifest hot = await vault.StoreAsync(s_file, "model");
        ModelManifest archived = await vault.Vault.MoveAsync(hot, ShardTable.Equal(6), keptPieces: 4);
        await vault.Vault.PruneAsync(hot);
        Assert.Equal(archived.Geometry.StripeCount * 4, vault.Pieces);
        ModelManifest again = await vault.Vault.MoveAsync(archived, ShardTable.Equal(6));
        await vault.Vault.PruneAsync(archived);
        Assert.Equal(hot.Id.ToArray(), again.Id.ToArray());
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(again)).Status);
    }

    [Fact]
    public async Task Move_StoreThatFails_LeavesTheModelWhereItWas()
    {
        var vault = new SmallVault(12);
        ModelManifest manifest = await vault.StoreAsync(s_file);
        int pieces = vault.Pieces;
        vault.Stores[11].OnPut = vault.Stores[10].OnPut = _ => throw new IOException("full");
        await Assert.ThrowsAsync<IOException>(async () => await vault.Vault.MoveAsync(manifest, new ShardTable(1, [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])));
        Assert.Equal(pieces, vault.Pieces);
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(manifest)).Status);
    }

    [Fact]
    public async Task Quote_PricesOfShards_AddUp()
    {
        var vault = new SmallVault(3);
        ModelManifest manifest = await vault.StoreAsync(s_file);
        PriceSheet sheet = PriceSheet.Quote(manifest, [10_000_000_000, 0, 5_000_000_000]);
        Assert.Equal(manifest.Geometry.StoredSize, sheet.StoredBytes);
        Assert.Equal(sheet.StoredBytes, sheet.Lines.Sum(l => l.Bytes));
        Assert.Equal(sheet.Lines[0].Bytes * 10, sheet.Lines[0].MicroDollarsPerMonth);
        Assert.Equal(sheet.Lines[0].Bytes * 10 + sheet.Lines[2].Bytes * 5, sheet.MicroDollarsPerMonth);
        Assert.Equal((sheet.MicroDollarsPerMonth * 1_000_000_000 + s_file.Length - 1) / s_file.Length, sheet.MicroDollarsPerRawGBMonth);
        Assert.Equal(1, PriceSheet.Quote(manifest, [0, 1, 0]).MicroDollarsPerMonth);
        Assert.Throws<ArgumentException>(() => PriceSheet.Quote(manifest, [1, 2]));
        Assert.Throws<ArgumentException>(() => PriceSheet.Quote(manifest, [1, 2, -1]));
    }
}
