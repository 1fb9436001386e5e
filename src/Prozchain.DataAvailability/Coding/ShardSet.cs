namespace Prozchain.DataAvailability.Coding;

/// <summary>A set of shards 0 to 255, a bit each.</summary>
internal struct ShardSet : IEquatable<ShardSet>
{
    private ulong _a, _b, _c, _d;

    /// <summary>Shards <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1.</summary>
    public static ShardSet Range(int first, int count)
    {
        var set = new ShardSet();
        for (int i = first; i < first + count; i++) set.Add(i);
        return set;
    }

    public void Add(int shard)
    {
        ulong bit = 1UL << shard;
        switch (shard >> 6)
        {
            case 0: _a |= bit; break;
            case 1: _b |= bit; break;
            case 2: _c |= bit; break;
            default: _d |= bit; break;
        }
    }

    /// <summary>How many.</summary>
    public readonly int Count => (int)(ulong.PopCount(_a) + ulong.PopCount(_b) + ulong.PopCount(_c) + ulong.PopCount(_d));

    /// <summary>The shards in ascending order.</summary>
    public readonly byte[] ToArray()
    {
        var shards = new byte[Count];
        int next = 0;
        ReadOnlySpan<ulong> words = [_a, _b, _c, _d];
        for (int word = 0; word < words.Length; word++)
            for (ulong rest = words[word]; rest != 0; rest &= rest - 1) shards[next++] = (byte)(64 * word + (int)ulong.TrailingZeroCount(rest));
        return shards;
    }

    public readonly bool Equals(ShardSet other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    public override readonly bool Equals(object? obj) => obj is ShardSet other && Equals(other);

    /// <summary>The same in every process: it says where a cache keeps what belongs to the set.</summary>
    public override readonly int GetHashCode()
    {
        ulong mixed = _a * 0x9E3779B97F4A7C15 ^ _b * 0xC2B2AE3D27D4EB4F ^ _c * 0x165667B19E3779F9 ^ _d * 0xD6E8FEB86659FD93;
        return (int)((mixed ^ mixed >> 29) * 0xBF58476D1CE4E5B9 >> 32);
    }
}
