using System.Collections.Concurrent;
using Prozchain.AI.Ports;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>
/// Every operation that changes stores, ended as a killed process ends before each of its effects in turn: nothing happens from there on,
/// and what is left are the pieces, the journal, cut within a record too, and the manifests that there were before.
/// </summary>
public class CutShortTests
{
    private const int Stripes = 3;

    private static readonly byte[] s_file = GeneratedStream.Bytes(Stripes * SmallVault.Stripe - 100, 92);

    private readonly Disk _disk = new();

    [Fact]
    public async Task Store_CutBeforeEveryEffect_IsGoneOnWithOrLeavesNoTrace()
    {
        byte[] expected = SmallVault.Encode(await new SmallVault().StoreAsync(s_file));
        int effects = 0;
        for (bool ended = false; !ended; effects++)
        {
            var disk = new Disk();
            var journal = new Journal(disk, []);
            ended = !await CutAsync(disk, effects, v => v.StoreAsync(new MemoryStream(s_file), "model", journal: journal));
            Disk copy = disk.Copy();
            byte[] left = journal.ToArray();

            ModelManifest manifest = await Open(disk).StoreAsync(new MemoryStream(s_file), "model", journal: new Journal(disk, left));
            Assert.Equal(expected, SmallVault.Encode(manifest));
            Assert.Equal(6 * Stripes, disk.Pieces.Count);
            Assert.Equal(VaultStatus.Intact, (await Open(disk).InspectAsync(manifest)).Status);

            // Abandoning is cut short too, as often as it takes.
            for (int i = 0; await CutAsync(copy, i, async v => { await v.AbandonAsync(journal = new Journal(copy, left)); return 0; }); i++) left = journal.ToArray();
            Assert.Equal((0, 0), (copy.Pieces.Count, (int)journal.Length));
        }
        // A header; an intention, six pieces and a note for each stripe.
        Assert.Equal(1 + Stripes * 8 + 1, effects);
    }

    [Fact]
    public async Task Store_JournalTornAtEveryByte_IsGoneOnWithOrLeavesNoTrace()
    {
        byte[] file = s_file[..SmallVault.Stripe];
        var journal = new Journal(_disk, []);
        byte[] expected = SmallVault.Encode(await Open(_disk).StoreAsync(new MemoryStream(file), "model", journal: journal));
        byte[] whole = journal.ToArray();
        int last = whole.Length - 4 - 33 - 32;
        for (int length = 0; length <= whole.Length; length++)
        {
            Disk disk = _disk.Copy();
            Assert.Equal(expected, SmallVault.Encode(await Open(disk).StoreAsync(new MemoryStream(file), "model", journal: new Journal(disk, whole[..length]))));
            // As long as the intention is not whole, no piece has been put.
            disk = length < last ? new Disk() : _disk.Copy();
            await Open(disk).AbandonAsync(new Journal(disk, whole[..length]));
            Assert.Empty(disk.Pieces);
        }
    }

    [Fact]
    public async Task Prune_CutBeforeEveryEffect_IsDoneByTheNext()
    {
        byte[] other = [.. s_file[..SmallVault.Stripe], .. GeneratedStream.Bytes(700, 3)];
        ModelVault vault = Open(_disk);
        ModelManifest model = await vault.StoreAsync(new MemoryStream(s_file), "model"), kept = await vault.StoreAsync(new MemoryStream(other), "kept");
        int before = _disk.Pieces.Count, effects = 0;
        for (bool ended = false; !ended; effects++)
        {
            Disk disk = _disk.Copy();
            ended = !await CutAsync(disk, effects, v => v.PruneAsync(model), model, kept);
            // What is left of it is not whole any more, which is no harm to the other.
            if (!ended) await Open(disk, model, kept).PruneAsync(model);
            Assert.Equal(before - 6 * (Stripes - 1), disk.Pieces.Count);
            Assert.Equal(VaultStatus.Intact, (await Open(disk, kept).InspectAsync(kept)).Status);
        }
        Assert.Equal(6 * (Stripes - 1) + 1, effects);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(5)]
    public async Task Move_CutBeforeEveryEffect_LeavesTheModelAndIsDoneByTheNext(int keptPieces)
    {
        // With six pieces off a shard that leaves, with five into an archive.
        var table = new ShardTable(1, keptPieces == 6 ? [1, 1, 0, 1, 1, 1, 1, 1] : [0, 0, 0, 1, 1, 1, 1, 1]);
        ModelManifest model = await Open(_disk).StoreAsync(new MemoryStream(s_file), "model");
        int effects = 0;
        for (bool ended = false; !ended; effects++)
        {
            Disk disk = _disk.Copy();
            ended = !await CutAsync(disk, effects, v => v.MoveAsync(model, table, keptPieces), model);
            Assert.Equal(VaultStatus.Intact, (await Open(disk).InspectAsync(model)).Status);
            ModelVault again = Open(disk, model);
            ModelManifest moved = await again.MoveAsync(model, table, keptPieces);
            await again.PruneAsync(model);
            Assert.Equal(keptPieces * Stripes, disk.Pieces.Count);
            Assert.Equal(VaultStatus.Intact, (await again.InspectAsync(moved)).Status);
            await again.PruneAsync(moved);
            Assert.Empty(disk.Pieces);
        }
        Assert.Equal(keptPieces * Stripes + 1, effects);
    }

    [Fact]
    public async Task Repair_CutBeforeEveryEffect_IsDoneByTheNext()
    {
        ModelManifest model = await Open(_disk).StoreAsync(new MemoryStream(s_file), "model");
        byte[][] pieces = [.. _disk.Pieces.OrderBy(p => p.Key.ToString(), StringComparer.Ordinal).Select(p => p.Value)];
        for (int stripe = 0; stripe < Stripes; stripe++)
        {
            Assert.True(_disk.Pieces.TryRemove((model.StoreOf(stripe, stripe), model.KeyOf(stripe, stripe)), out _));
            _disk.Pieces[(model.StoreOf(stripe, 4), model.KeyOf(stripe, 4))] = [1, 2, 3];
        }
        int effects = 0;
        for (bool ended = false; !ended; effects++)
        {
            Disk disk = _disk.Copy();
            ended = !await CutAsync(disk, effects, v => v.RepairAsync(model), model);
            VaultReport report = await Open(disk, model).RepairAsync(model);
            Assert.Equal((true, 2 * Stripes - effects), (report.IsComplete, report.PiecesRepaired));
            Assert.Equal(pieces, disk.Pieces.OrderBy(p => p.Key.ToString(), StringComparer.Ordinal).Select(p => p.Value));
        }
        Assert.Equal(2 * Stripes + 1, effects);
    }

    private static async Task<bool> CutAsync<T>(Disk disk, int effects, Func<ModelVault, ValueTask<T>> run, params ModelManifest[] live)
    {
        disk.Left = effects;
        try
        {
            await run(Open(disk, live));
            return disk.Left < 0;
        }
        catch (Exception) when (disk.Left < 0)
        {
            return true;
        }
        finally
        {
            disk.Left = int.MaxValue;
        }
    }

    private static ModelVault Open(Disk disk, params ModelManifest[] live)
    {
        var catalogue = new StripeCatalogue();
        foreach (ModelManifest manifest in live) catalogue.Add(manifest);
        // One worker, so that effects have one order, but for the pieces of one stripe.
        var options = new ModelVaultOptions { LeafSize = 128, DataPieces = 4, ParityPieces = 2, MemoryBudget = 16_384, Workers = 1, Table = ShardTable.Equal(6) };
        return new ModelVault([.. Enumerable.Range(0, 8).Select(i => new DiskStore(disk, i))], options, catalogue);
    }

    private sealed class KilledException() : Exception("Killed.");

    private sealed class Disk
    {
        public ConcurrentDictionary<(int Store, PieceKey Key), byte[]> Pieces { get; private init; } = new();

        /// <summary>Effects to come before the end; below 0 after it.</summary>
        public int Left { get; set; } = int.MaxValue;

        public Disk Copy() => new() { Pieces = new(Pieces) };

        /// <summary>Before an effect: whether it is the one that is cut short.</summary>
        public bool IsCut()
        {
            Check();
            return Left-- == 0;
        }

        public void Check()
        {
            if (Left < 0) throw new KilledException();
        }
    }

    private sealed class DiskStore(Disk disk, int index) : IPieceStore
    {
        public ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
        {
            if (disk.IsCut()) throw new KilledException();
            disk.Pieces[(index, key)] = piece.ToArray();
            return ValueTask.CompletedTask;
        }

        public ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken)
        {
            disk.Check();
            if (!disk.Pieces.TryGetValue((index, key), out byte[]? piece)) return ValueTask.FromResult<long?>(null);
            piece.AsSpan(0, Math.Min(piece.Length, destination.Length)).CopyTo(destination.Span);
            return ValueTask.FromResult<long?>(piece.Length);
        }

        public ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken)
        {
            if (disk.IsCut()) throw new KilledException();
            return ValueTask.FromResult(disk.Pieces.TryRemove((index, key), out _));
        }

        public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken)
        {
            disk.Check();
            return ValueTask.FromResult(disk.Pieces.ContainsKey((index, key)));
        }
    }

    private sealed class Journal : MemoryStream
    {
        private readonly Disk _disk;

        public Journal(Disk disk, byte[] held)
        {
            Write(held);
            _disk = disk;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            bool isCut = _disk.IsCut();
            Write(buffer.Span[..(isCut ? buffer.Length / 2 : buffer.Length)]);
            return isCut ? throw new KilledException() : ValueTask.CompletedTask;
        }
    }
}
