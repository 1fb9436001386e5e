using System.Runtime.InteropServices;

namespace Prozchain.Sharding.Hosting;

/// <summary>
/// Transactions of one shard that wait for a block, in the order of their arrival; bounded in number and bytes. What
/// cannot go yet keeps its place at the front. Allocates nothing once it has grown to what waits.
/// </summary>
internal sealed class TransactionQueue(int maxCount, long maxBytes)
{
    // How often one may be held back: what can never go must not fill the queue.
    private const int MostTries = 1000;

    private readonly Dictionary<Digest, ulong> _next = [];
    private byte[] _bytes = new byte[4096];
    private Entry[] _entries = new Entry[64];
    private int _first, _end, _used;
    private long _waiting;

    public int Count => _end - _first;

    public bool HasRoom(int length) => Count < maxCount && _waiting + length <= maxBytes;

    public ReadOnlyMemory<byte> this[int index] => _bytes.AsMemory(_entries[_first + index].At, _entries[_first + index].Length);

    public ref readonly Digest SenderOf(int index) => ref _entries[_first + index].Sender;

    /// <summary>The number that the sender's next transaction must carry: the caller's to set where none was known, and to keep up. Valid until the next call.</summary>
    public ref ulong NextOf(in Digest sender, out bool isKnown) => ref CollectionsMarshal.GetValueRefOrAddDefault(_next, sender, out isKnown);

    /// <summary>Nothing of a sender waits.</summary>
    public void Forget(in Digest sender) => _next.Remove(sender);

    /// <summary>Adds a copy at the end.</summary>
    public void Add(ReadOnlySpan<byte> transaction, ulong gasLimit, in Digest sender)
    {
        Reserve(transaction.Length);
        transaction.CopyTo(_bytes.AsSpan(_used));
        _entries[_end++] = new Entry { At = _used, Length = transaction.Length, GasLimit = gasLimit, Sender = sender };
        _used += transaction.Length;
        _waiting += transaction.Length;
    }

    /// <summary>How many from the front fit together.</summary>
    public int Fitting(int most, int bytes, ulong gas)
    {
        int count = 0;
        for (int at = _first; at < _end && count < most; at++, count++)
        {
            ref readonly Entry entry = ref _entries[at];
            int length = entry.Length + sizeof(uint);
            if (length > bytes || entry.GasLimit > gas) break;
            bytes -= length;
            gas -= entry.GasLimit;
        }
        return count;
    }

    /// <summary>Takes the first ones out, but for those held, which stay in front in their order. Returns how many of these were given up.</summary>
    public int Remove(int count, ReadOnlySpan<bool> held)
    {
        int to = _first + count, lost = 0;
        for (int i = count - 1; i >= 0; i--)
        {
            ref Entry entry = ref _entries[_first + i];
            if (held[i] && ++entry.Tries < MostTries) { if (--to != _first + i) _entries[to] = entry; }
            else
            {
                if (held[i]) lost++;
                _waiting -= entry.Length;
            }
        }
        _first = to;
        if (_first == _end) Clear();
        else if (_next.Count > 1024 && _next.Count > 4 * Count) Forget();
        return lost;
    }

    /// <summary>Moves all to the queues of heirs, which are not held to their bounds by it. Returns how many none of them takes: these are gone.</summary>
    /// <param name="heirOf">The queue for a sender and a transaction, or null.</param>
    public int MoveTo(Func<Digest, ReadOnlyMemory<byte>, TransactionQueue?> heirOf)
    {
        int lost = 0;
        for (int i = 0; i < Count; i++)
        {
            ref Entry entry = ref _entries[_first + i];
            if (heirOf(entry.Sender, this[i]) is not { } heir)
            {
                lost++;
                continue;
            }
            heir.Add(this[i].Span, entry.GasLimit, entry.Sender);
            heir._entries[heir._end - 1].Tries = entry.Tries;
            if (_next.TryGetValue(entry.Sender, out ulong next)) heir._next[entry.Sender] = next;
        }
        Clear();
        return lost;
    }

    private void Clear()
    {
        (_first, _end, _used, _waiting) = (0, 0, 0, 0);
        _next.Clear();
    }

    // The numbers of senders of whom nothing waits any more are in the state.
    private void Forget()
    {
        var waiting = new HashSet<Digest>();
        for (int i = _first; i < _end; i++) waiting.Add(_entries[i].Sender);
        foreach (Digest sender in _next.Keys)
            if (!waiting.Contains(sender)) _next.Remove(sender);
    }

    private void Reserve(int length)
    {
        if (_end == _entries.Length)
        {
            Entry[] to = 2 * Count > _entries.Length ? new Entry[2 * _entries.Length] : _entries;
            Array.Copy(_entries, _first, to, 0, Count);
            (_entries, _first, _end) = (to, 0, Count);
        }
        if (_used + length <= _bytes.Length) return;
        byte[] bytes = 2 * (_waiting + length) > _bytes.Length ? new byte[Math.Max(2L * _bytes.Length, 2 * (_waiting + length))] : _bytes;
        _used = 0;
        for (int i = _first; i < _end; i++)
        {
            ref Entry entry = ref _entries[i];
            _bytes.AsSpan(entry.At, entry.Length).CopyTo(bytes.AsSpan(_used));
            entry.At = _used;
            _used += entry.Length;
        }
        _bytes = bytes;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public int At, Length, Tries;
        public ulong GasLimit;
        public Digest Sender;
    }
}
