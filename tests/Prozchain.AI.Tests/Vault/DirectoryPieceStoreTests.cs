using Prozchain.AI.Ports;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>What every piece store owes, tried on the two that come with the package.</summary>
public sealed class DirectoryPieceStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_PutGetDelete_KeepsThePortsPromises(bool onDisk)
    {
        IPieceStore store = onDisk ? new DirectoryPieceStore(_directory.Path) : new InMemoryPieceStore();
        var key = new PieceKey(GeneratedStream.Bytes(32, 1), 3);
        byte[] piece = GeneratedStream.Bytes(1000, 2), buffer = new byte[1200];
        Assert.Null(await store.GetAsync(key, buffer, default));
        Assert.False(await store.ExistsAsync(key, default));
        Assert.False(await store.DeleteAsync(key, default));

        await store.PutAsync(key, piece, default);
        Assert.True(await store.ExistsAsync(key, default));
        Assert.False(await store.ExistsAsync(new PieceKey(key.Stripe, 4), default));
        Assert.Equal(1000, await store.GetAsync(key, buffer, default));
        Assert.Equal(piece, buffer.AsSpan(0, 1000));

        await store.PutAsync(key, new byte[] { 9, 8 }, default);
        Assert.Equal(2, await store.GetAsync(key, buffer, default));
        await store.PutAsync(key, piece, default);
        Assert.Equal(1000, await store.GetAsync(key, buffer.AsMemory(0, 10), default));
        Assert.Equal(piece.AsSpan(0, 10), buffer.AsSpan(0, 10));
        await store.PutAsync(key, ReadOnlyMemory<byte>.Empty, default);
        Assert.Equal(0, await store.GetAsync(key, buffer, default));

        Assert.True(await store.DeleteAsync(key, default));
        Assert.Null(await store.GetAsync(key, buffer, default));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.PutAsync(key, piece, new CancellationToken(true)));
        Assert.False(await store.ExistsAsync(key, default));
        Assert.Equal(0, _directory.Files);
    }

    [Fact]
    public async Task Store_PlaceTakenByADirectory_FailsAsThePortSays()
    {
        var store = new DirectoryPieceStore(_directory.Path);
        var key = new PieceKey(GeneratedStream.Bytes(32, 6), 3);
        Directory.CreateDirectory(Path.Combine(_directory.Path, "pieces", key.ToString()[..2], key + ".piece", "sub"));
        await Assert.ThrowsAnyAsync<IOException>(async () => await store.GetAsync(key, new byte[10], default));
        await Assert.ThrowsAnyAsync<IOException>(async () => await store.PutAsync(key, new byte[10], default));
        Assert.Equal(0, _directory.Files);
    }

    [Fact]
    public async Task Get_BesidePutsOfTheSameKey_GivesOneWholePiece()
    {
        var store = new DirectoryPieceStore(_directory.Path, flushToDevice: false);
        var key = new PieceKey(GeneratedStream.Bytes(32, 7), 3);
        byte[][] pieces = [GeneratedStream.Bytes(70_000, 8), GeneratedStream.Bytes(9_000, 9)];
        await store.PutAsync(key, pieces[0], default);
        Task[] writers = [.. pieces.Select(piece => Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++) await store.PutAsync(key, piece, default);
        }))];
        var buffer = new byte[100_000];
        for (int i = 0; i < 300; i++)
        {
            int length = (int)(await store.GetAsync(key, buffer, default))!.Value;
            Assert.Contains(pieces, piece => piece.AsSpan().SequenceEqual(buffer.AsSpan(0, length)));
        }
        await Task.WhenAll(writers);
        Assert.Equal(1, _directory.Files);
    }

    [Fact]
    public async Task Open_AfterACrash_KeepsPiecesAndRemovesWhatWasUnfinished()
    {
        var key = new PieceKey(GeneratedStream.Bytes(32, 3), 0);
        await new DirectoryPieceStore(_directory.Path).PutAsync(key, new byte[] { 1 }, default);
        string incoming = Path.Combine(_directory.Path, "incoming", "half");
        await File.WriteAllBytesAsync(incoming, [1, 2, 3]);
        var reopened = new DirectoryPieceStore(_directory.Path);
        Assert.False(File.Exists(incoming));
        Assert.True(await reopened.ExistsAsync(key, default));
    }

    [Fact]
    public async Task Vault_OverDirectories_SurvivesDamageToFilesAndReopens()
    {
        byte[] file = GeneratedStream.Bytes(100_000, 4);
        ModelManifest manifest = await new ModelVault(OpenStores()).StoreAsync(new MemoryStream(file), "model");
        Assert.Equal(24, _directory.Files);
        IEnumerable<string> files = Directory.EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories);
        Assert.Equal(manifest.Geometry.StoredSize, files.Sum(f => new FileInfo(f).Length));
        Directory.Delete(Shard(0), recursive: true);
        foreach (int shard in new[] { 3, 9, 20 })
        {
            string piece = Directory.EnumerateFiles(Shard(shard), "*.piece", SearchOption.AllDirectories).Single();
            using FileStream damaged = File.OpenWrite(piece);
            if (shard == 9) damaged.SetLength(100);
            else { damaged.Position = 500; damaged.WriteByte(0xEE); damaged.WriteByte(0xEE); }
        }
        var reopened = new ModelVault(OpenStores());
        var output = new MemoryStream();
        Assert.Equal(VaultStatus.Degraded, (await reopened.ReadAsync(manifest, output)).Status);
        Assert.Equal(file, output.ToArray());
        VaultReport repaired = await reopened.RepairAsync(manifest);
        Assert.Equal((VaultStatus.Repaired, 4), (repaired.Status, repaired.PiecesRepaired));
        Assert.Equal([0, 3, 9, 20], repaired.Faults.Select(f => f.Store).Order());
        Assert.Equal(VaultStatus.Intact, (await reopened.InspectAsync(manifest)).Status);
    }

    [Fact]
    public async Task Store_Cancelled_LeavesNoFile()
    {
        var vault = new ModelVault(OpenStores(), new ModelVaultOptions { LeafSize = 1024, MemoryBudget = 1 << 20 });
        using var source = new CancellationTokenSource();
        var progress = new CancelAfter(source, stripes: 3);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await vault.StoreAsync(new GeneratedStream(1_000_000, 5), "model", progress, cancellationToken: source.Token));
        Assert.Equal(0, _directory.Files);
    }

    private DirectoryPieceStore[] OpenStores() => [.. Enumerable.Range(0, 24).Select(i => new DirectoryPieceStore(Shard(i), flushToDevice: false))];

    private string Shard(int i) => Path.Combine(_directory.Path, $"shard-{i:D2}");

    private sealed class CancelAfter(CancellationTokenSource source, int stripes) : IProgress<VaultProgress>
    {
        public void Report(VaultProgress value)
        {
            if (value.StripesDone == stripes) source.Cancel();
        }
    }
}
