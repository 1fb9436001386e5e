using Prozchain.AI.Ports;
using Prozchain.AI.Vault;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Stores that neither answer nor fail.</summary>
public class StallTests
{
    private readonly VirtualTime _time = new();
    private readonly StuckStore[] _stores = [.. Enumerable.Range(0, 6).Select(_ => new StuckStore())];
    private readonly ModelVault _vault;
    private readonly byte[] _file = GeneratedStream.Bytes(5 * SmallVault.Stripe, 61);

    public StallTests() => _vault = new ModelVault(_stores, new ModelVaultOptions
    {
        LeafSize = 128, DataPieces = 4, ParityPieces = 2, MemoryBudget = 16_384, Time = _time, StoreTimeout = TimeSpan.FromSeconds(10),
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_StuckStore_IsNamedOnceItsTimeIsUpAndNotWaitedForAgain(bool heedsCancellation)
    {
        ModelManifest manifest = await _vault.StoreAsync(new MemoryStream(_file), "model");
        int stuck = manifest.StoreOf(0, 0);
        _stores[stuck].HeedsCancellation = heedsCancellation;
        _stores[stuck].IsStuck = true;
        var output = new MemoryStream();
        VaultReport report = await DriveAsync(_vault.ReadAsync(manifest, output).AsTask());
        Assert.Equal(VaultStatus.Degraded, report.Status);
        Assert.Equal(_file, output.ToArray());
        Assert.All(report.Faults, f => Assert.Equal((stuck, PieceFaultKind.Stalled), (f.Store, f.Kind)));
        // As many as were under way at the same time, and no more.
        Assert.InRange(_stores[stuck].Calls, 1, Environment.ProcessorCount + 1);
        Assert.InRange(_time.Elapsed, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(25));

        // What the stuck calls write when they wake must not reach anyone's memory.
        _stores[stuck].IsStuck = false;
        _stores[stuck].WakeWithGarbage();
        output = new MemoryStream();
        Assert.Equal(VaultStatus.Intact, (await _vault.ReadAsync(manifest, output)).Status);
        Assert.Equal(_file, output.ToArray());
        Assert.Equal(VaultStatus.Intact, (await _vault.InspectAsync(manifest)).Status);
    }

    [Fact]
    public async Task Store_StuckStores_FailsInTheirTimeAndLeavesNothing()
    {
        _stores[3].IsStuck = _stores[1].IsStuck = true;
        var failed = await Assert.ThrowsAnyAsync<IOException>(() => DriveAsync(_vault.StoreAsync(new MemoryStream(_file), "model").AsTask()));
        Assert.Contains("stores 1, 3 failed: Store ", failed.Message, StringComparison.Ordinal);
        Assert.Equal(0, _stores.Sum(s => s.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Store_StuckStore_GoesOnOnceItsTimeIsUpAndIsNotWaitedForAgain(bool heedsCancellation)
    {
        _stores[3].IsStuck = true;
        _stores[3].HeedsCancellation = heedsCancellation;
        ModelManifest manifest = await DriveAsync(_vault.StoreAsync(new MemoryStream(_file), "model").AsTask());
        Assert.InRange(_stores[3].Calls, 1, Environment.ProcessorCount + 1);
        Assert.InRange(_time.Elapsed, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(25));
        IReadOnlyList<PieceFault> unwritten = _vault.Catalogue.UnwrittenOf(manifest);
        Assert.Equal(Enumerable.Range(0, 5), unwritten.Select(f => f.Stripe));
        Assert.All(unwritten, f => Assert.Equal((3, PieceFaultKind.Stalled), (f.Store, f.Kind)));

        // What wakes now finds memory that is its own.
        _stores[3].IsStuck = false;
        _stores[3].WakeWithGarbage();
        Assert.Equal(VaultStatus.Repaired, (await _vault.RepairAsync(manifest)).Status);
        Assert.Empty(_vault.Catalogue.UnwrittenOf(manifest));
        var output = new MemoryStream();
        Assert.Equal(VaultStatus.Intact, (await _vault.ReadAsync(manifest, output)).Status);
        Assert.Equal(_file, output.ToArray());
    }

    [Fact]
    public async Task Repair_StuckStore_PutsBackTheOthersAndListsItsPieces()
    {
        ModelManifest manifest = await _vault.StoreAsync(new MemoryStream(_file), "model");
        int stuck = manifest.StoreOf(0, 1), lost = manifest.StoreOf(0, 2);
        for (int stripe = 0; stripe < 5; stripe++)
            for (int piece = 0; piece < 6; piece++)
                if (manifest.StoreOf(stripe, piece) == lost) await _stores[lost].DeleteAsync(manifest.KeyOf(stripe, piece), default);
        _stores[stuck].IsStuck = true;
        VaultReport report = await DriveAsync(_vault.RepairAsync(manifest).AsTask());
        Assert.Equal((VaultStatus.Degraded, 5, 5), (report.Status, report.PiecesRepaired, report.Unrepaired.Count));
        Assert.All(report.Unrepaired, f => Assert.Equal(stuck, f.Store));
        _stores[stuck].IsStuck = false;
        Assert.Equal(VaultStatus.Intact, (await _vault.InspectAsync(manifest)).Status);
    }

    private async Task<T> DriveAsync<T>(Task<T> operation)
    {
        while (!operation.IsCompleted)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
            if (_time.NextDue is not null) _time.Advance(TimeSpan.FromSeconds(1));
        }
        return await operation;
    }

    private sealed class StuckStore : IPieceStore
    {
        private readonly InMemoryPieceStore _inner = new();
        private readonly List<(TaskCompletionSource Wake, Memory<byte> Destination)> _waiting = [];

        public bool IsStuck { get; set; }
        public bool HeedsCancellation { get; set; } = true;
        public int Calls { get; private set; }
        public int Count => _inner.Count;

        public async ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken)
        {
            if (IsStuck) await StickAsync(destination, cancellationToken);
            return await _inner.GetAsync(key, destination, cancellationToken);
        }

        public async ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
        {
            if (IsStuck) await StickAsync(default, cancellationToken);
            await _inner.PutAsync(key, piece, cancellationToken);
        }

        public ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken) => _inner.DeleteAsync(key, cancellationToken);

        public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken) => _inner.ExistsAsync(key, cancellationToken);

        public void WakeWithGarbage()
        {
            foreach ((TaskCompletionSource wake, Memory<byte> destination) in _waiting)
            {
                destination.Span.Fill(0xEE);
                wake.TrySetException(new IOException("too late"));
            }
        }

        private async Task StickAsync(Memory<byte> destination, CancellationToken cancellationToken)
        {
            var wake = new TaskCompletionSource();
            lock (_waiting)
            {
                Calls++;
                _waiting.Add((wake, destination));
            }
            await (HeedsCancellation ? wake.Task.WaitAsync(cancellationToken) : wake.Task);
        }
    }
}
