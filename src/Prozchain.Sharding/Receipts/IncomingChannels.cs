using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// The receiving ends of a shard's channels, part of its replicated state. Applies each bundle exactly once and in
/// order, whatever came doubled, late or never; grants credit so that no more receipts wait than the hard bound; keeps
/// receipts for claimed cells until they are free. Deterministic; one caller at a time. What it means under split and
/// merge: docs/formats/sharding-receipts.md.
/// </summary>
/// <remarks>Bundles are handed in verified: their leaf lies under the receipts root of a final header of their source.</remarks>
public sealed partial class IncomingChannels
{
    private readonly ShardRange _self;
    private readonly ChannelOptions _options;
    private readonly SortedTable<ChannelId, List<IncomingPiece>> _pieces = [];
    private readonly List<DeferredReceipt> _deferred = [];
    private PeerTable _peers;
    private long _outstanding;
    private int _count, _active;

    /// <summary>Starts with no channel open: each opens with its first bundle.</summary>
    /// <param name="self">The shard.</param>
    /// <param name="options">The network's bounds.</param>
    /// <param name="live">All live shards; this one may be among them.</param>
    public IncomingChannels(in ShardRange self, ChannelOptions options, IEnumerable<ShardRange> live)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _self = self;
        _options = options;
        _peers = new PeerTable(self, live);
    }

    /// <summary>Receipts that were granted and are not credited yet: at most <see cref="ChannelOptions.MaxQueued"/>, or the sum of both parents' after a merge.</summary>
    public long Outstanding => _outstanding + (long)_options.InitialCredit * Math.Max(0, _options.MaxChannels - _count);

    /// <summary>Receipts that wait here for claimed cells.</summary>
    public int Deferred => _deferred.Count;

    internal void VisitDeferred(CellVisitor visitor)
    {
        foreach (DeferredReceipt receipt in _deferred) visitor(receipt.Cell, receipt.Payload);
    }

    /// <summary>Sequence up to which bundles of a channel are applied for all keys of this shard; they need not be resent.</summary>
    /// <param name="channel">The channel.</param>
    public ulong Watermark(ChannelId channel)
    {
        if (!_pieces.TryGetValue(channel, out List<IncomingPiece>? pieces))
            return _ended.Contains(channel.Source) || _inherited.Contains(channel.Destination) ? ulong.MaxValue : 0;
        ulong least = ulong.MaxValue;
        foreach (IncomingPiece piece in pieces) least = Math.Min(least, piece.Applied);
        return least;
    }

    /// <summary>Applies a bundle.</summary>
    /// <param name="bundle">The bundle, verified.</param>
    /// <param name="sink">Where its receipts go that are for this shard.</param>
    public ChannelResult Apply(ChannelBundle bundle, IReceiptSink sink)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(sink);
        ChannelResult found = Find(bundle.Channel, out List<IncomingPiece> pieces);
        if (found != ChannelResult.Applied) return found;
        ChannelResult result = ChannelResult.Duplicate;
        foreach (IncomingPiece piece in pieces)
        {
            if (bundle.Sequence <= piece.Applied) continue;
            if (bundle.Sequence > piece.Applied + 1)
            {
                if (result != ChannelResult.Applied) result = ChannelResult.TooEarly;
                continue;
            }
            if (piece.Receipts + (uint)bundle.Count > piece.Limit || bundle.Sequence > piece.Last) return ChannelResult.OverCredit;
            if (piece.Channel.Destination == _self.Id && !IsAllHere(bundle)) return ChannelResult.WrongCell;
            if (IsUndervalued(bundle, sink)) return ChannelResult.OverValue;
            if (!MayTake(bundle)) return ChannelResult.UnattestedCap;
            Credit(bundle, piece, sink);
            result = ChannelResult.Applied;
        }
        if (result == ChannelResult.Applied) Count(bundle);
        Sweep(bundle.Channel, pieces);
        return result;
    }

    /// <summary>A certified close of a source; anything else is ignored.</summary>
    /// <param name="notice">The notice.</param>
    public ChannelResult Accept(in ChannelNotice notice)
    {
        if (notice.Kind != ChannelNoticeKind.Close) return ChannelResult.UnknownChannel;
        ChannelResult found = Find(notice.Channel, out List<IncomingPiece> pieces);
        if (found != ChannelResult.Applied) return found;
        foreach (IncomingPiece piece in pieces)
        {
            if (notice.Sequence < piece.Applied) return ChannelResult.OverCredit;
            if (piece.Last is not null) continue;
            _outstanding -= piece.Outstanding;
            piece.Last = notice.Sequence;
            _outstanding += piece.Outstanding;
        }
        Sweep(notice.Channel, pieces);
        return ChannelResult.Applied;
    }

    /// <summary>At the start of a block: offers what waits for claimed cells again, in order.</summary>
    /// <param name="sink">Where receipts go.</param>
    public void RetryDeferred(IReceiptSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        int kept = 0;
        for (int i = 0; i < _deferred.Count; i++)
        {
            DeferredReceipt receipt = _deferred[i];
            if (!sink.TryCredit(receipt.Cell, receipt.Payload)) { _deferred[kept++] = receipt; continue; }
            _outstanding -= receipt.Piece.Outstanding;
            receipt.Piece.Deferred--;
            receipt.Piece.GrantDue = true;
            _outstanding += receipt.Piece.Outstanding;
        }
        if (kept == _deferred.Count) return;
        _deferred.RemoveRange(kept, _deferred.Count - kept);
        for (int i = _pieces.Count - 1; i >= 0; i--) Sweep(_pieces.KeyAt(i), _pieces.ValueAt(i));
    }

    /// <summary>The block is executed: what it grants. A channel gets a fair share, and at most half of what is free.</summary>
    /// <param name="notices">Receives the notices.</param>
    public void Seal(List<ChannelNotice> notices)
    {
        ArgumentNullException.ThrowIfNull(notices);
        long pool = _options.MaxQueued - (long)_options.InitialCredit * _options.MaxChannels;
        long share = _options.InitialCredit + pool / Math.Max(1, _active);
        for (int i = 0; i < _pieces.Count; i++)
        {
            ChannelId channel = _pieces.KeyAt(i);
            IncomingPiece piece = _pieces.ValueAt(i)[0];
            if (!piece.GrantDue || channel.Destination != _self.Id) continue;
            // What the initial credit gave may always be given again; beyond that, half of what is free.
            long free = Math.Max(0, (_options.MaxQueued - Outstanding) / 2);
            long least = Math.Min(_options.InitialCredit - piece.Outstanding, _options.MaxQueued - Outstanding);
            long more = Math.Max(Math.Min(share - piece.Outstanding, free), least);
            if (more > 0 && piece.Last is null)
            {
                piece.Limit += (ulong)more;
                _outstanding += more;
            }
            // A merged shard can be too full to give what the initial credit gave: then it is still owed.
            piece.GrantDue = piece.Last is null && piece.Outstanding < _options.InitialCredit;
            notices.Add(new ChannelNotice(ChannelNoticeKind.Grant, channel, piece.Applied, piece.Limit));
        }
    }

    private ChannelResult Find(ChannelId channel, out List<IncomingPiece> pieces)
    {
        if (_pieces.TryGetValue(channel, out pieces!)) return ChannelResult.Applied;
        // An heir has a piece of every channel that its parents left open: of any other ended shard nothing can come.
        if (channel.Destination != _self.Id) return _inherited.Contains(channel.Destination) ? ChannelResult.Duplicate : ChannelResult.UnknownChannel;
        if (_ended.Contains(channel.Source)) return ChannelResult.Duplicate;
        if (!_peers.Contains(channel.Source) || _count >= _options.MaxChannels) return ChannelResult.UnknownChannel;
        pieces = Open(channel);
        return ChannelResult.Applied;
    }

    private List<IncomingPiece> Open(ChannelId channel)
    {
        var pieces = new List<IncomingPiece>(1);
        Add(pieces, new IncomingPiece { Channel = channel, Range = _self, Limit = (ulong)_options.InitialCredit });
        _pieces.Add(channel, pieces);
        return pieces;
    }

    private void Add(List<IncomingPiece> pieces, IncomingPiece piece)
    {
        pieces.Add(piece);
        _count++;
        _outstanding += piece.Outstanding;
        if (piece.Receipts > 0) _active++;
    }

    private bool IsAllHere(ChannelBundle bundle)
    {
        var messages = new ReceiptList(bundle.Messages.Span);
        while (messages.MoveNext())
        {
            if (!_self.Contains(messages.Cell)) return false;
        }
        return true;
    }

    private void Credit(ChannelBundle bundle, IncomingPiece piece, IReceiptSink sink)
    {
        _outstanding -= piece.Outstanding;
        if (piece.Receipts == 0) _active++;
        var messages = new ReceiptList(bundle.Messages.Span);
        while (messages.MoveNext())
        {
            if (!piece.Range.Contains(messages.Cell) || sink.TryCredit(messages.Cell, messages.Payload)) continue;
            _deferred.Add(new DeferredReceipt(piece, messages.Cell, messages.Payload.ToArray()));
            piece.Deferred++;
        }
        piece.Applied = bundle.Sequence;
        piece.Receipts += (uint)bundle.Count;
        piece.GrantDue = true;
        _outstanding += piece.Outstanding;
    }

    // A drained channel is forgotten once nothing can open it again.
    private void Sweep(ChannelId channel, List<IncomingPiece> pieces)
    {
        if (channel.Destination == _self.Id && _peers.Contains(channel.Source)) return;
        for (int i = pieces.Count - 1; i >= 0; i--)
        {
            if (!pieces[i].IsDrained) continue;
            _count--;
            if (pieces[i].Receipts > 0) _active--;
            pieces.RemoveAt(i);
        }
        if (pieces.Count == 0) _pieces.Remove(channel, out _);
    }

    private readonly record struct DeferredReceipt(IncomingPiece Piece, Digest Cell, byte[] Payload);
}
