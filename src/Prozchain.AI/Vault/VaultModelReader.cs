using Prozchain.AI.Formats;

namespace Prozchain.AI.Vault;

/// <summary>
/// A stored model by ranges. A range costs the pieces of the leaves it touches, or the whole stripe where one of them is lost;
/// every leaf is verified. What was loaded of the stripe last read stays, so that reading in order loads each leaf once.
/// </summary>
internal sealed class VaultModelReader(ModelManifest manifest, StripeLoader loader, Action release) : IModelReader
{
    private const int Idle = 0, Reading = 1, Disposed = 2;

    private readonly TensorNames _names = new(manifest.Tensors);
    private int _selected = -1, _state;

    public ModelFormat Format => manifest.Format;

    public long Length => manifest.Geometry.RawSize;

    public IReadOnlyList<TensorInfo> Tensors => manifest.Tensors;

    public TensorInfo? Find(string name) => _names.Find(name);

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        int before = Interlocked.CompareExchange(ref _state, Reading, Idle);
        ObjectDisposedException.ThrowIf(before == Disposed, this);
        if (before == Reading) throw new InvalidOperationException("Expected one read at a time, got a second one.");
        try
        {
            return await FillAsync(offset, destination, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Disposed meanwhile: only now does nobody write to the buffers any more.
            if (Interlocked.CompareExchange(ref _state, Idle, Reading) == Disposed) release();
        }
    }

    /// <summary>Gives the memory back: at once, or when the read that is under way ends.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _state, Disposed) == Idle) release();
    }

    private async ValueTask<int> FillAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        int read = 0;
        for (int wanted = (int)Math.Min(destination.Length, Length - offset); read < wanted;)
        {
            StripePlace place = StripePlace.Find(manifest, offset + read);
            int leafLength = manifest.Geometry.Stripe(place.Index).LeafLength;
            ReadOnlyMemory<byte> leaf = await LoadAsync(place.Index, place.Within / leafLength, cancellationToken).ConfigureAwait(false);
            ReadOnlyMemory<byte> rest = leaf[(place.Within % leafLength)..];
            int taken = Math.Min(rest.Length, wanted - read);
            rest[..taken].CopyTo(destination[read..]);
            read += taken;
        }
        return read;
    }

    private async ValueTask<ReadOnlyMemory<byte>> LoadAsync(int stripe, int leaf, CancellationToken cancellationToken)
    {
        if (stripe != _selected)
        {
            _selected = -1;
            loader.Select(manifest, stripe);
            _selected = stripe;
        }
        if (await loader.TryLoadLeafAsync(leaf, cancellationToken).ConfigureAwait(false)) return loader.Leaf(leaf);
        if (await loader.LoadAsync(everyPiece: false, cancellationToken).ConfigureAwait(false)) return loader.Leaf(leaf);
        _selected = -1;
        throw new IOException(loader.Loss!.Value.Describe(manifest.Name));
    }
}
