using Prozchain.AI.Formats;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Operations cancelled at each of their calls to a store in turn: memory and references come back, and nothing new stays.</summary>
public class CancelledAnywhereTests
{
    private readonly FineTunes _tunes = new();

    [Fact]
    public async Task Store_CancelledAtEveryCall_LeavesNothing()
    {
        byte[] file = GeneratedStream.Bytes(3 * SmallVault.Stripe + 9, 71);
        var vault = new SmallVault();
        int calls = await EachAsync(vault.Stores, 1, async token => await vault.Vault.StoreAsync(new MemoryStream(file), "model", cancellationToken: token), () =>
        {
            Assert.Equal((0, 0, 0), (vault.Pieces, vault.Vault.Catalogue.StripeCount, vault.Vault.Catalogue.ModelCount));
            return Task.CompletedTask;
        });
        // It asks and puts, six times a stripe.
        Assert.Equal(4 * 12, calls);
    }

    [Fact]
    public async Task EveryOperation_OnAFineTuneCancelledAtItsCalls_LeavesTheModelsAndGivesMemoryBack()
    {
        ModelManifest origin = await _tunes.StoreAsync(FineTunes.Base, "base");
        int pieces = _tunes.Pieces, stripes = _tunes.Vault.Catalogue.StripeCount;
        await EachAsync(_tunes.Stores, 97, async token => await _tunes.Vault.StoreAsync(new MemoryStream(FineTunes.Tuned), "tuned", null, null, [origin.ModelRoot], token), () =>
        {
            Assert.Equal((pieces, stripes, 1), (_tunes.Pieces, _tunes.Vault.Catalogue.StripeCount, _tunes.Vault.Catalogue.ModelCount));
            return Task.CompletedTask;
        });
        ModelManifest tuned = await _tunes.StoreAsync(FineTunes.Tuned, "tuned", origin);
        Func<CancellationToken, Task>[] operations =
        [
            async token => await _tunes.Vault.ReadAsync(tuned, new MemoryStream(), cancellationToken: token),
            async token => await _tunes.Vault.InspectAsync(tuned, cancellationToken: token),
            async token => await _tunes.Vault.RepairAsync(tuned, cancellationToken: token),
            async token => await _tunes.Vault.MoveAsync(tuned, ShardTable.Equal(24, epoch: 3), keptPieces: 20, cancellationToken: token),
            async token =>
            {
                using IModelReader reader = await _tunes.Vault.OpenAsync(tuned, token);
                var bytes = new byte[tuned.Geometry.RawSize];
                await reader.ReadAsync(0, bytes, token);
            },
        ];
        await _tunes.LoseAsync(tuned, 2, 3, 9);
        await _tunes.LoseAsync(tuned, tuned.Geometry.StripeCount, 1);
        foreach (Func<CancellationToken, Task> operation in operations)
            await EachAsync(_tunes.Stores, 61, operation, () => Task.CompletedTask);
        (VaultReport report, byte[] file) = await _tunes.ReadAsync(tuned);
        Assert.True(report.IsComplete);
        Assert.Equal(FineTunes.Tuned, file);
        foreach (ModelManifest moved in new[] { tuned, origin }) await _tunes.Vault.PruneAsync(moved);
        // The move that came to its end is the one that is left.
        Assert.Equal(1, _tunes.Vault.Catalogue.ModelCount);
    }

    [Fact]
    public async Task Open_ReadCancelledAtEveryCall_ReadsOnWithTheSameReader()
    {
        ModelManifest origin = await _tunes.StoreAsync(FineTunes.Base, "base"), tuned = await _tunes.StoreAsync(FineTunes.Tuned, "tuned", origin);
        await _tunes.LoseAsync(tuned, tuned.Geometry.StripeCount, 1);
        await _tunes.LoseAsync(tuned, 3, 0, 5);
        using IModelReader reader = await _tunes.Vault.OpenAsync(tuned, CancellationToken.None);
        var bytes = new byte[tuned.Geometry.RawSize];
        await EachAsync(_tunes.Stores, 7, async token => await reader.ReadAsync(0, bytes, token), () => Task.CompletedTask);
        Assert.Equal(FineTunes.Tuned, bytes);
    }

    // Runs it until it is not cancelled any more, cancelling at a later call each time; how many calls it made then.
    private static async Task<int> EachAsync(FaultyPieceStore[] stores, int step, Func<CancellationToken, Task> run, Func<Task> afterwards)
    {
        for (int last = 1; ; last += step)
        {
            using var stop = new CancellationTokenSource();
            int calls = 0;
            void Count()
            {
                if (Interlocked.Increment(ref calls) == last) stop.Cancel();
            }
            foreach (FaultyPieceStore store in stores) store.OnPut = store.OnGet = store.OnExists = _ => Count();
            try
            {
                await run(stop.Token);
                if (calls < last) return calls;
            }
            catch (OperationCanceledException)
            {
                await afterwards();
            }
            finally
            {
                foreach (FaultyPieceStore store in stores) store.OnPut = store.OnGet = store.OnExists = null;
            }
        }
    }
}
