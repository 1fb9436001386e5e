using Prozchain.AI.Codec;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// Brings one stripe at a time into a slot: fetches pieces, takes only what proves itself against the stripe's root, restores the
/// missing data, and checks the leaves against the manifest before anyone sees them.
/// </summary>
internal sealed class StripeLoader(ModelManifest manifest, ShardCalls calls, StripeCode code, StripeSlot slot)
{
    private readonly int _dataPieces = code.DataPieces, _kept = manifest.Geometry.KeptPieces;
    private readonly bool[] _tried = new bool[code.TotalPieces], _decoded = new bool[code.DataPieces];
    private StoredStripe _stripe = null!;
    private int _index = -1;

    public StripeSlot Slot => slot;

    /// <summary>Of the stripe in the slot, by piece.</summary>
    public List<PieceFault> Faults { get; } = [];

    /// <summary>Why the stripe in the slot cannot be had, else null.</summary>
    public StripeLoss? Loss { get; private set; }

    /// <summary>Decoded bytes of a leaf of the stripe in the slot, once it is loaded.</summary>
    public ReadOnlyMemory<byte> Leaf(int leaf) =>
        _stripe.IsRaw ? slot.Frame(leaf, _stripe.PieceLength)[PieceFrame.PrefixSize(code.TotalPieces, leaf)..][.._stripe.LeafLengthAt(leaf)]
        : slot.Work.AsMemory(leaf * _stripe.LeafLength, _stripe.LeafLengthAt(leaf));

    /// <summary>Goes to a stripe; nothing of it is loaded yet.</summary>
    public void Select(int index)
    {
        (_index, _stripe, Loss) = (index, manifest.Geometry.Stripe(index), null);
        Array.Clear(slot.Present);
        Array.Clear(_tried);
        Array.Clear(_decoded);
        Faults.Clear();
    }

    /// <summary>One leaf from its own piece. False when that is not good; then the stripe can still be loaded.</summary>
    public async ValueTask<bool> TryLoadLeafAsync(int leaf, CancellationToken cancellationToken)
    {
        if (_decoded[leaf]) return true;
        if (!slot.Present[leaf]) await FetchAsync([leaf], cancellationToken).ConfigureAwait(false);
        return slot.Present[leaf] && (_decoded[leaf] = IsLeafGood(leaf));
    }

    /// <summary>
    /// Loads a stripe from as many pieces as it needs, or looks at every piece. True means that all leaves are there and are what
    /// the manifest says, and the data pieces with their digests; otherwise <see cref="Loss"/> says why not.
    /// </summary>
    public async ValueTask<bool> LoadAsync(bool everyPiece, CancellationToken cancellationToken)
    {
        Array.Clear(_decoded);
        List<int> wanted = [.. Enumerable.Range(0, everyPiece ? _kept : _dataPieces).Where(p => !_tried[p])];
        while (wanted.Count > 0)
        {
            await FetchAsync(wanted, cancellationToken).ConfigureAwait(false);
            int missing = _dataPieces - slot.Present.AsSpan().Count(true);
            wanted = [.. Enumerable.Range(_dataPieces, _kept - _dataPieces).Where(p => !_tried[p]).Take(Math.Max(missing, 0))];
        }
        if (slot.Present.AsSpan().Count(true) < _dataPieces) return Lose(inconsistent: false);
        int length = _stripe.PieceLength;
        bool whole = !slot.Present.AsSpan(0, _dataPieces).Contains(false);
        if (!whole)
        {
            slot.TryReconstruct(code, length);
            for (int i = 0; i < _dataPieces; i++)
                if (!slot.Present[i]) slot.Digests[i] = VaultHash.Content(slot.Piece(i, length));
        }
        // Decoding takes the place of parity.
        for (int leaf = 0; leaf < _stripe.Leaves.Length; leaf++)
            if (!(_decoded[leaf] = IsLeafGood(leaf))) return Lose(inconsistent: true);
        return true;
    }

    /// <summary>
    /// After a load: makes all parity anew, over the decoded leaves, and every frame. False when the pieces so made are not the
    /// ones that the stripe's root commits to, in which case nothing may be written: what was stored is no stripe of this code.
    /// </summary>
    public bool TryComplete()
    {
        int length = _stripe.PieceLength;
        slot.Encode(code, length);
        Array.Clear(_decoded);
        for (int i = _dataPieces; i < code.TotalPieces; i++) slot.Digests[i] = VaultHash.Content(slot.Piece(i, length));
        if (!MerkleTree<AuditTree>.Root(slot.Digests).Equals(_stripe.PieceRoot)) return Lose(inconsistent: true);
        StripeEncoder.WritePrefixes(slot, length);
        return true;
    }

    private async ValueTask FetchAsync(List<int> pieces, CancellationToken cancellationToken)
    {
        var fetches = new Task<PieceFaultKind?>[pieces.Count];
        for (int i = 0; i < fetches.Length; i++) fetches[i] = FetchAsync(pieces[i], cancellationToken).AsTask();
        PieceFaultKind?[] faults;
        try
        {
            faults = await Task.WhenAll(fetches).ConfigureAwait(false);
        }
        catch
        {
            // Cancelled or broken in the middle: the others have ended too, but a store may hold on to the memory.
            if (fetches.Any(f => f is { IsCompletedSuccessfully: true, Result: PieceFaultKind.Stalled })) slot.Abandon();
            throw;
        }
        bool stalled = false;
        for (int i = 0; i < faults.Length; i++)
        {
            _tried[pieces[i]] = true;
            if (faults[i] is not { } kind) continue;
            stalled |= kind == PieceFaultKind.Stalled;
            Faults.Add(new PieceFault(_index, pieces[i], manifest.Places(_index)[pieces[i]], kind));
        }
        if (stalled) slot.Abandon();
    }

    private async ValueTask<PieceFaultKind?> FetchAsync(int piece, CancellationToken cancellationToken)
    {
        Memory<byte> frame = slot.Frame(piece, _stripe.PieceLength);
        var key = new PieceKey(_stripe.PieceRoot.Span, piece);
        (long length, PieceFaultKind? fault) = await calls.GetAsync(manifest.Places(_index)[piece], key, frame, cancellationToken).ConfigureAwait(false);
        if (fault is not null) return fault;
        if (length != frame.Length) return PieceFaultKind.Corrupt;
        if (!PieceFrame.TryRead(frame.Span, code.TotalPieces, _stripe.PieceLength, piece, _stripe.PieceRoot, out slot.Digests[piece])) return PieceFaultKind.Corrupt;
        slot.Present[piece] = true;
        return null;
    }

    private bool IsLeafGood(int leaf)
    {
        ReadOnlySpan<byte> piece = slot.Piece(leaf, _stripe.PieceLength);
        if (_stripe.IsRaw)
        {
            bool same = _stripe.LeafLengthAt(leaf) == _stripe.PieceLength;
            return (same ? slot.Digests[leaf] : VaultHash.Content(Leaf(leaf).Span)).Equals(_stripe.Leaves[leaf]);
        }
        Span<byte> output = slot.Work.AsSpan(leaf * _stripe.LeafLength, _stripe.LeafLengthAt(leaf));
        CodecStatus status = TensorCodecs.Find(_stripe.Codec)!.TryDecode(piece[.._stripe.EncodedLength(leaf)], _stripe.Type, default, output);
        return status == CodecStatus.Ok && VaultHash.Content(output).Equals(_stripe.Leaves[leaf]);
    }

    private bool Lose(bool inconsistent)
    {
        Loss = new StripeLoss(_index, Faults.Count, _kept - _dataPieces, inconsistent);
        return false;
    }
}
