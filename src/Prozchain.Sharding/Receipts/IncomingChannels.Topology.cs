using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

public sealed partial class IncomingChannels
{
    // Shards that ended while this one lived, and ended shards whose channels it took over: for the answer that what they
    // send was applied. The oldest are forgotten, whose bundles are then refused as unknown.
    private const int MaxEnded = ShardLayout.MaxShards;
    private readonly SortedSet<ShardId> _ended = [], _inherited = [];

    /// <summary>Names the whole state: BLAKE3, derive-key, of its wire form.</summary>
    public Digest Digest
    {
        get
        {
            var output = new ArrayBufferWriter<byte>();
            Write(output);
            return new Digest(Domains.Channels.Hash(output.WrittenSpan));
        }
    }

    /// <summary>Between two blocks: the shard takes in a new topology. Channels of ended shards stay open until drained.</summary>
    /// <param name="live">All live shards.</param>
    public void Adopt(IEnumerable<ShardRange> live)
    {
        var next = new PeerTable(_self, live);
        PeerTable old = _peers;
        OpenAll();
        _peers = next;
        foreach (ShardRange peer in old.All)
        {
            if (next.Contains(peer.Id)) continue;
            Remember(_ended, peer.Id);
            var channel = new ChannelId(peer.Id, _self.Id);
            if (_pieces.TryGetValue(channel, out List<IncomingPiece>? pieces)) Sweep(channel, pieces);
        }
    }

    /// <summary>
    /// An heir's channels: every one that a parent had or could have had open, from the parent's watermark on, for the
    /// heir's keys alone.
    /// </summary>
    /// <param name="heir">The heir.</param>
    /// <param name="live">All live shards of the new topology.</param>
    /// <param name="parents">The ended states: one for a split, two for a merge.</param>
    public static IncomingChannels Inherit(in ShardRange heir, IEnumerable<ShardRange> live, params ReadOnlySpan<IncomingChannels> parents)
    {
        var state = new IncomingChannels(heir, parents[0]._options, live);
        foreach (IncomingChannels parent in parents)
        {
            parent.OpenAll();
            Remember(state._inherited, parent._self.Id);
            foreach (ShardId ended in parent._inherited) Remember(state._inherited, ended);
            state.TakeOverUnattested(parent);
            foreach ((ChannelId channel, List<IncomingPiece> pieces) in parent._pieces)
            {
                foreach (IncomingPiece piece in pieces) state.TakeOver(channel, piece, parent, heir);
            }
        }
        return state;
    }

    /// <summary>Writes the state; between blocks.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(Wire.WireLimits.Version);
        foreach (SortedSet<ShardId> set in (ReadOnlySpan<SortedSet<ShardId>>)[_ended, _inherited])
        {
            writer.WriteVarint((ulong)set.Count);
            // Its enumerator allocates.
            if (set.Count == 0) continue;
            foreach (ShardId id in set) writer.WriteUInt64(id.Value);
        }
        writer.WriteVarint((ulong)_count);
        Dictionary<IncomingPiece, int>? order = _deferred.Count > 0 ? [] : null;
        for (int i = 0; i < _pieces.Count; i++)
        {
            foreach (IncomingPiece piece in _pieces.ValueAt(i))
            {
                order?.Add(piece, order.Count);
                piece.Write(writer);
            }
        }
        writer.WriteVarint((ulong)_deferred.Count);
        foreach (DeferredReceipt receipt in _deferred)
        {
            writer.WriteVarint((ulong)order![receipt.Piece]);
            writer.WriteBytes32(receipt.Cell.Bytes);
            writer.WriteVarint((ulong)receipt.Payload.Length);
            writer.WriteSpan(receipt.Payload);
        }
        WriteUnattested(writer);
    }

    /// <summary>Puts a state back that <see cref="Write"/> wrote. Never throws, whatever the bytes.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <returns>False if the bytes are not such a state; this one is then as new.</returns>
    public bool TryRestore(ReadOnlySpan<byte> source)
    {
        Clear();
        var reader = new WireReader(source);
        if (TryRead(ref reader) && reader.IsAtEnd) return true;
        Clear();
        return false;
    }

    private void Clear()
    {
        _pieces.Clear();
        _deferred.Clear();
        _ended.Clear();
        _inherited.Clear();
        _unattested.Clear();
        _outstanding = _count = _active = 0;
    }

    private bool TryRead(ref WireReader reader)
    {
        if (!reader.TryReadByte(out byte version) || version != Wire.WireLimits.Version) return false;
        if (!TryReadIds(ref reader, _ended) || !TryReadIds(ref reader, _inherited)) return false;
        if (!reader.TryReadCount(2 * _options.MaxChannels, out int count)) return false;
        var order = new List<IncomingPiece>();
        for (int i = 0; i < count; i++)
        {
            if (!IncomingPiece.TryRead(ref reader, _self.Class, out IncomingPiece piece) || (i > 0 && piece.Channel < order[^1].Channel)) return false;
            if (!_pieces.TryGetValue(piece.Channel, out List<IncomingPiece>? pieces)) _pieces.Add(piece.Channel, pieces = []);
            Add(pieces, piece);
            order.Add(piece);
        }
        if (!reader.TryReadCount((int)Math.Min(int.MaxValue, 2 * _options.MaxQueued), out int deferred)) return false;
        for (int i = 0; i < deferred; i++)
        {
            if (!reader.TryReadCount(order.Count - 1, out int at) || !reader.TryReadBytes32(out Bytes32 cell)
                || !reader.TryReadCount(ExecutionLimits.MaxReceiptBytes, out int length) || !reader.TryReadSpan(length, out ReadOnlySpan<byte> payload)) return false;
            _outstanding -= order[at].Outstanding;
            order[at].Deferred++;
            _outstanding += order[at].Outstanding;
            _deferred.Add(new DeferredReceipt(order[at], new Digest(cell), payload.ToArray()));
        }
        return TryReadUnattested(ref reader);
    }

    private static bool TryReadIds(ref WireReader reader, SortedSet<ShardId> ids)
    {
        if (!reader.TryReadCount(MaxEnded, out int count)) return false;
        ulong last = 0;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt64(out ulong id) || id <= last) return false;
            ids.Add(new ShardId(last = id));
        }
        return true;
    }

    // Ids of later shards are higher.
    private static void Remember(SortedSet<ShardId> ended, ShardId shard)
    {
        ended.Add(shard);
        if (ended.Count > MaxEnded) ended.Remove(ended.Min);
    }

    // A live shard may have sent here what has not come yet: at an end its channel must exist, to be taken over.
    private void OpenAll()
    {
        foreach (ShardRange peer in _peers.All)
        {
            var channel = new ChannelId(peer.Id, _self.Id);
            if (!_pieces.TryGetValue(channel, out _)) Open(channel);
        }
    }

    private void TakeOver(ChannelId channel, IncomingPiece piece, IncomingChannels parent, in ShardRange heir)
    {
        if (!piece.Range.Overlaps(heir)) return;
        IncomingPiece mine = piece.For(heir);
        foreach (DeferredReceipt receipt in parent._deferred)
        {
            if (!ReferenceEquals(receipt.Piece, piece) || !heir.Contains(receipt.Cell)) continue;
            mine.Deferred++;
            _deferred.Add(receipt with { Piece = mine });
        }
        if (mine.IsDrained) return;
        if (!_pieces.TryGetValue(channel, out List<IncomingPiece>? pieces)) _pieces.Add(channel, pieces = []);
        Add(pieces, mine);
    }
}
