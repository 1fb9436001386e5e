using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Stores and moves that go on without the shards that fail, and say what is missing.</summary>
public class DegradedStoreTests
{
    private const int Stripes = 12;

    private static readonly byte[] s_file = GeneratedStream.Bytes(Stripes * SmallVault.Stripe - 9, 51);

    [Fact]
    public async Task Store_OneShardIsFull_GoesOnAndNamesEveryPieceUntilARepairPutsThemBack()
    {
        var vault = new SmallVault();
        int attempts = 0;
        vault.Stores[3].OnPut = _ =>
        {
            Interlocked.Increment(ref attempts);
            throw new IOException("No space left on device");
        };
        var reports = new List<VaultProgress>();
        ModelManifest manifest = await vault.Vault.StoreAsync(new MemoryStream(s_file), "model", new Collector(reports));
        PieceFault[] missing = Missing(manifest, 3, PieceFaultKind.Unreachable);
        Assert.Equal(missing, vault.Vault.Catalogue.UnwrittenOf(manifest));
        Assert.Equal(missing, reports.SelectMany(r => r.Unwritten ?? []).OrderBy(f => f.Stripe));
        Assert.Equal(Stripes, reports[^1].PiecesUnwritten);
        // Given up after three failures, and as many as were under way beside them.
        Assert.InRange(attempts, 3, 3 + Environment.ProcessorCount + 1);
        Assert.Equal(5 * Stripes, vault.Pieces);

        (VaultReport report, byte[] read) = await vault.ReadAsync(manifest);
        Assert.Equal(VaultStatus.Degraded, report.Status);
        Assert.Equal(s_file, read);
        Assert.Equal((VaultStatus.Degraded, 0), await RepairAsync(vault, manifest));
        Assert.Equal(missing, vault.Vault.Catalogue.UnwrittenOf(manifest));
        vault.Stores[3].OnPut = null;
        Assert.Equal((VaultStatus.Repaired, Stripes), await RepairAsync(vault, manifest));
        Assert.Empty(vault.Vault.Catalogue.UnwrittenOf(manifest));
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(manifest)).Status);
    }

    [Fact]
    public async Task Store_ShardThatFailsNowAndThen_IsNotGivenUp()
    {
        var vault = new SmallVault();
        int puts = 0;
        vault.Stores[2].OnPut = _ => { if (Interlocked.Increment(ref puts) % 4 == 0) throw new IOException("again"); };
        ModelManifest manifest = await vault.StoreAsync(s_file);
        Assert.Equal(Stripes, puts);
        Assert.Equal(Stripes / 4, vault.Vault.Catalogue.UnwrittenOf(manifest).Count);
        Assert.Equal(Stripes / 4, (await vault.Vault.InspectAsync(manifest)).Faults.Count);
    }

    [Fact]
    public async Task Store_ShardThatDoesNotSayWhatItHas_GetsNothing()
    {
        var vault = new SmallVault();
        int puts = 0;
        vault.Stores[4].OnExists = _ => throw new IOException("who knows");
        vault.Stores[4].OnPut = _ => puts++;
        ModelManifest manifest = await vault.StoreAsync(s_file);
        Assert.Equal((0, 5 * Stripes), (puts, vault.Pieces));
        Assert.Equal(Missing(manifest, 4, PieceFaultKind.Unreachable), vault.Vault.Catalogue.UnwrittenOf(manifest));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_MoreShardsFailThanMay_EndsNamesThemAndIsGoneOnWith(bool withJournal)
    {
        var vault = new SmallVault();
        ModelManifest expected = await new SmallVault().StoreAsync(s_file);
        var journal = new MemoryStream();
        int puts = 0;
        foreach (int store in new[] { 1, 5 })
            vault.Stores[store].OnPut = _ => { if (Interlocked.Increment(ref puts) > 9) throw new IOException("gone"); };
        IOException thrown = await Assert.ThrowsAsync<IOException>(
            async () => await vault.Vault.StoreAsync(new MemoryStream(s_file), "model", journal: withJournal ? journal : null));
        Assert.Contains("expected at most 1 of 6 pieces that their stores do not take, got 2; stores 1, 5 failed: gone", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("gone", thrown.InnerException!.Message);
        Assert.Equal((0, 0), (vault.Vault.Catalogue.ModelCount, vault.Vault.Catalogue.StripeCount));
        if (!withJournal)
        {
            Assert.Equal(0, vault.Pieces);
            return;
        }
        vault.Stores[1].OnPut = vault.Stores[5].OnPut = null;
        ModelManifest manifest = await Reopen(vault).StoreAsync(new MemoryStream(s_file), "model", journal: journal);
        Assert.Equal(SmallVault.Encode(expected), SmallVault.Encode(manifest));
        Assert.Equal(s_file, (await vault.ReadAsync(manifest)).File);
    }

    [Fact]
    public async Task Store_GoneOnWithAfterAFailingShard_RemembersWhatIsMissingAndPutsOnlyTheRest()
    {
        var vault = new SmallVault();
        var journal = new MemoryStream();
        vault.Stores[0].OnPut = _ => throw new IOException("full");
        using var source = new CancellationTokenSource();
        var after = new Collector([], r => { if (r.StripesDone == 6) source.Cancel(); });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await vault.Vault.StoreAsync(new MemoryStream(s_file), "model", after, journal, cancellationToken: source.Token));
        int puts = 0;
        foreach (FaultyPieceStore store in vault.Stores) store.OnPut = _ => Interlocked.Increment(ref puts);
        ModelVault reopened = Reopen(vault);
        ModelManifest manifest = await reopened.StoreAsync(new MemoryStream(s_file), "model", journal: journal);
        IReadOnlyList<PieceFault> unwritten = reopened.Catalogue.UnwrittenOf(manifest);
        Assert.InRange(unwritten.Count, 6, Stripes);
        Assert.All(unwritten, f => Assert.Equal(0, f.Store));
        Assert.Equal(6 * (Stripes - unwritten.Count), puts);
        Assert.Equal(unwritten.Select(f => (f.Stripe, f.Piece)), (await reopened.InspectAsync(manifest)).Faults.Select(f => (f.Stripe, f.Piece)));
        Assert.Equal(s_file, (await vault.ReadAsync(manifest)).File);
    }

    [Fact]
    public async Task Abandon_AfterAFailingShard_LeavesNoTrace()
    {
        var vault = new SmallVault();
        var journal = new MemoryStream();
        vault.Stores[0].OnPut = _ => throw new IOException("full");
        await vault.Vault.StoreAsync(new MemoryStream(s_file), "model", journal: journal);
        await Reopen(vault).AbandonAsync(journal);
        Assert.Equal((0, 0), (journal.Length, vault.Pieces));
    }

    [Fact]
    public async Task Store_SharesAStripeThatLacksAPiece_SaysSoToo()
    {
        var vault = new SmallVault();
        vault.Stores[3].OnPut = _ => throw new IOException("full");
        ModelManifest one = await vault.StoreAsync(s_file, "one");
        vault.Stores[3].OnPut = null;
        var reports = new List<VaultProgress>();
        ModelManifest two = await vault.Vault.StoreAsync(new MemoryStream(s_file), "two", new Collector(reports));
        Assert.Equal((Stripes, Stripes), (reports[^1].StripesShared, reports[^1].PiecesUnwritten));
        Assert.Equal(vault.Vault.Catalogue.UnwrittenOf(one), vault.Vault.Catalogue.UnwrittenOf(two));
        await vault.Vault.RepairAsync(two);
        Assert.Empty(vault.Vault.Catalogue.UnwrittenOf(one));
        await vault.Vault.PruneAsync(one);
        Assert.Throws<ArgumentException>(() => vault.Vault.Catalogue.UnwrittenOf(one));
    }

    [Fact]
    public async Task Move_OneShardFails_GoesOnAndTwoLeaveTheModelWhereItWas()
    {
        var vault = new SmallVault(12);
        ModelManifest old = await vault.StoreAsync(s_file);
        int pieces = vault.Pieces;
        var table = new ShardTable(1, [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
        vault.Stores[7].OnPut = vault.Stores[8].OnPut = _ => throw new IOException("full");
        await Assert.ThrowsAsync<IOException>(async () => await vault.Vault.MoveAsync(old, table));
        // All pieces that an archive keeps are needed.
        vault.Stores[8].OnPut = null;
        await Assert.ThrowsAsync<IOException>(async () => await vault.Vault.MoveAsync(old, table, keptPieces: 4));
        Assert.Equal(pieces, vault.Pieces);
        var reports = new List<VaultProgress>();
        ModelManifest moved = await vault.Vault.MoveAsync(old, table, progress: new Collector(reports));
        Assert.Equal(Missing(moved, 7, PieceFaultKind.Unreachable), vault.Vault.Catalogue.UnwrittenOf(moved));
        Assert.Equal(Stripes, reports[^1].PiecesUnwritten);
        vault.Stores[7].OnPut = null;
        await vault.Vault.PruneAsync(old);
        // What the old place had in common with the new one is there all the same.
        VaultReport seen = await vault.Vault.InspectAsync(moved);
        Assert.Equal(seen.Faults.Select(f => (f.Stripe, f.Piece)), vault.Vault.Catalogue.UnwrittenOf(moved).Select(f => (f.Stripe, f.Piece)));
        Assert.InRange(seen.Faults.Count, Stripes / 2, Stripes);
        Assert.Equal((VaultStatus.Repaired, seen.Faults.Count), await RepairAsync(vault, moved));
        Assert.Empty(vault.Vault.Catalogue.UnwrittenOf(moved));
        Assert.Equal(s_file, (await vault.ReadAsync(moved)).File);
    }

    [Fact]
    public async Task Store_NoneMayBeUnwritten_EndsAtTheFirstFailure()
    {
        var vault = new SmallVault(6, new ModelVaultOptions { LeafSize = 128, DataPieces = 4, ParityPieces = 2, MemoryBudget = 16_384, MaxUnwritten = 0 });
        vault.Stores[5].OnPut = _ => throw new IOException("full");
        await Assert.ThrowsAsync<IOException>(() => vault.StoreAsync(s_file));
        Assert.Equal(0, vault.Pieces);
        foreach (ModelVaultOptions wrong in new[] { new ModelVaultOptions { MaxUnwritten = 9 }, new ModelVaultOptions { MaxUnwritten = -1 }, new ModelVaultOptions { MaxStoreFailures = 0 } })
            Assert.Throws<ArgumentException>(() => new ModelVault([new InMemoryPieceStore()], wrong));
    }

    private static PieceFault[] Missing(ModelManifest manifest, int store, PieceFaultKind kind) =>
    [
        .. from stripe in Enumerable.Range(0, manifest.Geometry.StripeCount)
           from piece in Enumerable.Range(0, 6)
           where manifest.StoreOf(stripe, piece) == store
           select new PieceFault(stripe, piece, store, kind),
    ];

    private static async Task<(VaultStatus, int)> RepairAsync(SmallVault vault, ModelManifest manifest)
    {
        VaultReport report = await vault.Vault.RepairAsync(manifest);
        return (report.Status, report.PiecesRepaired);
    }

    private static ModelVault Reopen(SmallVault vault) => new(vault.Stores, SmallVault.Options);

    private sealed class Collector(List<VaultProgress> reports, Action<VaultProgress>? then = null) : IProgress<VaultProgress>
    {
        public void Report(VaultProgress value)
        {
            reports.Add(value);
            then?.Invoke(value);
        }
    }
}
