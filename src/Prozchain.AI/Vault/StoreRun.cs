using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>One store of one model: workers take turns to read a stripe, and hash, code and put it each by itself.</summary>
internal sealed class StoreRun(StoreInput input, string name, VaultContext context, StripeWriter writer, IProgress<VaultProgress>? progress) : IDisposable
{
    private readonly StripeSource _source = new(input, context.Options);
    private readonly Bytes32[] _tensorRoots = new Bytes32[input.Tensors.Count];
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _done = new();
    private long _bytes;
    private int _stripes;

    public void Dispose() => _turn.Dispose();

    /// <exception cref="IOException">The source or a store failed.</exception>
    public async ValueTask<ModelManifest> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new WorkGroup(context.Slots).RunAsync(_source.MostStripes, WorkAsync, cancellationToken).ConfigureAwait(false);
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

    private async Task<bool> WorkAsync(StripeSlot slot, CancellationToken cancellationToken)
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
        StoredStripe stripe = await StoreAsync(slot, read, cancellationToken).ConfigureAwait(false);
        lock (_done)
        {
            read.Part.Stripes[read.Index] = stripe;
            _bytes += read.Length;
            progress?.Report(new VaultProgress(_bytes, input.Source.Length, ++_stripes, writer.Shared));
        }
        return true;
    }

    private async ValueTask<StoredStripe> StoreAsync(StripeSlot slot, ReadStripe read, CancellationToken cancellationToken)
    {
        int k = context.Options.DataPieces;
        ReadOnlySpan<byte> bytes = slot.Work.AsSpan(0, read.Length);
        NoteSmallTensors(read, bytes);
        var stripe = new StoredStripe(read.Length, k, read.Part.Codec.Id, read.Part.Type, TensorDigest.Leaves(bytes, k));
        Bytes32 identity = writer.Identify(stripe);
        if (await writer.TryShareAsync(identity, cancellationToken).ConfigureAwait(false) is { } stored) return stored;
        StripeEncoder.Encode(slot, stripe, read.Part.Codec, context.Code);
        await writer.PutAsync(slot, stripe, identity, cancellationToken).ConfigureAwait(false);
        return stripe;
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
        int stripes = 0;
        foreach (PartInWork part in _source.Parts)
        {
            StoredStripe[] list = [.. part.Stripes.Select(s => s!)];
            parts.Add(new ModelPart(part.Offset, part.Length, part.Codec.Id, part.Type, stripes, list));
            stripes += list.Length;
        }
        // A stream that is not as long as its header says is opaque, however it was cut.
        bool known = input.Length is null || input.Length == _source.Read;
        IReadOnlyList<TensorInfo> tensors = known ? input.Tensors : [];
        ModelPart?[] matches = ManifestContent.Match(parts, tensors);
        Bytes32[] small = [.. Enumerable.Range(0, tensors.Count).Where(i => matches[i] is null).Select(i => tensors[i].Length == 0 ? ModelTree.Empty : _tensorRoots[i])];
        ModelVaultOptions o = context.Options;
        return new ModelManifest(new ManifestContent(
            name, known ? input.Format : ModelFormat.Opaque, o.LeafSize, o.DataPieces, o.ParityPieces, context.TotalPieces, context.Table,
            parts, tensors, small));
    }
}
