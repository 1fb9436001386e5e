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
