using System.Diagnostics;
using Prozchain.AI.Ports;
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

    private static readonly byte[] s_base = FineTunes.Make(GeneratedStream.Bytes((int)Size, Seed));

    private static readonly ModelVaultOptions s_options = new() { LeafSize = 1024, DataPieces = 4, ParityPieces = 2, MemoryBudget = 1 << 20 };

    // Not in the child, which would leave its own behind.
    private readonly TemporaryDirectory? _own = ChildTest.Role is null ? new() : null;

    private TemporaryDirectory Directory => _own!;

    public void Dispose() => _own?.Dispose();

    [Fact]
    public Task Store_KilledAgainAndAgain_IsGoneOnWithOrLeavesNoTrace() => KillAsync(full: -1);

    [Fact]
    public Task Store_KilledAgainAndAgainWhileAShardIsFull_IsGoneOnWithOrLeavesNoTrace() => KillAsync(full: 2);

    [Fact]
    public async Task Store_OnABaseKilledAgainAndAgain_IsGoneOnWithOrLeavesTheBase()
    {
        if (ChildTest.Role is null)
        {
            ModelManifest origin = await Open(Directory.Path).StoreAsync(new MemoryStream(s_base), "base");
            await File.WriteAllBytesAsync(Path.Combine(Directory.Path, "base"), SmallVault.Encode(origin), TestContext.Current.CancellationToken);
        }
        await KillAsync(full: -1);
    }

    private async Task KillAsync(int full)
    {
        if (ChildTest.Role == "store")
        {
            await StoreAsync(Open(Environment.GetEnvironmentVariable(PathVariable)!, full), Environment.GetEnvironmentVariable(PathVariable)!);
            return;
        }
        int files = Directory.Files;
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
            if (round % 3 == 1) await CheckAbandonAsync(files);
        }
        Assert.True(kills > 0, "Expected a child that was killed, got none.");
        ModelVault last = Open(Directory.Path, full);
        ModelManifest manifest = await StoreAsync(last, Directory.Path, new Counting(n => shared = n));
        Assert.True(shared > 0, "Expected stripes of a killed store, got none.");
        if (files > 0)
        {
            await CheckTunedAsync(last, manifest);
            return;
        }
        var comparing = new ComparingStream(Seed);
        VaultReport report = await Open(Directory.Path).ReadAsync(manifest, comparing);
        Assert.Equal((true, Size, false), (report.IsComplete, comparing.Position, comparing.Differs));
        int stripes = manifest.Geometry.StripeCount, pieces = full < 0 ? 6 : 5;
        Assert.Equal(pieces * stripes + 1, Directory.Files);
        VaultReport repaired = await Open(Directory.Path).RepairAsync(manifest);
        Assert.Equal((6 - pieces) * stripes, repaired.PiecesRepaired);
        Assert.Equal(repaired.Faults.Select(f => (f.Stripe, f.Piece, f.Store)), last.Catalogue.UnwrittenOf(manifest).Select(f => (f.Stripe, f.Piece, f.Store)));
        Assert.Equal(6 * stripes + 1, Directory.Files);
    }

    private async Task CheckTunedAsync(ModelVault vault, ModelManifest manifest)
    {
        Assert.InRange(manifest.Geometry.BaseStripeCount, manifest.Geometry.StripeCount - 2, manifest.Geometry.StripeCount - 1);
        var read = new MemoryStream();
        Assert.Equal(VaultStatus.Intact, (await vault.ReadAsync(manifest, read)).Status);
        Assert.True(read.ToArray().AsSpan().SequenceEqual(Tuned()), "Expected the fine-tune, got something else.");
        // The base and its manifest are as they were, and go without harm.
        ModelManifest.TryRead(await File.ReadAllBytesAsync(Path.Combine(Directory.Path, "base")), out ModelManifest? origin);
        Assert.Equal(VaultStatus.Intact, (await vault.InspectAsync(origin!)).Status);
        await vault.PruneAsync(origin!);
        Assert.Equal(VaultStatus.Intact, (await vault.InspectAsync(manifest)).Status);
        await vault.PruneAsync(manifest);
        Assert.Equal(2, Directory.Files);
    }

    private static byte[] Tuned()
    {
        byte[] tuned = [.. s_base];
        for (int i = tuned.Length - (int)Size; i < tuned.Length; i += 2) tuned[i] ^= (byte)(i * 7 % 5 & 1);
        return tuned;
    }

    private async Task CheckAbandonAsync(int files)
    {
        await using FileStream journal = OpenJournal(Directory.Path);
        await Open(Directory.Path).AbandonAsync(journal);
        Assert.Equal((0, files + 1), (journal.Length, Directory.Files));
    }

    private long JournalLength() => File.Exists(Path.Combine(Directory.Path, "journal")) ? new FileInfo(Path.Combine(Directory.Path, "journal")).Length : 0;

    private static async Task<ModelManifest> StoreAsync(ModelVault vault, string path, IProgress<VaultProgress>? progress = null)
    {
        await using FileStream journal = OpenJournal(path);
        string file = Path.Combine(path, "base");
        if (File.Exists(file))
        {
            Assert.Equal(VaultFormatStatus.Ok, ModelManifest.TryRead(await File.ReadAllBytesAsync(file), out ModelManifest? origin));
            vault.Catalogue.Add(origin!);
            return await vault.StoreAsync(new MemoryStream(Tuned()), "tuned", progress, journal, [origin!.ModelRoot]);
        }
        return await vault.StoreAsync(new GeneratedStream(Size, Seed), "model", progress, journal);
    }

    private static FileStream OpenJournal(string path) => new(Path.Combine(path, "journal"), FileMode.OpenOrCreate, FileAccess.ReadWrite);

    private static ModelVault Open(string path, int full = -1)
    {
        DirectoryPieceStore[] stores = [.. Enumerable.Range(0, 6).Select(i => new DirectoryPieceStore(Path.Combine(path, $"shard-{i}"), flushToDevice: false))];
        return new([.. stores.Select((store, i) => i == full ? (IPieceStore)new FullStore(store) : store)], s_options);
    }

    private sealed class FullStore(DirectoryPieceStore inner) : IPieceStore
    {
        public ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken) =>
            throw new IOException("No space left on device");

        public ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken) => inner.GetAsync(key, destination, cancellationToken);

        public ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

        public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken) => inner.ExistsAsync(key, cancellationToken);
    }

    private sealed class Counting(Action<int> shared) : IProgress<VaultProgress>
    {
        public void Report(VaultProgress value) => shared(value.StripesShared);
    }
}
