namespace Prozchain.AI.Engine;

/// <summary>
/// Where each value lies in one block of memory: a value's bytes are free again behind its last reader. Values that are
/// views of others (reshapes) share their place.
/// </summary>
internal sealed class ArenaPlan
{
    public const int Alignment = 64;

    private readonly List<(long Offset, long Length)> _free = [];
    private readonly Dictionary<int, long> _offsets = [];

    /// <summary>Bytes of the block.</summary>
    public long Length { get; private set; }

    /// <summary>Gives a value the smallest gap that it fits into.</summary>
    public void Take(int value, long bytes)
    {
        bytes = Round(bytes);
        int best = -1;
        for (int i = 0; i < _free.Count; i++)
            if (_free[i].Length >= bytes && (best < 0 || _free[i].Length < _free[best].Length)) best = i;
        if (best < 0)
        {
            // The last gap may grow with the block.
            if (_free.Count > 0 && _free[^1].Offset + _free[^1].Length == Length)
            {
                _offsets[value] = _free[^1].Offset;
                _free.RemoveAt(_free.Count - 1);
            }
            else _offsets[value] = Length;
            Length = _offsets[value] + bytes;
            return;
        }
        (long offset, long length) = _free[best];
        _offsets[value] = offset;
        if (length == bytes) _free.RemoveAt(best);
        else _free[best] = (offset + bytes, length - bytes);
    }

    /// <summary>Gives a value's bytes back.</summary>
    public void Free(int value, long bytes)
    {
        (long offset, long length) = (_offsets[value], Round(bytes));
        int at = _free.FindIndex(gap => gap.Offset > offset);
        if (at < 0) at = _free.Count;
        if (at < _free.Count && offset + length == _free[at].Offset)
        {
            length += _free[at].Length;
            _free.RemoveAt(at);
        }
        if (at > 0 && _free[at - 1].Offset + _free[at - 1].Length == offset)
        {
            (offset, length) = (_free[at - 1].Offset, _free[at - 1].Length + length);
            _free.RemoveAt(--at);
        }
        _free.Insert(at, (offset, length));
    }

    /// <summary>Where a value lies; false if it has no place of its own.</summary>
    public bool TryOffset(int value, out long offset) => _offsets.TryGetValue(value, out offset);

    private static long Round(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
