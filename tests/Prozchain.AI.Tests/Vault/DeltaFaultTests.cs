using Prozchain.AI.Formats;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Bases that are lost, unknown or damaged, and stores on them that end early.</summary>
public class DeltaFaultTests
{
    [Fact]
    public async Task Read_BaseStripeLost_SaysWhatItWas()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base"), tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        ModelPart part = tuned.Content.Parts.First(p => p.Base == 0);
        int stripe = part.FirstStripe + 1, lost = tuned.Geometry.BaseOf(stripe);
        await vault.LoseAsync(tuned, lost, Enumerable.Range(3, 9));
        await vault.LoseAsync(tuned, stripe, 5);
        (VaultReport read, byte[] file) = await vault.ReadAsync(tuned);
        StripeLoss loss = Assert.Single(read.Losses);
        Assert.Equal((VaultStatus.Unrecoverable, lost, 9, 8, false), (read.Status, loss.Stripe, loss.Lost, loss.Tolerated, loss.Inconsistent));
        Assert.Equal(("layer.1", stripe), (loss.Base!.Tensor, loss.Base.Stripe));
        Assert.Equal(origin.ModelRoot.ToArray(), loss.Base.ModelRoot.ToArray());
        Assert.Equal(FineTunes.Tuned[..(int)(part.Offset + FineTunes.Stripe)], file);

        using IModelReader reader = await vault.Vault.OpenAsync(tuned);
        IOException thrown = await Assert.ThrowsAsync<IOException>(async () => await reader.ReadAsync(part.Offset + FineTunes.Stripe + (4 * 4096), new byte[100]));
        Assert.Equal(100, await reader.ReadAsync(part.Offset + FineTunes.Stripe, new byte[100]));
        Assert.Contains("layer.1", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(origin.ModelRoot.Span), thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(async () => await vault.Vault.MoveAsync(tuned, ShardTable.Equal(24), keptPieces: 20));

        // A repair puts back what the stripe itself has lost, and names the base once.
        VaultReport repaired = await vault.Vault.RepairAsync(tuned);
        Assert.Equal((VaultStatus.Unrecoverable, 1), (repaired.Status, repaired.PiecesRepaired));
        Assert.Equal(lost, Assert.Single(repaired.Losses).Stripe);
        Assert.Equal(FineTunes.Tuned.Length - FineTunes.Stripe, repaired.BytesVerified);
        Assert.Null(Assert.Single((await vault.Vault.RepairAsync(origin)).Losses).Base);
    }

    [Fact]
    public async Task Store_BaseDamaged_StoresWholeWhatItWouldHaveSaved()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base");
        ModelPart part = origin.Content.Parts.Where(p => p.Length == FineTunes.TensorBytes).ElementAt(1);
        await vault.LoseAsync(origin, part.FirstStripe + 1, Enumerable.Range(0, 9));
        ModelManifest tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        IReadOnlyList<StoredStripe> stripes = tuned.Content.Parts.First(p => p.Base == 0).Stripes;
        Assert.Equal([true, false, true], stripes.Select(s => s.Base is not null));
        Assert.Equal(FineTunes.Tuned, (await vault.ReadAsync(tuned)).File);
    }

    [Fact]
    public async Task Store_BasesThatCannotBe_RefusedWithAReason()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base");
        async Task<string> RefusedAsync(ModelVault of, params ReadOnlyMemory<byte>[] roots) =>
            (await Assert.ThrowsAsync<ArgumentException>(async () => await of.StoreAsync(new MemoryStream(FineTunes.Tuned), "tuned", bases: roots))).Message;
        Assert.Contains("got 0707", await RefusedAsync(vault.Vault, Enumerable.Repeat((byte)7, 32).ToArray()), StringComparison.Ordinal);
        Assert.Contains("32 bytes, got 31", await RefusedAsync(vault.Vault, origin.ModelRoot[1..]), StringComparison.Ordinal);
        Assert.Contains("at most 16", await RefusedAsync(vault.Vault, [.. Enumerable.Repeat(origin.ModelRoot, 17)]), StringComparison.Ordinal);
        ModelManifest archived = await vault.Vault.MoveAsync(origin, ShardTable.Equal(24), keptPieces: 16);
        await vault.Vault.PruneAsync(origin);
        Assert.Contains("move it first", await RefusedAsync(vault.Vault, origin.ModelRoot), StringComparison.Ordinal);
        await vault.Vault.PruneAsync(archived);
        Assert.Equal((0, 0), (vault.Pieces, vault.Vault.Catalogue.StripeCount));

        var small = new FineTunes(memory: 1);
        ModelManifest alone = await small.StoreAsync(FineTunes.Base, "base");
        Assert.Contains("memory budget", await RefusedAsync(small.Vault, alone.ModelRoot), StringComparison.Ordinal);
        ModelManifest tuned = await new FineTunes(stores: small.Stores, catalogue: small.Vault.Catalogue).StoreAsync(FineTunes.Tuned, "tuned", alone);
        await Assert.ThrowsAsync<ArgumentException>(() => small.ReadAsync(tuned));
        var fitting = new ModelVault(small.Stores, ModelVaultOptions.For(tuned));
        var output = new MemoryStream();
        Assert.Equal(VaultStatus.Intact, (await fitting.ReadAsync(tuned, output)).Status);
        Assert.Equal(FineTunes.Tuned, output.ToArray());
    }

    [Fact]
    public async Task Store_BasePrunedMeanwhile_KeepsWhatItNeeds()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base");
        int puts = 0;
        Task<PruneReport>? prune = null;
        foreach (FaultyPieceStore store in vault.Stores)
            store.OnPut = _ => { if (Interlocked.Increment(ref puts) == 40) prune = vault.Vault.PruneAsync(origin).AsTask(); };
        ModelManifest tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        Assert.Equal(0, (await prune!).Stripes);
        Assert.NotEmpty(tuned.Bases);
        Assert.Equal(24 * tuned.Geometry.Stripes.ToArray().Select(s => s.PieceRoot).Distinct().Count(), vault.Pieces);
        Assert.Equal(FineTunes.Tuned, (await vault.ReadAsync(tuned)).File);
        await vault.Vault.PruneAsync(tuned);
        Assert.Equal((0, 0), (vault.Pieces, vault.Vault.Catalogue.StripeCount));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(110)]
    [InlineData(150)]
    public async Task Store_FailsInADelta_IsGoneOnWithOrLeavesTheBaseAlone(int putsBefore)
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base");
        ModelManifest expected = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        await vault.Vault.PruneAsync(expected);
        int pieces = vault.Pieces, puts = 0;
        void Fail()
        {
            puts = 0;
            foreach (FaultyPieceStore store in vault.Stores) store.OnPut = _ => { if (Interlocked.Increment(ref puts) > putsBefore) throw new IOException("down"); };
        }
        Fail();
        await Assert.ThrowsAsync<IOException>(() => vault.StoreAsync(FineTunes.Tuned, "tuned", origin));
        Assert.Equal((pieces, origin.Geometry.StripeCount), (vault.Pieces, vault.Vault.Catalogue.StripeCount));

        var journal = new MemoryStream();
        Fail();
        async Task<ModelManifest> JournalledAsync() => await vault.Vault.StoreAsync(new MemoryStream(FineTunes.Tuned), "tuned", journal: journal, bases: [origin.ModelRoot]);
        await Assert.ThrowsAsync<IOException>(JournalledAsync);
        Assert.Equal(pieces + putsBefore, vault.Pieces);
        var catalogue = new StripeCatalogue();
        catalogue.Add(origin);
        vault.Open(catalogue: catalogue);
        puts = 0;
        foreach (FaultyPieceStore store in vault.Stores) store.OnPut = _ => Interlocked.Increment(ref puts);
        ModelManifest tuned = await JournalledAsync();
        Assert.Equal(SmallVault.Encode(expected), SmallVault.Encode(tuned));
        Assert.InRange(puts, 1, 24 * 8 - putsBefore + 24 * 3);
        Assert.Equal(FineTunes.Tuned, (await vault.ReadAsync(tuned)).File);
        await vault.Vault.PruneAsync(tuned);
        Assert.Equal(pieces, vault.Pieces);

        journal.SetLength(0);
        Fail();
        await Assert.ThrowsAsync<IOException>(JournalledAsync);
        await vault.Vault.AbandonAsync(journal);
        Assert.Equal((pieces, 0), (vault.Pieces, journal.Length));
    }
}
