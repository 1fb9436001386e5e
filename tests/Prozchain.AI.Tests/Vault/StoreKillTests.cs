using System.Diagnostics;
using Prozchain.AI.Vault;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Vault;

/// <summary>The process of a store is killed at random moments: the store is gone on with, or leaves no trace.</summary>
[Collection(nameof(StoreKillTests))]
[CollectionDefinition(nameof(StoreKillTests), DisableParallelization = true)]
public sealed class StoreKillTests : IDisposable
{
    private const string PathVariable = "PROZCHAIN_VAULT_PATH";
    private const ulong Seed = 91;
    private const long Size = 1_000_000;

    private static readonly ModelVaultOptions s_options = new() { LeafSize = 1024, DataPieces = 4, ParityPieces = 2, MemoryBudget = 1 << 20 };

    // Not in the child, which would leave its own behind.
    private readonly TemporaryDirectory? _own = ChildTest.Role is null ? new() : null;

    private TemporaryDirectory Directory => _own!;

    public void Dispose() => _own?.Dispose();

    [Fact]
    public async Task Store_KilledAgainAndAgain_IsGoneOnWithOrLeavesNoTrace()
    {
        if (ChildTest.Role == "store")
        {
            await StoreAsync(Environment.GetEnvironmentVariable(PathVariable)!);
            return;
        }
        var random = new Random(17);
        int kills = 0, shared = 0;
        for (int round = 0; round < TestSettings.Scale(3, 30); round++)
        {
            // Some stripes are done before it ends, whatever else the machine does.
            ProcessStartInfo start = ChildTest.Describe("store", new Dictionary<string, string?> { [PathVariable] = Directory.Path });
            using Process child = Process.Start(start)!;
            Task<string> output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            long before = JournalLength();
            while (!child.HasExited && JournalLength() < before + 10_000) await Task.Delay(1, TestContext.Current.CancellationToken);
            await Task.Delay(random.Next(0, 40), TestContext.Current.CancellationToken);
            if (!child.HasExited) kills++;
            child.Kill();
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            await output;
            if (round % 3 == 1) await CheckAbandonAsync();
        }
        Assert.True(kills > 0, "Expected a child that was killed, got none.");
        ModelManifest manifest = await StoreAsync(Directory.Path, new Counting(n => shared = n));
        var comparing = new ComparingStream(Seed);
        VaultReport report = await Open(Directory.Path).ReadAsync(manifest, comparing);
        Assert.Equal((VaultStatus.Intact, Size, false), (report.Status, comparing.Position, comparing.Differs));
        Assert.True(shared > 0, "Expected stripes of a killed store, got none.");
        Assert.Equal(6 * manifest.Geometry.StripeCount + 1, Directory.Files);
    }

    private async Task CheckAbandonAsync()
    {
        await using FileStream journal = OpenJournal(Directory.Path);
        await Open(Directory.Path).AbandonAsync(journal);
        Assert.Equal((0, 1), (journal.Length, Directory.Files));
    }

    private long JournalLength() => File.Exists(Path.Combine(Directory.Path, "journal")) ? new FileInfo(Path.Combine(Directory.Path, "journal")).Length : 0;

    private static async Task<ModelManifest> StoreAsync(string path, IProgress<VaultProgress>? progress = null)
    {
        await using FileStream journal = OpenJournal(path);
        return await Open(path).StoreAsync(new GeneratedStream(Size, Seed), "model", progress, journal);
    }

    private static FileStream OpenJournal(string path) => new(Path.Combine(path, "journal"), FileMode.OpenOrCreate, FileAccess.ReadWrite);

    private static ModelVault Open(string path) =>
        new([.. Enumerable.Range(0, 6).Select(i => new DirectoryPieceStore(Path.Combine(path, $"shard-{i}"), flushToDevice: false))], s_options);

    private sealed class Counting(Action<int> shared) : IProgress<VaultProgress>
    {
        public void Report(VaultProgress value) => shared(value.StripesShared);
    }
}
