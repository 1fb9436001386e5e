using System.Diagnostics;
using Prozchain.AI.Vault;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Allocation;

/// <summary>
/// A large model through 24 directories and back after 8 of them were emptied, at the default parameters, in a process whose
/// resident memory never passes 256 MB. PROZCHAIN_LONG=1 makes it 10 GB.
/// </summary>
[Collection(nameof(VaultMemoryTests))]
[CollectionDefinition(nameof(VaultMemoryTests), DisableParallelization = true)]
public sealed class VaultMemoryTests
{
    private const long MostResident = 256_000_000;

    [Fact]
    public void StoreAndRead_LargeModel_StaysBelow256MBInAProcessOfItsOwn() => ChildTest.RunInChild("memory", () =>
    {
        using var directory = new TemporaryDirectory();
        long size = TestSettings.IsLong ? 10_000_000_000 : 160_000_000;
        RunAsync(directory.Path, size).GetAwaiter().GetResult();
        long peak = Peak();
        TestContext.Current.SendDiagnosticMessage($"peak resident memory {peak / 1_000_000} MB for {size / 1_000_000} MB");
        Assert.InRange(peak, 1, MostResident);
    }, timeout: TimeSpan.FromMinutes(20));

    [Fact]
    public async Task Read_WarmVault_AllocateAFixedSumAPiece()
    {
        var options = new ModelVaultOptions { LeafSize = 64 << 10, MemoryBudget = 8 << 20 };
        InMemoryPieceStore[] stores = [.. Enumerable.Range(0, 24).Select(_ => new InMemoryPieceStore())];
        var vault = new ModelVault(stores, options);
        var model = new WeightModel(16 << 20);
        ModelManifest manifest = await vault.StoreAsync(new WeightStream(model), "warm");
        int pieces = 24 * manifest.Geometry.StripeCount;
        for (int i = 0; i < 3; i++) await vault.ReadAsync(manifest, Stream.Null);
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await vault.ReadAsync(manifest, Stream.Null);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.InRange(least, 0, 64 * 1024 + 1024L * pieces);
        Assert.InRange(vault.BufferBytes, 1, options.MemoryBudget);
    }

    private static async Task RunAsync(string path, long size)
    {
        string Shard(int i) => Path.Combine(path, $"shard-{i:D2}");
        var options = new ModelVaultOptions();
        var model = new WeightModel(size);
        var vault = new ModelVault([.. Enumerable.Range(0, 24).Select(i => new DirectoryPieceStore(Shard(i), flushToDevice: false))], options);
        ModelManifest manifest = await vault.StoreAsync(new WeightStream(model), "large");
        Assert.Equal(Prozchain.AI.Formats.ModelFormat.Safetensors, manifest.Format);
        Assert.InRange(manifest.Geometry.StoredRatio, 0.5, 1.01);
        for (int i = 0; i < 8; i++) Directory.Delete(Path.Combine(Shard(3 * i), "pieces"), recursive: true);
        var output = new ComparingStream((offset, expected) => model.Fill(offset, expected.Span));
        VaultReport report = await vault.ReadAsync(manifest, output);
        Assert.Equal((VaultStatus.Degraded, model.Length), (report.Status, output.Position));
        Assert.False(output.Differs);
        Assert.InRange(vault.BufferBytes, 1, options.MemoryBudget);
    }

    private static long Peak()
    {
        if (File.Exists("/proc/self/status"))
            foreach (string line in File.ReadLines("/proc/self/status"))
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal)) return 1024 * long.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal));
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
