using Prozchain.AI.Codec;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>What came of loading a stripe.</summary>
internal enum StripeState { Complete, TooFewPieces, Inconsistent }

/// <summary>
/// Brings one stripe at a time into the buffers: fetches pieces, takes only what proves itself against the stripe's root,
/// restores the missing data, and checks the leaves against the manifest before anyone sees them.
/// </summary>
internal sealed class StripeLoader(ModelManifest manifest, IReadOnlyList<IPieceStore> stores, StripeCode code, StripeBuffers buffers)
{
    private readonly VaultGeometry _geometry = manifest.Geometry;

    public List<PieceFault> Faults { get; } = [];

    public List<StripeLoss> Losses { get; } = [];

    public ReadOnlyMemory<byte> Content(int stripe) => buffers.Data.AsMemory(0, _geometry.Layout.StripeLength(stripe));

    /// <summary>
    /// Loads a stripe from as many pieces as it needs, or looks at every piece. Complete means that the data pieces are
    /// all there and are what the manifest says; their digests are in the buffers.
    /// </summary>
    public async ValueTask<StripeState> LoadAsync(int stripe, bool everyPiece, CancellationToken cancellationToken)
    {
        int good = 0, tried = 0;
        Array.Clear(buffers.Present);
        for (; tried < _geometry.TotalPieces && (everyPiece || good < _geometry.DataPieces); tried++)
        {
            PieceFaultKind? fault = await FetchAsync(stripe, tried, cancellationToken).ConfigureAwait(false);
            if (fault is null) good++;
            else Faults.Add(new PieceFault(stripe, tried, manifest.StoreOf(stripe, tried), fault.Value));
        }
        if (good < _geometry.DataPieces) return Lose(stripe, tried - good, inconsistent: false);
        Restore(stripe);
        return LeavesMatch(stripe) ? StripeState.Complete : Lose(stripe, tried - good, inconsistent: true);
    }

    /// <summary>
    /// After a load: makes all parity anew. False when the pieces so made are not the ones that the stripe's root commits to,
    /// in which case nothing may be written: what was stored is no stripe of this code.
    /// </summary>
    public bool TryComplete(int stripe)
    {
        int length = _geometry.Layout.PieceLength(stripe), k = _geometry.DataPieces;
        for (int j = 0; j < _geometry.ParityPieces; j++)
        {
            Span<byte> piece = buffers.Piece(k + j, k, length);
            code.EncodePiece(buffers.Data.AsSpan(0, k * length), j, piece);
            buffers.Digests[k + j] = VaultHash.Content(piece);
        }
        if (MerkleTree<AuditTree>.Root(buffers.Digests).Equals(manifest.PieceRoots[stripe])) return true;
        Lose(stripe, buffers.Present.AsSpan().Count(false), inconsistent: true);
        return false;
    }

    /// <summary>Digests of the leaves of the stripe in the buffers. A leaf that fills its piece shares its digest.</summary>
    public static Bytes32[] LeafDigests(in LeafLayout layout, int stripe, StripeBuffers buffers)
    {
        var digests = new Bytes32[layout.LeavesIn(stripe)];
        int length = layout.PieceLength(stripe);
        for (int i = 0; i < digests.Length; i++)
        {
            int leaf = layout.LeafLength(stripe, i);
            digests[i] = leaf == length ? buffers.Digests[i] : VaultHash.Content(buffers.Data.AsSpan(i * length, leaf));
        }
        return digests;
    }

    private async ValueTask<PieceFaultKind?> FetchAsync(int stripe, int piece, CancellationToken cancellationToken)
    {
        long? length;
        try
        {
            IPieceStore store = stores[manifest.StoreOf(stripe, piece)];
            length = await store.GetAsync(manifest.KeyOf(stripe, piece), buffers.Frame, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOutage(e))
        {
            return PieceFaultKind.Unreachable;
        }
        if (length is null) return PieceFaultKind.Missing;
        if (length < 0 || length > buffers.Frame.Length) return PieceFaultKind.Corrupt;
        return Accept(stripe, piece, (int)length.Value) ? null : PieceFaultKind.Corrupt;
    }

    internal static bool IsOutage(Exception e) => e is IOException or UnauthorizedAccessException or TimeoutException;

    private bool Accept(int stripe, int piece, int length)
    {
        ReadOnlySpan<byte> frame = buffers.Frame.AsSpan(0, length);
        Bytes32 root = manifest.PieceRoots[stripe];
        if (!PieceFrame.TryRead(frame, _geometry, stripe, piece, root, out ReadOnlySpan<byte> content, out Bytes32 digest)) return false;
        content.CopyTo(buffers.Piece(piece, _geometry.DataPieces, content.Length));
        buffers.Digests[piece] = digest;
        buffers.Present[piece] = true;
        return true;
    }

    private void Restore(int stripe)
    {
        int length = _geometry.Layout.PieceLength(stripe), k = _geometry.DataPieces;
        code.TryReconstruct(buffers.Data.AsSpan(0, k * length), buffers.Parity.AsSpan(0, _geometry.ParityPieces * length), buffers.Present);
        for (int i = 0; i < k; i++)
            if (!buffers.Present[i]) buffers.Digests[i] = VaultHash.Content(buffers.Piece(i, k, length));
    }

    private bool LeavesMatch(int stripe) =>
        MerkleTree<ModelTree>.Root(LeafDigests(_geometry.Layout, stripe, buffers)).Equals(manifest.LeafRoots[stripe]);

    private StripeState Lose(int stripe, int lost, bool inconsistent)
    {
        Losses.Add(new StripeLoss(stripe, lost, _geometry.ParityPieces, inconsistent));
        return inconsistent ? StripeState.Inconsistent : StripeState.TooFewPieces;
    }
}
