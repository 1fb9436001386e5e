using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Allocation;

/// <summary>
/// A large stream through 24 directories and back after 8 of them were emptied, within a stated bound on managed memory:
/// the buffers of one operation, and a fixed sum a piece for names, handles and digests. PROZCHAIN_LONG=1 makes it 2 GiB.
/// </summary>
[Collection(nameof(VaultMemoryTests))]
[CollectionDefinition(nameof(VaultMemoryTests), DisableParallelization = true)]
public sealed class VaultMemoryTests : IDisposable
{
    private const ulong Seed = 0x5EED;
    private const int BytesPerPiece = 8 * 1024;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task StoreAndRead_LargeStream_StaysWithinItsMemory()
    {
        long size = Environment.GetEnvironmentVariable("PROZCHAIN_LONG") == "1" ? 2L << 30 : 64L << 20;
        var options = new ModelVaultOptions { MemoryBudget = 26 << 20 };
        var vault = new ModelVault([.. Enumerable.Range(0, 24).Select(i => new DirectoryPieceStore(Shard(i), flushToDevice: false))], options);

        long before = GC.GetTotalAllocatedBytes(precise: true);
        ModelManifest manifest = await vault.StoreAsync(new GeneratedStream(size, Seed), "large");
        long storing = GC.GetTotalAllocatedBytes(precise: true) - before;
        int pieces = manifest.Geometry.StripeCount * 24;
        Assert.InRange(storing, 0, options.OperationMemory + 256 * 1024 + (long)pieces * BytesPerPiece);
        Assert.Equal(options.OperationMemory, vault.BufferBytes);
        Assert.InRange(manifest.Geometry.StoredRatio, 1.5, 1.501);

        for (int i = 0; i < 8; i++)
            foreach (string file in Directory.EnumerateFiles(Shard(3 * i), "*.piece", SearchOption.AllDirectories)) File.Delete(file);

        var output = new ComparingStream(Seed);
        before = GC.GetTotalAllocatedBytes(precise: true);
        VaultReport report = await vault.ReadAsync(manifest, output);
        long reading = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal((VaultStatus.Degraded, size), (report.Status, output.Position));
        Assert.False(output.Differs);
        Assert.InRange(reading, 0, 256 * 1024 + (long)pieces * BytesPerPiece);
        Assert.Equal(options.OperationMemory, vault.BufferBytes);
    }

    private string Shard(int i) => Path.Combine(_directory.Path, $"shard-{i:D2}");
}
