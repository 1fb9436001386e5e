using System.Runtime.CompilerServices;
using Prozchain.AI.Codec;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// Brings one stripe at a time into a slot: fetches pieces, takes only what proves itself against the stripe's root, restores the
/// missing data, and checks the leaves against the manifest before anyone sees them.
/// </summary>
/// <param name="keepsPieces">Whether the data pieces are wanted after a load, and not the leaves: there is no room for both.</param>
/// <param name="bases">For stripes that are coded with a base; null where there are none.</param>
internal sealed class StripeLoader(ShardCalls calls, StripeCode code, StripeSlot slot, BaseLoaders? bases = null, bool keepsPieces = false)
{
    private readonly int _dataPieces = code.DataPieces;
    private readonly bool[] _tried = new bool[code.TotalPieces], _decoded = new bool[code.DataPieces];
    private readonly int[] _wanted = new int[code.TotalPieces];
    private ModelManifest _manifest = null!;
    private StoredStripe _stripe = null!;
    private int _index = -1, _kept, _spare = -1;
    private bool _whole;

    public StripeSlot Slot => slot;

    /// <summary>Index of the stripe in the slot.</summary>
    public int Index => _index;

    /// <summary>Of the stripe in the slot, by piece.</summary>
    public List<PieceFault> Faults { get; } = [];

    /// <summary>Of its base, as far as that was looked at.</summary>
    public List<PieceFault> BaseFaults { get; } = [];

    /// <summary>Why the stripe in the slot cannot be had, else null. Where its base is what is lost, the base's loss.</summary>
    public StripeLoss? Loss { get; private set; }

    /// <summary>Whether all is good but that the base is lost.</summary>
    public bool IsBaseLost => Loss is { } loss && loss.Stripe != _index;

    /// <summary>Decoded bytes of a leaf of the stripe in the slot, once it is loaded.</summary>
    public ReadOnlyMemory<byte> Leaf(int leaf) =>
        _stripe.IsRaw ? slot.Frame(leaf, _stripe.PieceLength)[PieceFrame.PrefixSize(code.TotalPieces, leaf)..][.._stripe.LeafLengthAt(leaf)]
        : (leaf == _spare ? slot.Spare : slot.Work[(leaf * _stripe.LeafLength)..]).AsMemory(0, _stripe.LeafLengthAt(leaf));

    /// <summary>Goes to a stripe; nothing of it is loaded yet.</summary>
    public void Select(ModelManifest manifest, int index)
    {
        (_manifest, _kept) = (manifest, manifest.Geometry.KeptPieces);
        (_index, _stripe, Loss, _whole) = (index, manifest.Geometry.Stripe(index), null, false);
        _spare = -1;
        slot.Shape(_stripe.LeafLength);
        BaseFaults.Clear();
        Array.Clear(slot.Present);
        Array.Clear(_tried);
        Array.Clear(_decoded);
        Faults.Clear();
    }

    /// <summary>One leaf from its own piece. False when that is not good; then the stripe can still be loaded.</summary>
    public async ValueTask<bool> TryLoadLeafAsync(int leaf, CancellationToken cancellationToken)
    {
        if (_decoded[leaf] || leaf == _spare) return true;
        _wanted[0] = leaf;
        if (!slot.Present[leaf]) await FetchAsync(1, cancellationToken).ConfigureAwait(false);
        if (!slot.Present[leaf]) return false;
        if (_stripe.Base is null) return TryDecodeLeaf(leaf, default);
        StripeLoader from = await bases!.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            from.GoTo(_manifest, _manifest.Geometry.BaseOf(_index));
            bool loaded = await from.TryLoadLeafAsync(leaf, cancellationToken).ConfigureAwait(false)
                || await from.LoadAsync(everyPiece: false, cancellationToken).ConfigureAwait(false);
            return loaded && TryDecodeLeaf(leaf, from.Leaf(leaf).Span);
        }
        finally
        {
            bases.Return(from);
        }
    }

    /// <summary>
    /// Loads a stripe from as many pieces as it needs, or looks at every piece. True means that all leaves are what the manifest says,
    /// and there, or instead the data pieces with their digests; otherwise <see cref="Loss"/> says why not.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> LoadAsync(bool everyPiece, CancellationToken cancellationToken)
    {
        // Pieces and parity are gone once they are decoded.
        if (_whole && !everyPiece) return true;
        Array.Clear(_decoded);
        _spare = -1;
        // All data pieces may have been tried before, leaf by leaf, so that only parity is left to fetch.
        if (Want(0, everyPiece ? _kept : _dataPieces, int.MaxValue) is > 0 and int first) await FetchAsync(first, cancellationToken).ConfigureAwait(false);
        while (Want(_dataPieces, _kept, _dataPieces - slot.Present.AsSpan().Count(true)) is > 0 and int more) await FetchAsync(more, cancellationToken).ConfigureAwait(false);
        if (slot.Present.AsSpan().Count(true) < _dataPieces) return Lose(inconsistent: false);
        int length = _stripe.PieceLength;
        if (slot.Present.AsSpan(0, _dataPieces).Contains(false))
        {
            slot.TryReconstruct(code, length);
            for (int i = 0; i < _dataPieces; i++)
                if (!slot.Present[i]) slot.Digests[i] = VaultHash.Content(slot.Piece(i, length));
        }
        return _stripe.Base is null ? Decode(null, checks: true) : await DecodeAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// After a load that kept the pieces: makes all parity anew, and every frame. False when the pieces so made are not the
    /// ones that the stripe's root commits to, in which case nothing may be written: what was stored is no stripe of this code.
    /// </summary>
    public bool TryComplete()
    {
        int length = _stripe.PieceLength;
        slot.Encode(code, length);
        for (int i = _dataPieces; i < code.TotalPieces; i++) slot.Digests[i] = VaultHash.Content(slot.Piece(i, length));
        return StripeEncoder.WritePrefixes(slot, length).Equals(_stripe.PieceRoot) || Lose(inconsistent: true);
    }

    /// <summary>Goes to a stripe, if it is not there. What was loaded of it stays, so that a reader in order loads each leaf once.</summary>
    public void GoTo(ModelManifest manifest, int index)
    {
        if (!ReferenceEquals(_manifest, manifest) || _index != index || Loss is not null) Select(manifest, index);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> DecodeAsync(CancellationToken cancellationToken)
    {
        StripeLoader from = await bases!.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            from.GoTo(_manifest, _manifest.Geometry.BaseOf(_index));
            bool loaded = await from.LoadAsync(everyPiece: false, cancellationToken).ConfigureAwait(false);
            BaseFaults.AddRange(from.Faults);
            if (!loaded)
            {
                Loss = from.Loss;
                return false;
            }
            if (!Decode(from, checks: keepsPieces)) return false;
        }
        finally
        {
            bases.Return(from);
        }
        // Others wait for the base: it is given back first.
        for (int leaf = 0; leaf < _stripe.Leaves.Length && !keepsPieces; leaf++)
            if (!IsLeafGood(leaf, Leaf(leaf).Span)) return Lose(inconsistent: true);
        return true;
    }

    // From the last on: a leaf takes the place of later pieces, or of parity. Checked later, if not now.
    private bool Decode(StripeLoader? from, bool checks)
    {
        for (int leaf = _stripe.Leaves.Length - 1; leaf >= 0; leaf--)
        {
            Span<byte> output = RoomFor(leaf, keepsPieces ? slot.Spare : slot.Work[(leaf * _stripe.LeafLength)..]);
            if (!TryDecode(leaf, from is null ? default : from.Leaf(leaf).Span, output)) return Lose(inconsistent: true);
            if (checks && !IsLeafGood(leaf, output)) return Lose(inconsistent: true);
            _decoded[leaf] = !keepsPieces;
        }
        _whole = !keepsPieces;
        return true;
    }

    // One leaf at a time, so that the pieces of the others stay.
    private bool TryDecodeLeaf(int leaf, ReadOnlySpan<byte> baseLeaf)
    {
        Span<byte> output = RoomFor(leaf, slot.Spare);
        bool good = TryDecode(leaf, baseLeaf, output) && IsLeafGood(leaf, output);
        if (_stripe.IsRaw) return _decoded[leaf] = good;
        _spare = good ? leaf : -1;
        return good;
    }

    // The pieces that are wanted. What a store that overran does to the memory from now on is not this stripe's business.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FetchAsync(int count, CancellationToken cancellationToken)
    {
        slot.Calls.Begin(calls, cancellationToken);
        Begin(count);
        try
        {
            await slot.Calls.EndAsync().ConfigureAwait(false);
        }
        finally
        {
            if (slot.Calls.HasOverrun) slot.Abandon();
        }
        for (int i = 0; i < count; i++) Judge(_wanted[i]);
    }

    // Those from there to there that have not been tried, as many as are needed.
    private int Want(int first, int end, int most)
    {
        int count = 0;
        for (int piece = first; piece < end && count < most; piece++)
            if (!_tried[piece]) _wanted[count++] = piece;
        return count;
    }

    private void Begin(int count)
    {
        ReadOnlySpan<int> places = _manifest.Places(_index);
        for (int i = 0; i < count; i++)
        {
            int piece = _wanted[i];
            slot.Calls.Add(PieceCallKind.Get, piece, places[piece], new PieceKey(_stripe.PieceRoot.Span, piece), slot.Frame(piece, _stripe.PieceLength));
        }
    }

    private void Judge(int piece)
    {
        _tried[piece] = true;
        PieceAnswer answer = slot.Calls[piece];
        Memory<byte> frame = slot.Frame(piece, _stripe.PieceLength);
        if (answer.Fault is null && answer.Length == frame.Length
            && PieceFrame.TryRead(frame.Span, code.TotalPieces, _stripe.PieceLength, piece, _stripe.PieceRoot, out slot.Digests[piece]))
            slot.Present[piece] = true;
        else
            Faults.Add(new PieceFault(_index, piece, _manifest.Places(_index)[piece], answer.Fault ?? PieceFaultKind.Corrupt));
    }

    private Span<byte> RoomFor(int leaf, ArraySegment<byte> room) => room.AsSpan(0, _stripe.LeafLengthAt(leaf));

    // A raw leaf lies in its piece.
    private bool TryDecode(int leaf, ReadOnlySpan<byte> baseLeaf, Span<byte> output) => _stripe.IsRaw || TensorCodecs.Find(_stripe.Codec)!.TryDecode(
        slot.Piece(leaf, _stripe.PieceLength)[.._stripe.EncodedLength(leaf)], _stripe.Type, baseLeaf, output) == CodecStatus.Ok;

    private bool IsLeafGood(int leaf, ReadOnlySpan<byte> output)
    {
        bool isHashed = _stripe.IsRaw && _stripe.LeafLengthAt(leaf) == _stripe.PieceLength;
        return (isHashed ? slot.Digests[leaf] : VaultHash.Content(_stripe.IsRaw ? Leaf(leaf).Span : output)).Equals(_stripe.Leaves[leaf]);
    }

    private bool Lose(bool inconsistent)
    {
        Loss = new StripeLoss(_index, Faults.Count, _kept - _dataPieces, inconsistent, _manifest.BaseAt(_index));
        return false;
    }
}
