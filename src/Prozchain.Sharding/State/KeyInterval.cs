using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>How the keys below a node lie to a range of keys, its ends included.</summary>
internal enum RangeSide
{
    Outside,
    Inside,

    /// <summary>Some may be in the range and some not.</summary>
    Both,
}

/// <summary>A range of keys, its ends included.</summary>
internal readonly struct KeyInterval(in Bytes32 from, in Bytes32 to)
{
    private readonly Bytes32 _from = from, _to = to;

    public bool Contains(in Bytes32 key) => key.CompareTo(_from) >= 0 && key.CompareTo(_to) <= 0;

    /// <summary>How the keys with the first <paramref name="depth"/> bits of a path lie.</summary>
    public RangeSide Side(in Bytes32 path, int depth)
    {
        Bytes32 low = WithTail(path, depth, 0), high = WithTail(path, depth, 0xFF);
        if (high.CompareTo(_from) < 0 || low.CompareTo(_to) > 0) return RangeSide.Outside;
        return low.CompareTo(_from) >= 0 && high.CompareTo(_to) <= 0 ? RangeSide.Inside : RangeSide.Both;
    }

    /// <summary>A path with one bit more, all after it zero.</summary>
    public static Bytes32 Append(in Bytes32 path, int depth, int bit)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        WithTail(path, depth, 0).Span.CopyTo(bytes);
        bytes[depth >> 3] |= (byte)(bit << (7 - (depth & 7)));
        return new Bytes32(bytes);
    }

    private static Bytes32 WithTail(in Bytes32 path, int depth, byte fill)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        path.Span.CopyTo(bytes);
        if (depth < 256)
        {
            int mask = 0xFF >> (depth & 7);
            bytes[depth >> 3] = (byte)(bytes[depth >> 3] & ~mask | fill & mask);
            bytes[((depth >> 3) + 1)..].Fill(fill);
        }
        return new Bytes32(bytes);
    }
}
