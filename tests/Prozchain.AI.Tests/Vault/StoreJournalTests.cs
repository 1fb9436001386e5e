using System.Buffers.Binary;
using Prozchain.AI.Ports;
using Prozchain.AI.Tests.Formats;
using Prozchain.AI.Vault;
using Prozchain.Shared;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Stores that end early, and what their journals are good for.</summary>
public class StoreJournalTests
{
    private static readonly byte[] s_file = SafetensorsFile.Distinct(5, 700, 1);

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(100)]
    public async Task Store_FailsAndIsGoneOnWith_PutsOnlyTheRest(int putsBefore)
    {
        var vault = new SmallVault();
        var journal = new MemoryStream();
        ModelManifest expected = await new SmallVault().StoreAsync(s_file);
        int puts = 0;
        foreach (FaultyPieceStore store in vault.Stores) store.OnPut = _ => { if (Interlocked.Increment(ref puts) > putsBefore) throw new IOException("down"); };
        await Assert.ThrowsAsync<IOException>(async () => await vault.Vault.StoreAsync(new MemoryStream(s_file), "model", journal: journal));
        Assert.Equal(putsBefore, vault.Pieces);
        Assert.Equal(0, vault.Vault.Catalogue.StripeCount);

        int again = 0;
        foreach (FaultyPieceStore store in vault.Stores) store.OnPut = _ => Interlocked.Increment(ref again);
        ModelManifest manifest = await Reopen(vault).StoreAsync(new MemoryStream(s_file), "model", journal: journal);
        Assert.Equal(SmallVault.Encode(expected), SmallVault.Encode(manifest));
        // Of the stripes under way at the failure some are put twice, never one that was done.
        int workers = Environment.ProcessorCount + 1;
        Assert.InRange(again, 6 * manifest.Geometry.StripeCount - putsBefore, 6 * manifest.Geometry.StripeCount - putsBefore + 6 * workers);
        Assert.Equal(s_file, (await vault.ReadAsync(manifest)).File);
    }

    [Fact]
    public async Task Store_JournalCutAnywhere_IsGoneOnWith()
    {
        var vault = new SmallVault();
        var journal = new MemoryStream();
        ModelManifest expected = await vault.Vault.StoreAsync(new MemoryStream(s_file), "model", journal: journal);
        byte[] whole = journal.ToArray();
        var random = new Random(5);
        for (int i = 0; i < 60; i++)
        {
            var cut = new MemoryStream();
            cut.Write(whole.AsSpan(0, i < 5 ? i * 20 : random.Next(whole.Length)));
            if (i % 3 == 2 && cut.Length > 200) cut.GetBuffer()[random.Next(100, (int)cut.Length)] ^= 4;
            ModelManifest manifest = await Reopen(vault).StoreAsync(new MemoryStream(s_file), "model", journal: cut);
            Assert.Equal(SmallVault.Encode(expected), SmallVault.Encode(manifest));
            Assert.True(cut.Length >= whole.Length, "Expected a journal of all stripes.");
        }
    }

    [Fact]
    public async Task Store_OtherSourceWithTheJournal_IsThatSource()
    {
        var vault = new SmallVault();
        var journal = new MemoryStream();
        await vault.Vault.StoreAsync(new MemoryStream(s_file), "model", journal: journal);
        byte[] other = [.. s_file];
        GeneratedStream.Fill(0, 3, other.AsSpan(^4000..));
        ModelManifest manifest = await Reopen(vault).StoreAsync(new MemoryStream(other), "other", journal: journal);
        Assert.Equal(other, (await vault.ReadAsync(manifest)).File);
    }

    [Fact]
    public async Task Store_StreamThatIsNoJournalOfSuchAStore_IsRefusedAndLeftAlone()
    {
        byte[] text = GeneratedStream.Bytes(500, 1);
        foreach (byte[] bytes in new[] { text, text[..3] })
        {
            var stream = new MemoryStream();
            stream.Write(bytes);
            await Assert.ThrowsAsync<ArgumentException>(async () => await new SmallVault().Vault.StoreAsync(new MemoryStream(s_file), "m", journal: stream));
            Assert.Equal(bytes, stream.ToArray());
        }
        var journal = new MemoryStream();
        await new SmallVault().Vault.StoreAsync(new MemoryStream(s_file), "m", journal: journal);
        await Assert.ThrowsAsync<ArgumentException>(async () => await new SmallVault(7).Vault.AbandonAsync(journal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public async Task Abandon_EndedStore_LeavesNoTraceButWhatOthersHave(int putsBefore)
    {
        var vault = new SmallVault();
        byte[] earlier = s_file[..4000];
        ModelManifest kept = await vault.StoreAsync(earlier, "kept");
        int pieces = vault.Pieces, puts = 0;
        var journal = new MemoryStream();
        foreach (FaultyPieceStore store in vault.Stores) store.OnPut = _ => { if (Interlocked.Increment(ref puts) > putsBefore) throw new IOException("down"); };
        await Assert.ThrowsAsync<IOException>(async () => await vault.Vault.StoreAsync(new MemoryStream(s_file), "model", journal: journal));
        Assert.Equal(pieces + putsBefore, vault.Pieces);
        vault.Stores[1].OnDelete = _ => throw new IOException("later");
        if (putsBefore > 0) await Assert.ThrowsAsync<IOException>(async () => await Reopen(vault, kept).AbandonAsync(journal));
        vault.Stores[1].OnDelete = null;
        await Reopen(vault, kept).AbandonAsync(journal);
        Assert.Equal((0, pieces), (journal.Length, vault.Pieces));
        Assert.Equal(earlier, (await vault.ReadAsync(kept)).File);
    }

    [Fact]
    public async Task Journal_SeededStore_IsFrozen()
    {
        // One worker, so that the records have one order.
        var stores = Enumerable.Range(0, 6).Select(_ => new InMemoryPieceStore()).ToArray();
        var options = new ModelVaultOptions { LeafSize = 128, DataPieces = 4, ParityPieces = 2, MemoryBudget = 16_384, Workers = 1 };
        var journal = new MemoryStream();
        await new ModelVault(stores, options).StoreAsync(new MemoryStream(s_file), "model", journal: journal);
        Fixtures.AssertFrozen(Fixtures.Journals, [journal.ToArray()]);

        // One whose store 1 takes nothing.
        var full = Enumerable.Range(0, 6).Select(_ => new FaultyPieceStore()).ToArray();
        full[1].OnPut = _ => throw new IOException("full");
        var inPart = new MemoryStream();
        await new ModelVault(full, options).StoreAsync(new MemoryStream(s_file), "model", journal: inPart);
        Fixtures.AssertFrozen(Fixtures.JournalsInPart, [inPart.ToArray()]);

        // Version 1 differs in its number alone, and is gone on with.
        var old = new MemoryStream();
        old.Write(AsVersion1(journal.ToArray()));
        Fixtures.AssertFrozen(Fixtures.JournalsVersion1, [old.ToArray()]);
        ModelManifest manifest = await new ModelVault(stores, options).StoreAsync(new MemoryStream(s_file), "model", journal: old);
        Assert.Equal(VaultStatus.Intact, (await new ModelVault(stores, options).InspectAsync(manifest)).Status);

        // It cannot say that pieces are missing: such stripes are put again by who goes on.
        var begun = new MemoryStream();
        begun.Write(old.ToArray().AsSpan(0, FirstRecord(old.ToArray())));
        for (int i = 0; i < full.Length; i++) full[i].OnPut = i == 1 ? _ => throw new IOException("full") : null;
        await new ModelVault(full, options).StoreAsync(new MemoryStream(s_file), "model", journal: begun);
        int puts = 0;
        foreach (FaultyPieceStore store in full) store.OnPut = _ => Interlocked.Increment(ref puts);
        await new ModelVault(full, options).StoreAsync(new MemoryStream(s_file), "model", journal: begun);
        Assert.Equal(6 * manifest.Geometry.StripeCount, puts);
    }

    private static int FirstRecord(ReadOnlySpan<byte> journal) => 4 + BinaryPrimitives.ReadInt32LittleEndian(journal) + Bytes32.Size;

    private static byte[] AsVersion1(byte[] journal)
    {
        Bytes32 last = default;
        journal[5] = 1;
        for (int at = 0; at < journal.Length; at += FirstRecord(journal.AsSpan(at)))
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(journal.AsSpan(at));
            Blake3Hasher hasher = VaultHash.Context("journal record"u8);
            hasher.Update(last.Span);
            last = VaultHash.Finish(ref hasher, journal.AsSpan(at + 4, length));
            last.Span.CopyTo(journal.AsSpan(at + 4 + length));
        }
        return journal;
    }

    private static ModelVault Reopen(SmallVault vault, ModelManifest? live = null)
    {
        var catalogue = new StripeCatalogue();
        if (live is not null) catalogue.Add(live);
        return new ModelVault((IReadOnlyList<IPieceStore>)vault.Stores, SmallVault.Options, catalogue);
    }
}
