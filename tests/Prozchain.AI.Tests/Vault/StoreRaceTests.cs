using Prozchain.AI.Ports;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Stores, prunes and moves of the same content at the same time, held at the moments that matter.</summary>
public class StoreRaceTests
{
    private static readonly byte[] s_file = GeneratedStream.Bytes(SmallVault.Stripe, 44);

    private readonly HeldStore[] _stores = [.. Enumerable.Range(0, 6).Select(_ => new HeldStore())];
    private readonly ModelVault _vault;

    public StoreRaceTests() => _vault = new ModelVault(_stores, new ModelVaultOptions
    {
        LeafSize = 128, DataPieces = 4, ParityPieces = 2, MemoryBudget = 1 << 20, MaxUnwritten = 0, Workers = 1,
    });

    private int Pieces => _stores.Sum(s => s.Inner.Count);

    [Fact]
    public async Task Store_FailsWhileAnotherPutsTheSameStripe_LeavesItThatStripe()
    {
        _stores[2].Hold(2);
        Task<ModelManifest> first = StoreAsync("first");
        await _stores[2].Held(1);
        // The second finds the pieces of the first there, but for the one that is held.
        Task<ModelManifest> second = StoreAsync("second");
        await _stores[2].Held(2);
        _stores[2].Fail(0);
        await Assert.ThrowsAsync<IOException>(() => first);
        _stores[2].Go(1);
        ModelManifest manifest = await second;
        Assert.Equal(VaultStatus.Intact, (await _vault.InspectAsync(manifest)).Status);
        await _vault.PruneAsync(manifest);
        Assert.Equal((0, 0), (Pieces, _vault.Catalogue.StripeCount));
    }

    [Fact]
    public async Task Store_BothOfTheSameStripeFail_LeaveNothing()
    {
        _stores[2].Hold(2);
        Task<ModelManifest> first = StoreAsync("first");
        await _stores[2].Held(1);
        Task<ModelManifest> second = StoreAsync("second");
        await _stores[2].Held(2);
        _stores[2].Fail(0);
        await Assert.ThrowsAsync<IOException>(() => first);
        Assert.Equal(5, Pieces);
        _stores[2].Fail(1);
        await Assert.ThrowsAsync<IOException>(() => second);
        Assert.Equal((0, 0), (Pieces, _vault.Catalogue.StripeCount));
    }

    [Fact]
    public async Task Prune_OfTheArchiveWhileItIsStoredAnew_LeavesTheNewOneItsPieces()
    {
        // One stripe, stored in two ways: its pieces have the same names and places.
        ModelManifest hot = await StoreAsync("model"), archived = await _vault.MoveAsync(hot, ShardTable.Equal(6), keptPieces: 4);
        await _vault.PruneAsync(hot);
        Assert.Equal(4, Pieces);
        HeldStore last = _stores[hot.StoreOf(0, 5)];
        foreach (bool fails in new[] { true, false })
        {
            last.Hold(1);
            Task<ModelManifest> again = StoreAsync("again");
            await last.Held(1);
            if (fails)
            {
                last.Fail(0);
                await Assert.ThrowsAsync<IOException>(() => again);
                Assert.Equal(4, Pieces);
                continue;
            }
            await _vault.PruneAsync(archived);
            last.Go(0);
            Assert.Equal(VaultStatus.Intact, (await _vault.InspectAsync(await again)).Status);
            await _vault.PruneAsync(await again);
            Assert.Equal(0, Pieces);
        }
    }

    [Fact]
    public async Task Prune_OfTheArchiveWhileItIsStoredAnewInVain_LeavesNothing()
    {
        ModelManifest hot = await StoreAsync("model"), archived = await _vault.MoveAsync(hot, ShardTable.Equal(6), keptPieces: 4);
        await _vault.PruneAsync(hot);
        HeldStore last = _stores[hot.StoreOf(0, 5)];
        last.Hold(1);
        Task<ModelManifest> again = StoreAsync("again");
        await last.Held(1);
        // What the prune leaves to the store goes with the store.
        await _vault.PruneAsync(archived);
        Assert.Equal(5, Pieces);
        last.Fail(0);
        await Assert.ThrowsAsync<IOException>(() => again);
        Assert.Equal(0, Pieces);
    }

    [Fact]
    public async Task Store_WhileAPruneDeletesTheSamePieces_WaitsForIt()
    {
        ModelManifest hot = await StoreAsync("model"), archived = await _vault.MoveAsync(hot, ShardTable.Equal(6), keptPieces: 4);
        await _vault.PruneAsync(hot);
        HeldStore first = _stores[hot.StoreOf(0, 0)];
        first.HoldDelete();
        Task<PruneReport> prune = _vault.PruneAsync(archived).AsTask();
        await first.Held(1);
        Task<ModelManifest> again = StoreAsync("again");
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(again.IsCompleted);
        first.Go(0);
        await prune;
        Assert.Equal(VaultStatus.Intact, (await _vault.InspectAsync(await again)).Status);
    }

    [Fact]
    public async Task Prune_WhileARepairPutsPiecesBack_LeavesNothingOnceThatHasEnded()
    {
        ModelManifest model = await StoreAsync("model");
        HeldStore store = _stores[model.StoreOf(0, 3)];
        await store.Inner.DeleteAsync(model.KeyOf(0, 3), default);
        store.Hold(1);
        Task<VaultReport> repair = Task.Run(async () => await _vault.RepairAsync(model));
        await store.Held(1);
        PruneReport report = await _vault.PruneAsync(model);
        Assert.Equal((0, 0), (report.Stripes, report.Pieces));
        store.Go(0);
        Assert.Equal(VaultStatus.Repaired, (await repair).Status);
        Assert.Equal((0, 0), (Pieces, _vault.Catalogue.StripeCount));
    }

    [Fact]
    public async Task Store_SharesAStripeOfAModelPrunedMeanwhileAndFails_LeavesNothing()
    {
        byte[] both = [.. s_file, .. GeneratedStream.Bytes(SmallVault.Stripe, 45)];
        ModelManifest model = await StoreAsync("model");
        _stores[0].Hold(1);
        Task<ModelManifest> longer = Task.Run(async () => await _vault.StoreAsync(new MemoryStream(both), "longer"));
        await _stores[0].Held(1);
        await _vault.PruneAsync(model);
        _stores[0].Fail(0);
        await Assert.ThrowsAsync<IOException>(() => longer);
        Assert.Equal((0, 0), (Pieces, _vault.Catalogue.StripeCount));
    }

    [Fact]
    public async Task Store_GoneOnWithAfterItsPiecesWentWithAnotherModel_PutsThemAgain()
    {
        byte[] both = [.. s_file, .. GeneratedStream.Bytes(SmallVault.Stripe, 45)];
        var journal = new MemoryStream();
        int puts = 0;
        foreach (HeldStore store in _stores) store.OnPut = () => { if (Interlocked.Increment(ref puts) > 8) throw new IOException("down"); };
        await Assert.ThrowsAsync<IOException>(async () => await _vault.StoreAsync(new MemoryStream(both), "both", journal: journal));
        foreach (HeldStore store in _stores) store.OnPut = null;
        // A model of the first stripe comes and goes, and takes the pieces with it.
        await _vault.PruneAsync(await StoreAsync("model"));
        ModelManifest manifest = await _vault.StoreAsync(new MemoryStream(both), "both", journal: journal);
        Assert.Equal(VaultStatus.Intact, (await _vault.InspectAsync(manifest)).Status);
    }

    [Fact]
    public async Task Store_FailsOverAStoreThatThrowsWhatNoneShould_SurfacesItsFaultAndBlocksNobody()
    {
        _stores[3].OnPut = () => throw new IOException("the fault");
        _stores[1].OnDelete = () => throw new InvalidOperationException("no store should");
        Assert.Contains("the fault", (await Assert.ThrowsAsync<IOException>(() => StoreAsync("model"))).Message, StringComparison.Ordinal);
        Assert.Equal(1, Pieces);
        _stores[3].OnPut = null;
        ModelManifest manifest = await StoreAsync("model");
        PruneReport report = await _vault.PruneAsync(manifest);
        Assert.Equal([1], report.FailedStores);
    }

    [Fact]
    public async Task Store_JournalFailsWithinARecord_WritesNoneBehindIt()
    {
        var vault = new ModelVault(_stores, new ModelVaultOptions { LeafSize = 128, DataPieces = 4, ParityPieces = 2, MemoryBudget = 1 << 20, Workers = 3 });
        byte[] file = GeneratedStream.Bytes(40 * SmallVault.Stripe, 46);
        for (int limit = 300; limit < 4000; limit += 371)
        {
            var journal = new FullStream(limit);
            await Assert.ThrowsAsync<IOException>(async () => await vault.StoreAsync(new MemoryStream(file), "model", journal: journal));
            var rest = new MemoryStream();
            rest.Write(journal.ToArray());
            await vault.AbandonAsync(rest);
            Assert.Equal(0, Pieces);
        }
    }

    private Task<ModelManifest> StoreAsync(string name) => Task.Run(async () => await _vault.StoreAsync(new MemoryStream(s_file), name));

    // Takes half of a record, as a full disk does, and everything again afterwards.
    private sealed class FullStream(int limit) : MemoryStream
    {
        private bool _failed;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_failed && Length + buffer.Length > limit)
            {
                _failed = true;
                Write(buffer.Span[..(buffer.Length / 2)]);
                await Task.Yield();
                throw new IOException("No space left on device");
            }
            Write(buffer.Span);
        }
    }

    private sealed class HeldStore : IPieceStore
    {
        private readonly List<TaskCompletionSource> _held = [];
        private int _left;
        private bool _holdsDelete;

        public InMemoryPieceStore Inner { get; } = new();

        public Action? OnPut { get; set; }

        public Action? OnDelete { get; set; }

        public void Hold(int puts)
        {
            lock (_held)
            {
                _held.Clear();
                _left = puts;
            }
        }

        public void HoldDelete() => _holdsDelete = true;

        public void Go(int call) => _held[call].SetResult();

        public void Fail(int call) => _held[call].SetException(new IOException("failed"));

        public async Task Held(int calls)
        {
            while (true)
            {
                lock (_held)
                    if (_held.Count >= calls) return;
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }

        public async ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
        {
            OnPut?.Invoke();
            if (Next(ref _left) is { } gate) await gate.Task;
            // What is under way when all is cancelled may come to its end all the same.
            await Inner.PutAsync(key, piece, CancellationToken.None);
        }

        public ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken) => Inner.GetAsync(key, destination, cancellationToken);

        public async ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken)
        {
            OnDelete?.Invoke();
            int one = _holdsDelete ? 1 : 0;
            _holdsDelete = false;
            if (Next(ref one) is { } gate) await gate.Task;
            return await Inner.DeleteAsync(key, cancellationToken);
        }

        public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken) => Inner.ExistsAsync(key, cancellationToken);

        private TaskCompletionSource? Next(ref int left)
        {
            lock (_held)
            {
                if (left == 0) return null;
                left--;
                _held.Add(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                return _held[^1];
            }
        }
    }
}
