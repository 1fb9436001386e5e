using System.Buffers.Binary;

namespace Prozchain.Sharding.Layout;

/// <summary>
/// Finds the shard of a key within one class. Shards in the order of their prefixes are consecutive ranges of keys, so
/// the shard is the last one whose prefix is not above the key: a table over the first bits of the key gives the shards
/// that can be meant, nearly always one, and a binary search chooses among them.
/// </summary>
internal sealed class PrefixTable
{
    private const int MaxBits = 10;

    private readonly Digest[] _prefixes;
    private readonly int _first;
    private readonly int _shift;

    // First and last candidate in the low and high half.
    private readonly uint[] _candidates;

    /// <param name="shards">The live shards of the class in the order of their prefixes; they cover every key once.</param>
    /// <param name="first">Index of the first of them among all shards.</param>
    public PrefixTable(ReadOnlySpan<ShardInfo> shards, int first)
    {
        _first = first;
        _prefixes = new Digest[shards.Length];
        int bits = 1;
        for (int i = 0; i < shards.Length; i++)
        {
            _prefixes[i] = shards[i].Prefix;
            bits = Math.Max(bits, Math.Min(MaxBits, shards[i].Depth));
        }
        _shift = 64 - bits;
        _candidates = new uint[1 << bits];
        for (int block = 0, at = 0; block < _candidates.Length; block++)
        {
            // A shard that begins inside a block is deeper than the table's bits, and then one begins at its start.
            uint from = at < shards.Length && Block(_prefixes[at]) == block ? (uint)at : (uint)at - 1;
            while (at < shards.Length && Block(_prefixes[at]) == block) at++;
            _candidates[block] = from | (uint)(at - 1) << 16;
        }
    }

    public int IndexOf(in Digest key)
    {
        uint candidates = _candidates[Block(key)];
        int low = (int)(candidates & 0xFFFF), high = (int)(candidates >> 16);
        while (low < high)
        {
            int middle = (low + high + 1) >> 1;
            if (_prefixes[middle] <= key) low = middle; else high = middle - 1;
        }
        return _first + low;
    }

    private int Block(in Digest key) => (int)(BinaryPrimitives.ReadUInt64BigEndian(key.Span) >> _shift);
}
