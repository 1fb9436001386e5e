using System.Text;
using Prozchain.AI.Formats;
using Prozchain.AI.Tests.Formats;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

public class ModelVaultTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(1024)]
    [InlineData(5000)]
    public async Task Store_AnySize_ReadsBackEqual(int size)
    {
        var vault = new SmallVault();
        byte[] file = GeneratedStream.Bytes(size, 1);
        ModelManifest manifest = await vault.StoreAsync(file);
        (VaultReport report, byte[] read) = await vault.ReadAsync(manifest);
        Assert.Equal(VaultStatus.Intact, report.Status);
        Assert.True(report.IsComplete);
        Assert.Equal(size, report.BytesVerified);
        Assert.Equal(file, read);
        Assert.Equal(size, manifest.Geometry.RawSize);
        Assert.Equal((size + 511) / 512, manifest.Geometry.StripeCount);
        Assert.Equal(manifest.Geometry.StripeCount * 6, vault.Pieces);
    }

    [Fact]
    public async Task Store_FromAnyKindOfSource_GivesOneManifest()
    {
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "file");
        byte[] file = GeneratedStream.Bytes(3000, 2);
        await File.WriteAllBytesAsync(path, file);
        ModelManifest first = await new SmallVault().StoreAsync(file);
        ModelManifest second = await new SmallVault().Vault.StoreAsync(new GeneratedStream(3000, 2), "model");
        using var handle = File.OpenHandle(path);
        ModelManifest third = await new SmallVault().Vault.StoreAsync(handle, "model");
        Assert.Equal(SmallVault.Encode(first), SmallVault.Encode(second));
        Assert.Equal(SmallVault.Encode(first), SmallVault.Encode(third));
    }

    [Fact]
    public async Task Store_OneFileTwice_TakesItsSpaceOnce()
    {
        var vault = new SmallVault();
        byte[] file = GeneratedStream.Bytes(2000, 3);
        ModelManifest one = await vault.StoreAsync(file, "one");
        int pieces = vault.Pieces;
        ModelManifest two = await vault.StoreAsync(file, "two");
        Assert.Equal(pieces, vault.Pieces);
        Assert.Equal(one.ModelRoot.ToArray(), two.ModelRoot.ToArray());
        Assert.NotEqual(one.Id.ToArray(), two.Id.ToArray());
    }

    [Fact]
    public async Task Store_Safetensors_ManifestNamesItsTensors()
    {
        var vault = new SmallVault();
        byte[] file = SafetensorsFile.Tensors(20, 40);
        ModelManifest manifest = await vault.StoreAsync(file);
        Assert.Equal(ModelFormat.Safetensors, manifest.Format);
        SafetensorsHeader.TryRead(file, out SafetensorsHeader? header);
        Assert.Equal(header!.Tensors.Select(t => (t.ToString(), t.Offset, t.Length)), manifest.Tensors.Select(t => (t.ToString(), t.Offset, t.Length)));

        using IModelReader reader = await vault.Vault.OpenAsync(manifest);
        TensorInfo tensor = reader.Find("layer.13")!;
        var bytes = new byte[tensor.Length];
        Assert.Equal(bytes.Length, await reader.ReadTensorAsync(tensor, 0, bytes));
        Assert.Equal(file[(int)tensor.Offset..][..bytes.Length], bytes);
    }

    [Fact]
    public async Task Store_SafetensorsWithTrailingBytes_IsOpaque()
    {
        ModelManifest manifest = await new SmallVault().StoreAsync([.. SafetensorsFile.Tensors(2, 4), 0]);
        Assert.Equal(ModelFormat.Opaque, manifest.Format);
        Assert.Empty(manifest.Tensors);
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(5, 2)]
    [InlineData(6, 1)]
    [InlineData(9, 1)]
    public async Task Store_AnyNumberOfStores_SpreadsEachStripe(int stores, int mostPerStripe)
    {
        var vault = new SmallVault(stores);
        byte[] file = GeneratedStream.Bytes(stores * SmallVault.Stripe, 4);
        ModelManifest manifest = await vault.StoreAsync(file);
        for (int stripe = 0; stripe < stores; stripe++)
            Assert.Equal(mostPerStripe, Enumerable.Range(0, 6).GroupBy(p => manifest.StoreOf(stripe, p)).Max(g => g.Count()));
        Assert.Equal(file, (await vault.ReadAsync(manifest)).File);
    }

    [Fact]
    public async Task Open_ReadAcrossStripes_GivesTheBytes()
    {
        var vault = new SmallVault();
        byte[] file = GeneratedStream.Bytes(2500, 5);
        ModelManifest manifest = await vault.StoreAsync(file);
        using IModelReader reader = await vault.Vault.OpenAsync(manifest);
        for (int offset = 0; offset <= 2500; offset += 250)
        {
            var bytes = new byte[700];
            int read = await reader.ReadAsync(offset, bytes);
            Assert.Equal(Math.Min(700, 2500 - offset), read);
            Assert.Equal(file.AsSpan(offset, read), bytes.AsSpan(0, read));
        }
        reader.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await reader.ReadAsync(0, new byte[1]));
    }

    [Fact]
    public async Task Store_Progress_ReportsEveryStripe()
    {
        var reports = new List<VaultProgress>();
        var vault = new SmallVault();
        await vault.Vault.StoreAsync(new MemoryStream(new byte[1200]), "model", new Collector(reports));
        // Zeros: the second stripe is the first one again, unless both were under way at the same time.
        Assert.Equal([1, 2, 3], reports.Select(r => r.StripesDone));
        Assert.All(reports, r => Assert.Equal(1200, r.BytesTotal));
        Assert.Equal(1200, reports[^1].BytesDone);
    }

    [Fact]
    public async Task Store_ImpossibleName_Throws()
    {
        foreach (string name in new[] { "", "\ud800", "a\udc00b" })
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await new SmallVault().Vault.StoreAsync(new MemoryStream(), name));
    }

    [Fact]
    public async Task Store_NameOf256Bytes_Throws()
    {
        await new SmallVault().StoreAsync([1], new string('n', 255));
        await Assert.ThrowsAsync<ArgumentException>(() => new SmallVault().StoreAsync([1], new string('n', 256)));
        Assert.Equal(256, Encoding.UTF8.GetByteCount(new string('é', 128)));
        await Assert.ThrowsAsync<ArgumentException>(() => new SmallVault().StoreAsync([1], new string('é', 128)));
    }

    [Fact]
    public void Constructor_ImpossibleOptions_SaysWhatItExpects()
    {
        var stores = new FaultyPieceStore[] { new() };
        Assert.Throws<ArgumentException>(() => new ModelVault([]));
        Assert.Throws<ArgumentException>(() => new ModelVault(stores, new() { LeafSize = 100 }));
        Assert.Throws<ArgumentException>(() => new ModelVault(stores, new() { DataPieces = 250 }));
        Assert.Throws<ArgumentException>(() => new ModelVault(stores, new() { LeafSize = 16 << 20, DataPieces = 100, MemoryBudget = long.MaxValue }));
        long minimum = new ModelVaultOptions().OperationMemory;
        Assert.InRange(minimum, 25 << 20, (25 << 20) + (64 << 10));
        var tooSmall = Assert.Throws<ArgumentException>(() => new ModelVault(stores, new() { MemoryBudget = minimum - 1 }));
        Assert.Contains(minimum.ToString(), tooSmall.Message, StringComparison.Ordinal);
        Assert.Equal(0, new ModelVault(stores, new() { MemoryBudget = minimum }).BufferBytes);
    }

    [Fact]
    public async Task Read_ManifestOfOtherParameters_Throws()
    {
        ModelManifest manifest = await new SmallVault().StoreAsync([1, 2, 3]);
        await Assert.ThrowsAsync<ArgumentException>(async () => await new SmallVault(5).Vault.ReadAsync(manifest, new MemoryStream()));
        var other = new ModelVault([.. Enumerable.Range(0, 6).Select(_ => new InMemoryPieceStore())]);
        await Assert.ThrowsAsync<ArgumentException>(async () => await other.ReadAsync(manifest, new MemoryStream()));
        Assert.Equal(SmallVault.Options.OperationMemory, ModelVaultOptions.For(manifest).MemoryBudget);
    }

    [Fact]
    public async Task Operations_MoreThanTheBudgetHolds_WaitAndFinish()
    {
        var vault = new SmallVault();
        byte[] file = GeneratedStream.Bytes(4000, 6);
        ModelManifest manifest = await vault.StoreAsync(file);
        var readers = new List<IModelReader>();
        for (int i = 0; i < SmallVault.Options.MemoryBudget / SmallVault.Options.OperationMemory; i++) readers.Add(await vault.Vault.OpenAsync(manifest));
        Task<(VaultReport Report, byte[] File)> waiting = vault.ReadAsync(manifest);
        Assert.False(waiting.IsCompleted);
        using var impatient = new CancellationTokenSource();
        ValueTask<IModelReader> cancelled = vault.Vault.OpenAsync(manifest, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
        readers[0].Dispose();
        readers[0].Dispose();
        Assert.Equal(file, (await waiting).File);
        Assert.InRange(vault.Vault.BufferBytes, 1, SmallVault.Options.MemoryBudget);
    }

    private sealed class Collector(List<VaultProgress> reports) : IProgress<VaultProgress>
    {
        public void Report(VaultProgress value) => reports.Add(value);
    }
}
