using System.Runtime.CompilerServices;
using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>One store of one model: workers take turns to read a stripe, and hash, code and put it each by itself.</summary>
internal sealed class StoreRun(
    StoreInput input, string name, VaultContext context, StripeWriter writer, DeltaStore? deltas, IProgress<VaultProgress>? progress) : IDisposable
{
    private readonly StripeSource _source = new(input, context.Options, deltas);
    private readonly Bytes32[] _tensorRoots = new Bytes32[input.Tensors.Count];
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _done = new();
    private long _bytes;
    private int _stripes, _unwritten;

    public void Dispose() => _turn.Dispose();

    /// <exception cref="IOException">The source or a store failed.</exception>
    public async ValueTask<ModelManifest> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new WorkGroup(context.Slots, deltas?.Loaders).RunAsync(_source.MostStripes, slot => slot, WorkAsync, cancellationToken).ConfigureAwait(false);
            ModelManifest manifest = Finish();
            writer.Adopt(manifest);
            return manifest;
        }
        catch
        {
            await writer.RollBackAsync().ConfigureAwait(false);
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WorkAsync(StripeSlot slot, CancellationToken cancellationToken)
    {
        ReadStripe? next;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            next = await _source.NextAsync(slot, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
        if (next is not { } read) return false;
        (StoredStripe stripe, UnwrittenPiece[] unwritten) = await StoreAsync(slot, read, cancellationToken).ConfigureAwait(false);
        lock (_done)
        {
            _unwritten += unwritten.Length;
            read.Part.Set(read.Index, stripe);
            _bytes += read.Length;
            progress?.Report(new VaultProgress(_bytes, input.Source.Length, ++_stripes, writer.Shared, _unwritten, writer.Describe(read.Stripe, stripe, unwritten)));
        }
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(StoredStripe Stripe, UnwrittenPiece[] Unwritten)> StoreAsync(StripeSlot slot, ReadStripe read, CancellationToken cancellationToken)
    {
        int k = context.Options.DataPieces;
        ReadOnlySpan<byte> bytes = slot.Work.AsSpan(0, read.Length);
        NoteSmallTensors(read, bytes);
        var stripe = new StoredStripe(read.Length, k, read.Part.Codec.Id, read.Part.Type, TensorDigest.Leaves(bytes, k));
        if (deltas is not null)
        {
            (StoredStripe? derived, UnwrittenPiece[] missing) = await deltas.TryStoreAsync(slot, read, stripe, cancellationToken).ConfigureAwait(false);
            if (derived is not null) return (derived, missing);
        }
        Bytes32 identity = writer.Identify(stripe);
        (StoredStripe? stored, UnwrittenPiece[] unwritten) = await writer.TryShareAsync(slot, identity, cancellationToken).ConfigureAwait(false);
        if (stored is not null) return (stored, unwritten);
        StripeEncoder.Encode(slot, stripe, read.Part.Codec, context.Code);
        return (stripe, await writer.PutAsync(slot, stripe, read.Stripe, identity, cancellationToken).ConfigureAwait(false));
    }

    // A bundle is one stripe, so its tensors lie in it whole.
    private void NoteSmallTensors(in ReadStripe read, ReadOnlySpan<byte> bytes)
    {
        (int low, int high) = (0, input.Tensors.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (input.Tensors[middle].Offset < read.Offset) low = middle + 1;
            else high = middle;
        }
        for (int i = low; i < input.Tensors.Count && input.Tensors[i].Offset + input.Tensors[i].Length <= read.Offset + read.Length; i++)
        {
            ReadOnlySpan<byte> tensor = bytes.Slice((int)(input.Tensors[i].Offset - read.Offset), (int)input.Tensors[i].Length);
            _tensorRoots[i] = TensorDigest.Root(tensor, context.Options.LeafSize, context.Options.DataPieces);
        }
    }

    private ModelManifest Finish()
    {
        var parts = new List<ModelPart>();
        var bases = new List<Bytes32>();
        int stripes = 0;
        foreach (PartInWork part in _source.Parts)
        {
            StoredStripe[] list = part.Stripes;
            bool mixed = ModelPart.IsMixed(list);
            Bytes32 from = mixed ? part.Base!.ModelOf(list) : default;
            if (mixed && !bases.Contains(from)) bases.Add(from);
            parts.Add(new ModelPart(part.Offset, part.Length, mixed ? ModelPart.Mixed : list[0].Codec, part.Type, stripes, list, mixed ? bases.IndexOf(from) : -1));
            stripes += list.Length;
        }
        if (bases.Count > ManifestContent.MaxBases)
            throw new ArgumentException($"Expected at most {ManifestContent.MaxBases} base models, those of the bases included, got {bases.Count}.");
        int withBases = stripes + parts.Sum(p => p.Stripes.Count(s => s.Base is not null));
        if (withBases > PartLayout.MaxStripes)
            throw new ArgumentException($"Expected at most {PartLayout.MaxStripes} stripes, those of bases included, at this leaf size, got {withBases}.");
        // A stream that is not as long as its header says is opaque, however it was cut.
        bool known = input.Length is null || input.Length == _source.Read;
        IReadOnlyList<TensorInfo> tensors = known ? input.Tensors : [];
        ModelPart?[] matches = ManifestContent.Match(parts, tensors);
        Bytes32[] small = [.. Enumerable.Range(0, tensors.Count).Where(i => matches[i] is null).Select(i => tensors[i].Length == 0 ? ModelTree.Empty : _tensorRoots[i])];
        ModelVaultOptions o = context.Options;
        return new ModelManifest(new ManifestContent(
            name, known ? input.Format : ModelFormat.Opaque, o.LeafSize, o.DataPieces, o.ParityPieces, context.TotalPieces, context.Table,
            parts, tensors, small) { Bases = bases });
    }
}
