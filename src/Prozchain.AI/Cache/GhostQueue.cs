using Prozchain.Shared;

namespace Prozchain.AI.Cache;

/// <summary>The ids of values evicted not long ago, oldest first out, bounded by what the values had in bytes and by count.</summary>
internal sealed class GhostQueue(long maxBytes)
{
    public const int MaxCount = 16_384;

    private readonly Queue<(Bytes32 Id, long Turn)> _order = [];
    private readonly Dictionary<Bytes32, (long Turn, long Size)> _ghosts = [];
    private long _bytes, _turn;

    public void Add(in Bytes32 id, long size)
    {
        Remove(id);
        _ghosts.Add(id, (++_turn, size));
        _order.Enqueue((id, _turn));
        _bytes += size;
        // What was taken out from the middle is still in the order, under an older turn.
        while (_order.Count > MaxCount || _bytes > maxBytes)
        {
            (Bytes32 oldest, long turn) = _order.Dequeue();
            if (_ghosts.TryGetValue(oldest, out (long Turn, long Size) ghost) && ghost.Turn == turn) Remove(oldest);
        }
    }

    /// <summary>Takes an id out; false when it is not there.</summary>
    public bool Remove(in Bytes32 id)
    {
        if (!_ghosts.Remove(id, out (long Turn, long Size) ghost)) return false;
        _bytes -= ghost.Size;
        return true;
    }
}
