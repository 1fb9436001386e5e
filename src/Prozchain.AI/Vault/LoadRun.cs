using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>One pass over the stripes of a stored model: a read, an inspection or a repair.</summary>
internal sealed class LoadRun(
    ModelManifest manifest, IPieceStore[] stores, StripeLoader loader, StripeBuffers buffers, IProgress<VaultProgress>? progress)
{
    private readonly VaultGeometry _geometry = manifest.Geometry;
    private readonly List<PieceFault> _unrepaired = [];
    private Blake3Hasher _whole = new();
    private long _bytes;
    private int _repaired;

    public async ValueTask<VaultReport> ReadAsync(Stream destination, CancellationToken cancellationToken)
    {
        for (int stripe = 0; stripe < _geometry.StripeCount; stripe++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StripeState state = await loader.LoadAsync(stripe, everyPiece: false, cancellationToken).ConfigureAwait(false);
            if (state != StripeState.Complete) return Report(VaultStatus.Unrecoverable);
            await destination.WriteAsync(loader.Content(stripe), cancellationToken).ConfigureAwait(false);
            Count(stripe);
        }
        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
        return Report(loader.Faults.Count == 0 ? VaultStatus.Intact : VaultStatus.Degraded);
    }

    public async ValueTask<VaultReport> ScanAsync(bool repair, CancellationToken cancellationToken)
    {
        for (int stripe = 0; stripe < _geometry.StripeCount; stripe++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int faultsBefore = loader.Faults.Count;
            StripeState state = await loader.LoadAsync(stripe, everyPiece: true, cancellationToken).ConfigureAwait(false);
            if (state != StripeState.Complete || !loader.TryComplete(stripe)) continue;
            if (repair && loader.Faults.Count > faultsBefore) await PutBackAsync(stripe, faultsBefore, cancellationToken).ConfigureAwait(false);
            Count(stripe);
        }
        if (loader.Losses.Count > 0) return Report(VaultStatus.Unrecoverable);
        if (loader.Faults.Count == 0) return Report(VaultStatus.Intact);
        return Report(repair && _unrepaired.Count == 0 ? VaultStatus.Repaired : VaultStatus.Degraded);
    }

    private async ValueTask PutBackAsync(int stripe, int firstFault, CancellationToken cancellationToken)
    {
        int length = _geometry.Layout.PieceLength(stripe), k = _geometry.DataPieces;
        for (int i = firstFault; i < loader.Faults.Count; i++)
        {
            PieceFault fault = loader.Faults[i];
            int framed = PieceFrame.Write(buffers.Digests, fault.Piece, buffers.Piece(fault.Piece, k, length), buffers.Frame);
            try
            {
                PieceKey key = manifest.KeyOf(stripe, fault.Piece);
                await stores[fault.Store].PutAsync(key, buffers.Frame.AsMemory(0, framed), cancellationToken).ConfigureAwait(false);
                _repaired++;
            }
            catch (Exception e) when (StripeLoader.IsOutage(e))
            {
                _unrepaired.Add(fault);
            }
        }
    }

    private void Count(int stripe)
    {
        ReadOnlySpan<byte> content = loader.Content(stripe).Span;
        _whole.Update(content);
        _bytes += content.Length;
        progress?.Report(new VaultProgress(_bytes, _geometry.RawSize, stripe + 1));
    }

    private VaultReport Report(VaultStatus status)
    {
        if (status != VaultStatus.Unrecoverable && !VaultHash.Finish(ref _whole, []).Equals(manifest.FileDigest))
            status = VaultStatus.DigestMismatch;
        return new VaultReport(status, _bytes, loader.Faults, loader.Losses, _repaired, _unrepaired);
    }
}
