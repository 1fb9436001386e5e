using Prozchain.AI.Formats;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

public class VaultFaultTests
{
    private static readonly byte[] s_file = GeneratedStream.Bytes(5 * SmallVault.Stripe + 100, 11);

    [Fact]
    public async Task Read_AllPairsOfPiecesLost_RestoresAndNamesThem()
    {
        for (int a = 0; a < 6; a++)
            for (int b = a + 1; b < 6; b++)
            {
                var vault = new SmallVault();
                ModelManifest manifest = await vault.StoreAsync(s_file);
                await vault.LoseAsync(manifest, 2, a, b);
                (VaultReport report, byte[] read) = await vault.ReadAsync(manifest);
                Assert.Equal(s_file, read);
                // A read looks for the data pieces first and for parity only in their place.
                IEnumerable<int> lookedFor = new[] { a, b }.Where(p => p < 4 || (p == 4 && a < 4));
                PieceFault[] expected = [.. lookedFor.Select(p => new PieceFault(2, p, manifest.StoreOf(2, p), PieceFaultKind.Missing))];
                Assert.Equal(expected, report.Faults);
                Assert.Equal(expected.Length == 0 ? VaultStatus.Intact : VaultStatus.Degraded, report.Status);
            }
    }

    public static TheoryData<string> Changes => new("flip first", "flip middle", "flip last", "truncate", "extend", "empty", "other piece", "zero");

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Read_PieceAltered_IsCorruptAndRestored(string change)
    {
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(s_file);
        byte[] other = [];
        await vault.AlterAsync(manifest, 3, 2, frame => other = frame);
        await vault.AlterAsync(manifest, 3, 1, frame => Change(frame, change, other));
        (VaultReport report, byte[] read) = await vault.ReadAsync(manifest);
        Assert.Equal(s_file, read);
        Assert.Equal([new PieceFault(3, 1, manifest.StoreOf(3, 1), PieceFaultKind.Corrupt)], report.Faults);
        Assert.Equal(VaultStatus.Degraded, report.Status);
    }

    [Fact]
    public async Task Read_EveryBitOfAFrameFlipped_IsCorrupt()
    {
        var vault = new SmallVault();
        byte[] file = GeneratedStream.Bytes(200, 12);
        ModelManifest manifest = await vault.StoreAsync(file);
        int bits = 0;
        await vault.AlterAsync(manifest, 0, 0, frame => { bits = frame.Length * 8; return frame; });
        for (int bit = 0; bit < bits; bit++)
        {
            byte[] Flip(byte[] frame) { frame[bit / 8] ^= (byte)(1 << (bit % 8)); return frame; }
            await vault.AlterAsync(manifest, 0, 0, Flip);
            (VaultReport report, byte[] read) = await vault.ReadAsync(manifest);
            Assert.Equal(PieceFaultKind.Corrupt, Assert.Single(report.Faults).Kind);
            Assert.Equal(file, read);
            await vault.AlterAsync(manifest, 0, 0, Flip);
        }
    }

    [Fact]
    public async Task Read_StoreThatThrows_IsUnreachableAndRestored()
    {
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(s_file);
        vault.Stores[0].OnGet = _ => throw new IOException("gone");
        vault.Stores[1].OnGet = _ => throw new TimeoutException();
        (VaultReport report, byte[] read) = await vault.ReadAsync(manifest);
        Assert.Equal(s_file, read);
        Assert.All(report.Faults, f => Assert.Equal(PieceFaultKind.Unreachable, f.Kind));
        Assert.Equal([0, 1], report.Faults.Select(f => f.Store).Distinct().Order());
    }

    [Fact]
    public async Task Read_MoreLostThanParity_SaysHowManyAndWritesOnlyWhatIsVerified()
    {
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(s_file);
        await vault.LoseAsync(manifest, 3, 0, 3, 5);
        (VaultReport report, byte[] read) = await vault.ReadAsync(manifest);
        Assert.Equal(VaultStatus.Unrecoverable, report.Status);
        Assert.False(report.IsComplete);
        Assert.Equal([new StripeLoss(3, 3, 2, false)], report.Losses);
        Assert.Equal(3, report.Faults.Count);
        Assert.Equal(s_file[..(3 * SmallVault.Stripe)], read);
        Assert.Equal(read.Length, report.BytesVerified);
        using IModelReader reader = await vault.Vault.OpenAsync(manifest);
        IOException thrown = await Assert.ThrowsAsync<IOException>(async () => await reader.ReadAsync(1500, new byte[200]));
        Assert.Contains("Stripe 3 of 'model'", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(100, await reader.ReadAsync(0, new byte[100]));
    }

    [Fact]
    public async Task Repair_TwoStoresEmptied_PutsBackTheSamePieces()
    {
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(s_file);
        await EmptyAsync(vault, manifest, 1, 4);
        VaultReport seen = await vault.Vault.InspectAsync(manifest);
        Assert.Equal((VaultStatus.Degraded, 12, 0), (seen.Status, seen.Faults.Count, seen.PiecesRepaired));
        VaultReport repaired = await vault.Vault.RepairAsync(manifest);
        Assert.Equal((VaultStatus.Repaired, 12, s_file.Length), (repaired.Status, repaired.PiecesRepaired, repaired.BytesVerified));
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(manifest)).Status);
        await EmptyAsync(vault, manifest, 0, 5);
        Assert.Equal(s_file, (await vault.ReadAsync(manifest)).File);
    }

    [Fact]
    public async Task Repair_CorruptAndLostStripes_RepairsWhatItCanAndListsTheRest()
    {
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(s_file);
        await vault.AlterAsync(manifest, 0, 5, frame => frame[..^1]);
        await vault.LoseAsync(manifest, 1, 0, 1, 2);
        await vault.LoseAsync(manifest, 5, 2, 3, 4, 5);
        await vault.LoseAsync(manifest, 4, 4);
        VaultReport report = await vault.Vault.RepairAsync(manifest);
        Assert.Equal(VaultStatus.Unrecoverable, report.Status);
        Assert.Equal([new StripeLoss(1, 3, 2, false), new StripeLoss(5, 4, 2, false)], report.Losses);
        Assert.Equal(2, report.PiecesRepaired);
        Assert.Equal(7, (await vault.Vault.InspectAsync(manifest)).Faults.Count);
    }

    [Fact]
    public async Task Repair_StoreThatTakesNothing_ListsItsPieces()
    {
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(s_file);
        await vault.LoseAsync(manifest, 0, 0, 1);
        int store = manifest.StoreOf(0, 0);
        vault.Stores[store].OnPut = _ => throw new IOException("No space left on device");
        VaultReport report = await vault.Vault.RepairAsync(manifest);
        Assert.Equal((VaultStatus.Degraded, 1), (report.Status, report.PiecesRepaired));
        Assert.Equal([new PieceFault(0, 0, store, PieceFaultKind.Missing)], report.Unrepaired);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(20)]
    public async Task Store_DiskFull_SurfacesAndLeavesNothingNew(int putsBefore)
    {
        var vault = new SmallVault();
        ModelManifest earlier = await vault.StoreAsync(s_file, "earlier");
        int pieces = vault.Pieces, puts = 0;
        var full = new IOException("No space left on device");
        foreach (FaultyPieceStore store in vault.Stores) store.OnPut = _ => { if (Interlocked.Increment(ref puts) > putsBefore) throw full; };
        // The first two stripes are shared with the earlier model, and must survive the clean-up.
        byte[] file = [.. s_file[..(2 * SmallVault.Stripe)], .. GeneratedStream.Bytes(2000, 13)];
        Assert.Same(full, (await Assert.ThrowsAsync<IOException>(() => vault.StoreAsync(file))).InnerException);
        Assert.Equal(pieces, vault.Pieces);
        (VaultReport report, byte[] read) = await vault.ReadAsync(earlier);
        Assert.Equal((VaultStatus.Intact, s_file.Length), (report.Status, read.Length));
        Assert.Equal(s_file, read);
    }

    [Fact]
    public async Task Store_CancelledMidway_LeavesNothing()
    {
        var vault = new SmallVault();
        using var source = new CancellationTokenSource();
        int puts = 0;
        foreach (FaultyPieceStore store in vault.Stores) store.OnPut = _ => { if (Interlocked.Increment(ref puts) == 15) source.Cancel(); };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await vault.Vault.StoreAsync(new MemoryStream(s_file), "model", cancellationToken: source.Token));
        Assert.InRange(puts, 15, 35);
        Assert.Equal(0, vault.Pieces);
    }

    [Fact]
    public async Task Store_FailureWithAStoreThatCannotDelete_StillSurfacesTheFailure()
    {
        var vault = new SmallVault();
        vault.Stores[5].OnPut = vault.Stores[4].OnPut = _ => throw new IOException("first");
        vault.Stores[2].OnDelete = _ => throw new IOException("second");
        Assert.Equal("first", (await Assert.ThrowsAsync<IOException>(() => vault.StoreAsync(s_file))).InnerException!.Message);
        Assert.Equal(vault.Stores[2].Count, vault.Pieces);
    }

    [Fact]
    public async Task Store_SourceThatFails_Surfaces()
    {
        var vault = new SmallVault();
        var broken = new BrokenStream(1000);
        Assert.Equal("source", (await Assert.ThrowsAsync<IOException>(async () => await vault.Vault.StoreAsync(broken, "model"))).Message);
        Assert.Equal(0, vault.Pieces);
    }

    private static async Task EmptyAsync(SmallVault vault, ModelManifest manifest, params int[] stores)
    {
        for (int stripe = 0; stripe < manifest.Geometry.StripeCount; stripe++)
            await vault.LoseAsync(manifest, stripe, [.. Enumerable.Range(0, 6).Where(p => stores.Contains(manifest.StoreOf(stripe, p)))]);
    }

    private static byte[] Change(byte[] frame, string change, byte[] other) => change switch
    {
        "flip first" => [(byte)(frame[0] ^ 1), .. frame[1..]],
        "flip middle" => [.. frame[..100], (byte)(frame[100] ^ 0x80), .. frame[101..]],
        "flip last" => [.. frame[..^1], (byte)(frame[^1] ^ 1)],
        "truncate" => frame[..^1],
        "extend" => [.. frame, 0],
        "empty" => [],
        "other piece" => other,
        _ => new byte[frame.Length],
    };

    private sealed class BrokenStream(int length) : MemoryStream(new byte[length])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            return read == 0 ? throw new IOException("source") : read;
        }
    }
}
