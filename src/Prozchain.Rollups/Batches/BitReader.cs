using System.Buffers.Binary;

namespace Prozchain.Rollups.Batches;

/// <summary>The reading half of <see cref="BitWriter"/>. The caller has checked that the bits are there.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private long _position;

    /// <summary>The next <paramref name="count"/> bits, 0 to 64.</summary>
    public ulong Read(int count)
    {
        int at = (int)(_position >> 3), shift = (int)(_position & 7);
        _position += count;
        if (at + 9 > _source.Length) return ReadAtEnd(at, shift, count);
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(_source[at..]) >> shift;
        if (shift + count > 64) value |= (ulong)_source[at + 8] << (64 - shift);
        return value & Mask(count);
    }

    /// <summary>The bits of the last byte that were not read are zero.</summary>
    public readonly bool IsPaddingZero()
    {
        int rest = (int)(_position & 7);
        return rest == 0 || _source[(int)(_position >> 3)] >> rest == 0;
    }

    private readonly ulong ReadAtEnd(int at, int shift, int count)
    {
        UInt128 window = 0;
        for (int i = Math.Min(_source.Length, at + 9) - 1; i >= at; i--) window = window << 8 | _source[i];
        return (ulong)(window >> shift) & Mask(count);
    }

    private static ulong Mask(int count) => count == 0 ? 0 : ulong.MaxValue >> (64 - count);
}
