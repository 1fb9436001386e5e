using System.Diagnostics;
using Prozchain.AI.Vault;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Allocation;

/// <summary>
/// A large model through 24 directories and back after 8 of them were emptied, at the default parameters, in a process whose
/// resident memory never passes 192 MB, of which the test runner has 45; on a base 256 MB. PROZCHAIN_LONG=1 makes it 10 GB.
/// </summary>
[Collection(nameof(VaultMemoryTests))]
[CollectionDefinition(nameof(VaultMemoryTests), DisableParallelization = true)]
public sealed class VaultMemoryTests
{
    private const long MostResident = 192_000_000, MostResidentOnABase = 256_000_000;

    // As ModelVaultOptions.MemoryBudget recommends to hosts.
    private static readonly Dictionary<string, string?> s_settings = new() { ["DOTNET_gcConcurrent"] = "0", ["DOTNET_GCgen0size"] = "400000" };

    [Fact]
    public void StoreAndRead_LargeModel_StaysBelow192MBInAProcessOfItsOwn() => ChildTest.RunInChild("memory", () =>
    {
        // What the runner left behind is not the vault's.
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var directory = new TemporaryDirectory();
        long size = TestSettings.IsLong ? 10_000_000_000 : 160_000_000;
        RunAsync(directory.Path, size).GetAwaiter().GetResult();
        long peak = Peak();
        TestContext.Current.SendDiagnosticMessage($"peak resident memory {peak / 1_000_000} MB for {size / 1_000_000} MB");
        Assert.InRange(peak, 1, MostResident);
    }, s_settings, TimeSpan.FromMinutes(20));

    [Fact]
    public void StoreAndReadOnABase_LargeModel_StaysBelow256MBInAProcessOfItsOwn() => ChildTest.RunInChild("memory on a base", () =>
    {
        using var directory = new TemporaryDirectory();
        long size = TestSettings.IsLong ? 10_000_000_000 : 130_000_000;
        RunOnBaseAsync(directory.Path, size).GetAwaiter().GetResult();
        long peak = Peak();
        TestContext.Current.SendDiagnosticMessage($"peak resident memory {peak / 1_000_000} MB for a fine-tune of {size / 1_000_000} MB");
        Assert.InRange(peak, 1, MostResidentOnABase);
    }, s_settings, TimeSpan.FromMinutes(30));

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

    private static async Task RunOnBaseAsync(string path, long size)
    {
        string Shard(int i) => Path.Combine(path, $"shard-{i:D2}");
        WeightModel origin = new(size), tuned = new(size, tuned: true);
        var vault = new ModelVault([.. Enumerable.Range(0, 24).Select(i => new DirectoryPieceStore(Shard(i), flushToDevice: false))]);
        ModelManifest stored = await vault.StoreAsync(new WeightStream(origin), "base");
        ModelManifest manifest = await vault.StoreAsync(new WeightStream(tuned), "tuned", bases: [stored.ModelRoot]);
        Assert.InRange(manifest.Geometry.StoredRatio, 0.05, 0.5 * stored.Geometry.StoredRatio);
        Assert.InRange(manifest.Geometry.BaseStripeCount, manifest.Geometry.StripeCount - 1, manifest.Geometry.StripeCount);
        for (int i = 0; i < 8; i++) Directory.Delete(Path.Combine(Shard(3 * i), "pieces"), recursive: true);
        var output = new ComparingStream((offset, expected) => tuned.Fill(offset, expected.Span));
        VaultReport report = await vault.ReadAsync(manifest, output);
        Assert.Equal((VaultStatus.Degraded, tuned.Length), (report.Status, output.Position));
        Assert.False(output.Differs);
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
