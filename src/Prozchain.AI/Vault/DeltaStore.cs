using Prozchain.AI.Codec;
using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// Stores stripes of tensors as their differences to base models, where that is worth it: a tensor against the one of its name, type
/// and shape, stripe by stripe. A base that is damaged is no reason to fail: what it would have saved is stored whole.
/// </summary>
internal sealed class DeltaStore(VaultContext context, BaseModels models, StripeWriter writer)
{
    public BaseLoaders Loaders { get; } = new(context.Calls(), context.Code);

    /// <summary>Finds the base against which a new part is smallest, by its first leaf, and by what codec; none if none saves a twentieth.</summary>
    public async ValueTask ChooseAsync(PartInWork part, TensorInfo tensor, ReadOnlyMemory<byte> leaf, CancellationToken cancellationToken)
    {
        long best = long.MaxValue;
        foreach (BaseTensor candidate in models.Find(tensor))
        {
            StripeLoader loader = await Loaders.RentAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                loader.Select(candidate.Manifest, candidate.RootOf(0));
                if (!await loader.TryLoadLeafAsync(0, cancellationToken).ConfigureAwait(false)
                    && !await loader.LoadAsync(everyPiece: false, cancellationToken).ConfigureAwait(false)) continue;
                ReadOnlySpan<byte> from = loader.Leaf(0).Span;
                if (!IsDelta(TensorCodecs.Choose(leaf.Span, part.Type, from), out PlaneCodec? codec)) continue;
                long size = codec!.Estimate(leaf.Span, part.Type, from);
                if (size >= best) continue;
                (best, part.Base, part.Delta) = (size, candidate, codec);
            }
            finally
            {
                Loaders.Return(loader);
            }
        }
    }

    /// <summary>
    /// Stores a stripe of a part that has a base, whose bytes are in a slot: by reference if it is the base's or stored already, else as
    /// its difference. Says which of its pieces are not stored. Null, and the bytes still there, when it is better stored without the base.
    /// </summary>
    /// <param name="plain">The stripe without a base.</param>
    public async ValueTask<(StoredStripe? Stripe, UnwrittenPiece[] Unwritten)> TryStoreAsync(StripeSlot slot, ReadStripe read, StoredStripe plain, CancellationToken cancellationToken)
    {
        if (read.Part.Base is not { } tensor) return (null, []);
        StoredStripe known = tensor.Part.Stripes[read.Index], root = known.Base ?? known;
        PlaneCodec codec = read.Part.Delta!;
        if (known.LeafRoot.Equals(plain.LeafRoot)) return await ShareAsync(slot, known, cancellationToken).ConfigureAwait(false);
        if (root.LeafRoot.Equals(plain.LeafRoot)) return await ShareAsync(slot, root, cancellationToken).ConfigureAwait(false);
        var delta = new StoredStripe(plain.Length, context.Options.DataPieces, codec.Id, plain.Type, plain.Leaves, root);
        (StoredStripe? stored, UnwrittenPiece[] unwritten) = await ShareAsync(slot, delta, cancellationToken).ConfigureAwait(false);
        if (stored is null) (stored, unwritten) = await ShareAsync(slot, plain, cancellationToken).ConfigureAwait(false);
        if (stored is not null) return (stored, unwritten);

        Bytes32 identity = writer.Identify(delta);
        StripeLoader loader = await Loaders.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            loader.Select(tensor.Manifest, tensor.RootOf(read.Index));
            if (!await loader.LoadAsync(everyPiece: false, cancellationToken).ConfigureAwait(false) || !IsWorth(slot, delta, loader)) return (null, []);
            writer.Need(root);
            (stored, unwritten) = await writer.TryShareAsync(slot, identity, cancellationToken).ConfigureAwait(false);
            if (stored is not null) return (stored, unwritten);
            // Others wait for the loader: with the differences taken, the base is not needed any more.
            for (int i = 0; i < delta.Leaves.Length; i++)
                PlaneCodec.Subtract(slot.Work.AsSpan(i * delta.LeafLength, delta.LeafLengthAt(i)), delta.Type, loader.Leaf(i).Span);
        }
        finally
        {
            Loaders.Return(loader);
        }
        int[] encoded = StripeEncoder.EncodeLeaves(slot, delta, codec.Plain)!;
        await RestoreRawAsync(slot, delta, encoded, tensor, read.Index, cancellationToken).ConfigureAwait(false);
        StripeEncoder.Complete(slot, delta, encoded, context.Code);
        return (delta, await writer.PutAsync(slot, delta, read.Stripe, identity, cancellationToken).ConfigureAwait(false));
    }

    // Leaves that do not shrink are stored without the base: those that were coded are differences.
    private async ValueTask RestoreRawAsync(StripeSlot slot, StoredStripe delta, int[] encoded, BaseTensor tensor, int stripe, CancellationToken cancellationToken)
    {
        bool IsRaw(int leaf) => PlaneCodec.IsRaw(slot.Piece(leaf, 1));
        if (!Enumerable.Range(0, encoded.Length).Any(IsRaw)) return;
        StripeLoader loader = await Loaders.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            loader.GoTo(tensor.Manifest, tensor.RootOf(stripe));
            if (!await loader.LoadAsync(everyPiece: false, cancellationToken).ConfigureAwait(false))
                throw new IOException($"Expected the stripe of the base that was there a moment ago: {loader.Loss!.Value.Describe(tensor.Manifest.Name)}");
            for (int i = 0; i < encoded.Length; i++)
                if (IsRaw(i)) PlaneCodec.Subtract(slot.Piece(i, encoded[i])[1..], delta.Type, loader.Leaf(i).Span);
        }
        finally
        {
            Loaders.Return(loader);
        }
    }

    private async ValueTask<(StoredStripe? Stripe, UnwrittenPiece[] Unwritten)> ShareAsync(StripeSlot slot, StoredStripe stripe, CancellationToken cancellationToken)
    {
        var shared = await writer.TryShareKnownAsync(slot, writer.Identify(stripe), cancellationToken).ConfigureAwait(false);
        if (shared.Stripe?.Base is { } from) writer.Need(from);
        return shared;
    }

    private static bool IsWorth(StripeSlot slot, StoredStripe stripe, StripeLoader from) =>
        IsDelta(TensorCodecs.Choose(slot.Work.AsSpan(0, stripe.LeafLengthAt(0)), stripe.Type, from.Leaf(0).Span), out _);

    private static bool IsDelta(ITensorCodec codec, out PlaneCodec? delta)
    {
        delta = (codec.Id & TensorCodecs.DeltaFlag) != 0 ? (PlaneCodec)codec : null;
        return delta is not null;
    }
}
