using Prozchain.AI.Formats;
using Prozchain.AI.Tests.Formats;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Equal stripes are stored once, and who removes one model harms no other.</summary>
public class StripeCatalogueTests
{
    [Fact]
    public async Task Store_ModelsThatShareTensors_StoresThoseOnceAndPrunesOneWithoutHarm()
    {
        var vault = new SmallVault();
        byte[] first = SafetensorsFile.Tensors(6, 400), second = [.. first];
        SafetensorsHeader.TryRead(first, out SafetensorsHeader? header);
        TensorInfo changed = header!.Tensors[2];
        GeneratedStream.Fill(0, 9, second.AsSpan((int)changed.Offset, (int)changed.Length));
        ModelManifest one = await vault.StoreAsync(first, "one");
        int before = vault.Pieces;
        var reports = new List<VaultProgress>();
        ModelManifest two = await vault.Vault.StoreAsync(new MemoryStream(second), "two", new Collector(reports));
        int stripes = (int)(changed.Length + SmallVault.Stripe - 1) / SmallVault.Stripe;
        Assert.Equal(before + 6 * stripes, vault.Pieces);
        Assert.Equal(two.Geometry.StripeCount - stripes, reports[^1].StripesShared);
        for (int i = 0; i < 6; i++) Assert.Equal(i != 2, one.TensorId(i).Span.SequenceEqual(two.TensorId(i).Span));

        PruneReport pruned = await vault.Vault.PruneAsync(one);
        Assert.Empty(pruned.FailedStores);
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(two)).Status);
        Assert.Equal(second, (await vault.ReadAsync(two)).File);
        Assert.Equal(two.Geometry.Stripes.ToArray().Select(s => s.PieceRoot).Distinct().Count() * 6, vault.Pieces);
        await Assert.ThrowsAsync<ArgumentException>(async () => await vault.Vault.PruneAsync(one));
        await vault.Vault.PruneAsync(two);
        Assert.Equal((0, 0, 0), (vault.Pieces, vault.Vault.Catalogue.ModelCount, vault.Vault.Catalogue.StripeCount));
    }

    [Fact]
    public async Task Store_SameFileTwiceUnderOneName_IsOneModel()
    {
        var vault = new SmallVault();
        byte[] file = GeneratedStream.Bytes(2000, 3);
        ModelManifest one = await vault.StoreAsync(file), again = await vault.StoreAsync(file);
        Assert.Equal(one.Id.ToArray(), again.Id.ToArray());
        Assert.Equal(1, vault.Vault.Catalogue.ModelCount);
        await vault.Vault.PruneAsync(one);
        Assert.Equal(0, vault.Pieces);
    }

    [Fact]
    public async Task Add_ManifestsAfterARestart_ShareAndSpareAsBefore()
    {
        var vault = new SmallVault();
        byte[] file = SafetensorsFile.Tensors(4, 300);
        ModelManifest one = await vault.StoreAsync(file, "one"), two = await vault.StoreAsync(file, "two");
        var catalogue = new StripeCatalogue();
        catalogue.Add(one);
        catalogue.Add(two);
        catalogue.Add(two);
        var restarted = new ModelVault(vault.Stores, SmallVault.Options, catalogue);
        int pieces = vault.Pieces;
        foreach (FaultyPieceStore store in vault.Stores) store.OnPut = _ => throw new IOException("no need to put");
        ModelManifest three = await restarted.StoreAsync(new MemoryStream(file), "three");
        Assert.Equal(new PruneReport(0, 0, []).Pieces, (await restarted.PruneAsync(one)).Pieces);
        await restarted.PruneAsync(two);
        Assert.Equal(pieces, vault.Pieces);
        await restarted.PruneAsync(three);
        Assert.Equal(0, vault.Pieces);
    }

    [Fact]
    public async Task Prune_StoreThatDoesNotAnswer_IsListed()
    {
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(GeneratedStream.Bytes(1500, 1));
        vault.Stores[4].OnDelete = _ => throw new IOException("gone");
        PruneReport report = await vault.Vault.PruneAsync(manifest);
        Assert.Equal([4], report.FailedStores);
        Assert.Equal(vault.Stores[4].Count, vault.Pieces);
        Assert.False(vault.Vault.Catalogue.Contains(manifest));
    }

    [Fact]
    public async Task Store_FailsBesideAnotherOfTheSameContent_LeavesTheOthersPieces()
    {
        byte[] file = GeneratedStream.Bytes(6 * SmallVault.Stripe, 77);
        for (int round = 0; round < 20; round++)
        {
            var vault = new SmallVault(6, new ModelVaultOptions { LeafSize = 128, DataPieces = 4, ParityPieces = 2, MemoryBudget = 16_384, MaxUnwritten = 0 });
            int puts = 0;
            foreach (FaultyPieceStore store in vault.Stores) store.OnPut = _ => { if (Interlocked.Increment(ref puts) == 20 + round) throw new IOException("once"); };
            Task<ModelManifest>[] both = [Task.Run(() => vault.StoreAsync(file, "a")), Task.Run(() => vault.StoreAsync(file, "b"))];
            await Task.WhenAll(both.Select(t => t.ContinueWith(_ => { }, TaskScheduler.Default)));
            foreach (Task<ModelManifest> stored in both.Where(t => t.IsCompletedSuccessfully))
                Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(await stored)).Status);
            if (both.All(t => t.IsFaulted)) Assert.Equal(0, vault.Pieces);
        }
    }

    [Fact]
    public async Task Add_WhileAPruneDeletesItsStripes_IsRefusedAndChangesNothing()
    {
        var vault = new SmallVault();
        byte[] file = GeneratedStream.Bytes(2000, 4);
        ModelManifest one = await vault.StoreAsync(file, "one"), two = await vault.StoreAsync(file, "two");
        StripeCatalogue catalogue = vault.Vault.Catalogue;
        Assert.True(catalogue.StripeCount > 1);
        await vault.Vault.PruneAsync(one);
        var refused = new List<Exception?>();
        // The same model, and one that has the stripes too.
        foreach (FaultyPieceStore store in vault.Stores)
            store.OnDelete = _ =>
            {
                refused.Add(Record.Exception(() => catalogue.Add(two)));
                refused.Add(Record.Exception(() => catalogue.Add(one)));
            };
        await vault.Vault.PruneAsync(two);
        Assert.NotEmpty(refused);
        Assert.All(refused, e => Assert.Contains("while a stripe of it is being deleted", Assert.IsType<InvalidOperationException>(e).Message, StringComparison.Ordinal));
        Assert.Equal((0, 0, 0), (vault.Pieces, catalogue.ModelCount, catalogue.StripeCount));
        ModelManifest again = await vault.StoreAsync(file, "one");
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(again)).Status);
    }

    [Fact]
    public async Task Store_OpaqueBytesWithAnInsertion_SharesMostOfIt()
    {
        var options = new ModelVaultOptions { LeafSize = 128 << 10, MemoryBudget = 20 << 20 };
        var vault = new ModelVault([.. Enumerable.Range(0, 24).Select(_ => new InMemoryPieceStore())], options);
        byte[] file = GeneratedStream.Bytes(24 << 20, 5);
        byte[] longer = [.. file[..5_000_000], .. GeneratedStream.Bytes(100, 6), .. file[5_000_000..]];
        ModelManifest one = await vault.StoreAsync(new MemoryStream(file), "one");
        var reports = new List<VaultProgress>();
        ModelManifest two = await vault.StoreAsync(new MemoryStream(longer), "two", new Collector(reports));
        Assert.InRange(reports[^1].StripesShared, two.Geometry.StripeCount / 2, two.Geometry.StripeCount - 1);
        var output = new MemoryStream();
        Assert.Equal(VaultStatus.Intact, (await vault.ReadAsync(two, output)).Status);
        Assert.True(longer.AsSpan().SequenceEqual(output.GetBuffer().AsSpan(0, (int)output.Length)));
        Assert.Equal(one.Geometry.RawSize, file.Length);
    }

    private sealed class Collector(List<VaultProgress> reports) : IProgress<VaultProgress>
    {
        public void Report(VaultProgress value) => reports.Add(value);
    }
}
