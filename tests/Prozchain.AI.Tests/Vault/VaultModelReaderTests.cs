using Prozchain.AI.Formats;
using Prozchain.AI.Ports;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>What a reader by ranges owes to others that use the same memory.</summary>
public class VaultModelReaderTests
{
    [Fact]
    public async Task Dispose_DuringARead_KeepsTheMemoryUntilTheReadEnds()
    {
        var stores = new StallingStore[6];
        for (int i = 0; i < stores.Length; i++) stores[i] = new StallingStore();
        var vault = new ModelVault(stores, new ModelVaultOptions
        {
            LeafSize = 128, DataPieces = 4, ParityPieces = 2, MemoryBudget = SmallVault.Options.OperationMemory,
        });
        byte[] file = GeneratedStream.Bytes(600, 8);
        ModelManifest manifest = await vault.StoreAsync(new MemoryStream(file), "model");
        IModelReader reader = await vault.OpenAsync(manifest);
        StallingStore stalling = stores[manifest.StoreOf(0, 0)];
        stalling.Gate = new TaskCompletionSource();
        var bytes = new byte[600];
        ValueTask<int> slow = reader.ReadAsync(0, bytes);
        Assert.False(slow.IsCompleted);
        Task second = reader.ReadAsync(0, new byte[1]).AsTask();
        Assert.True(second.IsCompleted);
        await Assert.ThrowsAsync<InvalidOperationException>(() => second);
        reader.Dispose();
        reader.Dispose();
        // The only buffers there are: another operation gets them once the read has left them alone.
        ValueTask<IModelReader> next = vault.OpenAsync(manifest);
        Assert.False(next.IsCompleted);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await reader.ReadAsync(0, new byte[1]));
        stalling.Gate!.SetResult();
        Assert.Equal(600, await slow);
        Assert.Equal(file, bytes);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await reader.ReadAsync(0, Memory<byte>.Empty));
        (await next).Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_LeafByLeafInAnyOrderWithAnyPiecesLost_RestoresThem(bool isCoded)
    {
        byte[] file = GeneratedStream.Bytes(2 * SmallVault.Stripe - 40, 8);
        if (isCoded)
            for (int i = 0; i < file.Length; i++) file[i] &= 3;
        int[][] orders = [[0, 1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1, 0], [0, 4, 1, 5, 2, 6, 3, 7], [3, 3, 1, 0, 2, 4, 7, 7]];
        for (int a = 0; a < 6; a++)
            for (int b = a; b < 6; b++)
            {
                var vault = new SmallVault();
                ModelManifest manifest = await vault.StoreAsync(file);
                Assert.Equal((2, isCoded), (manifest.Geometry.StripeCount, manifest.Content.Parts[0].Codec != 0));
                foreach (int piece in new[] { a, b }.Distinct())
                    for (int stripe = 0; stripe < 2; stripe++) await vault.LoseAsync(manifest, stripe, piece);
                foreach (int[] order in orders)
                {
                    using IModelReader reader = await vault.Vault.OpenAsync(manifest);
                    foreach (int leaf in order)
                    {
                        var bytes = new byte[100];
                        int read = await reader.ReadAsync(leaf * 120, bytes);
                        Assert.Equal(file.AsSpan(leaf * 120, read), bytes.AsSpan(0, read));
                    }
                }
            }
    }

    [Fact]
    public async Task Read_FineTuneLeafByLeafWithTheLastDataPiecesLost_RestoresThem()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base"), tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        for (int stripe = 0; stripe < tuned.Geometry.Stripes.Length; stripe++) await vault.LoseAsync(tuned, stripe, Enumerable.Range(8 + stripe % 2, 8));
        using IModelReader reader = await vault.Vault.OpenAsync(tuned);
        var file = new byte[tuned.Geometry.RawSize];
        for (int at = 0; at < file.Length; at += 4096) await reader.ReadAsync(at, file.AsMemory(at, Math.Min(4096, file.Length - at)));
        Assert.Equal(FineTunes.Tuned, file);
    }

    private sealed class StallingStore : IPieceStore
    {
        private readonly InMemoryPieceStore _inner = new();

        public TaskCompletionSource? Gate { get; set; }

        public async ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken)
        {
            if (Gate is not null) await Gate.Task;
            return await _inner.GetAsync(key, destination, cancellationToken);
        }

        public ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken) =>
            _inner.PutAsync(key, piece, cancellationToken);

        public ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken) => _inner.DeleteAsync(key, cancellationToken);

        public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken) => _inner.ExistsAsync(key, cancellationToken);
    }
}
