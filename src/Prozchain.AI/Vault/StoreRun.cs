using Prozchain.AI.Codec;
using Prozchain.AI.Formats;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>One store of one model: reads a stripe, codes it, puts its pieces, until the source ends. Removes what it put if it fails.</summary>
internal sealed class StoreRun(
    ByteSource source, string name, ModelVaultOptions options, IPieceStore[] stores, StripeCode code, StripeBuffers buffers)
{
    private readonly SafetensorsParser _parser = new(keepMetadata: false);
    private readonly List<Bytes32> _leafRoots = [], _pieceRoots = [];
    private readonly List<(int Stripe, byte Piece)> _put = [];
    private Blake3Hasher _whole = new();
    private long _size;

    public async ValueTask<ModelManifest> RunAsync(IProgress<VaultProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            int full = options.LeafSize * options.DataPieces;
            for (int length = full; length == full;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                length = await source.FillAsync(_size, buffers.Data.AsMemory(0, full), cancellationToken).ConfigureAwait(false);
                if (length == 0) break;
                if (_pieceRoots.Count == LeafLayout.MaxStripes)
                    throw new ArgumentException($"Expected at most {(long)full * LeafLayout.MaxStripes} bytes at this leaf size, got more.");
                int pieceLength = Code(length);
                await PutAsync(pieceLength, cancellationToken).ConfigureAwait(false);
                progress?.Report(new VaultProgress(_size, source.Length, _pieceRoots.Count));
            }
            return Finish();
        }
        catch
        {
            await RemoveAsync().ConfigureAwait(false);
            throw;
        }
    }

    private int Code(int length)
    {
        ReadOnlySpan<byte> content = buffers.Data.AsSpan(0, length);
        _whole.Update(content);
        _parser.Feed(content);
        _size += length;

        int stripe = _pieceRoots.Count, k = options.DataPieces, pieceLength = LeafLayout.PieceLengthOf(length, k);
        buffers.Data.AsSpan(length, k * pieceLength - length).Clear();
        code.Encode(buffers.Data.AsSpan(0, k * pieceLength), buffers.Parity.AsSpan(0, options.ParityPieces * pieceLength));
        for (int i = 0; i < buffers.Digests.Length; i++) buffers.Digests[i] = VaultHash.Content(buffers.Piece(i, k, pieceLength));
        // The layout of a prefix of the file gives every stripe of it its place; only the last may still be the shorter one.
        LeafLayout.TryCreate((ulong)_size, (ulong)options.LeafSize, k, out LeafLayout layout);
        _leafRoots.Add(MerkleTree<ModelTree>.Root(StripeLoader.LeafDigests(layout, stripe, buffers)));
        _pieceRoots.Add(MerkleTree<AuditTree>.Root(buffers.Digests));
        return pieceLength;
    }

    private async ValueTask PutAsync(int pieceLength, CancellationToken cancellationToken)
    {
        int stripe = _pieceRoots.Count - 1;
        for (int piece = 0; piece < buffers.Digests.Length; piece++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IPieceStore store = stores[ModelManifest.Place(stripe, piece, stores.Length)];
            PieceKey key = Key(stripe, piece);
            if (!await store.ExistsAsync(key, cancellationToken).ConfigureAwait(false)) _put.Add((stripe, (byte)piece));
            ReadOnlySpan<byte> content = buffers.Piece(piece, options.DataPieces, pieceLength);
            int length = PieceFrame.Write(buffers.Digests, piece, content, buffers.Frame);
            await store.PutAsync(key, buffers.Frame.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
    }

    private ModelManifest Finish()
    {
        VaultGeometry.TryCreate((ulong)_size, (ulong)options.LeafSize, options.DataPieces, options.ParityPieces, out VaultGeometry? geometry);
        bool tensors = _parser.Complete(_size, out SafetensorsHeader? header) == SafetensorsStatus.Ok;
        Bytes32[] leafRoots = [.. _leafRoots], pieceRoots = [.. _pieceRoots];
        var content = new ManifestContent(
            name, tensors ? ModelFormat.Safetensors : ModelFormat.Opaque, geometry!, stores.Length, VaultHash.Finish(ref _whole, []),
            leafRoots, pieceRoots, header?.Tensors ?? [], header?.DataOffset ?? 0);
        return new ModelManifest(content, VaultHash.ModelRoot(geometry!.Layout, leafRoots), VaultHash.AuditRoot(geometry, pieceRoots));
    }

    // Best effort: the failure that led here is the one to report, and a store that is out keeps orphans, which do no harm.
    private async ValueTask RemoveAsync()
    {
        foreach ((int stripe, byte piece) in _put)
        {
            try
            {
                IPieceStore store = stores[ModelManifest.Place(stripe, piece, stores.Length)];
                await store.DeleteAsync(Key(stripe, piece), CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (StripeLoader.IsOutage(e))
            {
            }
        }
    }

    private PieceKey Key(int stripe, int piece) => new(_pieceRoots[stripe].Span, piece);
}
