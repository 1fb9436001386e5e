using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>
/// Messages of a prefix and a body, all of one size, cut into SHA-256's blocks: a head with the prefix and the start of
/// the body, blocks within the body, and a tail of one or two with the rest and the padding. Without a prefix there is
/// no head, and a message shorter than a block is all tail.
/// </summary>
internal readonly ref struct PrefixedMessages(
    ReadOnlySpan<byte> prefixes, int prefixSize, int prefixStride, ReadOnlySpan<byte> bodies, int bodySize, int bodyStride)
{
    /// <summary>Bytes of sixteen tails.</summary>
    public const int ScratchSize = 16 * 2 * Block;

    private const int Block = 64, LengthSize = 8;

    private readonly ReadOnlySpan<byte> _prefixes = prefixes, _bodies = bodies;

    /// <summary>Bytes of a message.</summary>
    public int Length => prefixSize + bodySize;

    /// <summary>True if a message is not in one piece.</summary>
    public bool IsSplit => prefixSize > 0;

    public int BodyStride => bodyStride;

    /// <summary>0 or 1.</summary>
    public int HeadBlocks => IsSplit && Length >= Block ? 1 : 0;

    public int BodyBlocks => Length / Block - HeadBlocks;

    /// <summary>1 or 2.</summary>
    public int TailBlocks => Length % Block + 1 + LengthSize <= Block ? 1 : 2;

    /// <summary>Where the blocks within the body of a message start.</summary>
    public ref byte Body(int index) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(_bodies), (nint)index * bodyStride + (HeadBlocks > 0 ? Block - prefixSize : 0));

    /// <summary>Throws unless the memory has that many messages; what reads blocks does not check again.</summary>
    public void Check(int count)
    {
        if (count == 0) return;
        _ = _bodies.Slice(checked((count - 1) * bodyStride), bodySize);
        _ = _prefixes.Slice(checked((count - 1) * prefixStride), prefixSize);
    }

    /// <summary>Writes the head blocks of messages, one after the other.</summary>
    public void WriteHeads(int first, int count, Span<byte> to)
    {
        for (int i = 0; i < count; i++) Start(first + i, to.Slice(i * Block, Block));
    }

    /// <summary>Writes the tails of messages, one after the other: a bit 1, zeros, the length in bits, big-endian (section 5.1.1).</summary>
    public void WriteTails(int first, int count, Span<byte> to)
    {
        int rest = Length % Block, size = TailBlocks * Block;
        for (int i = 0; i < count; i++)
        {
            Span<byte> tail = to.Slice(i * size, size);
            if (Length < Block) Start(first + i, tail[..rest]);
            else _bodies.Slice((first + i) * bodyStride + bodySize - rest, rest).CopyTo(tail);
            tail[rest..].Clear();
            tail[rest] = 0x80;
            BinaryPrimitives.WriteUInt64BigEndian(tail[^LengthSize..], 8 * (ulong)Length);
        }
    }

    /// <summary>A message in one piece: in place if it has no prefix, else in <paramref name="joined"/>.</summary>
    public ReadOnlySpan<byte> Join(int index, Span<byte> joined)
    {
        if (!IsSplit) return _bodies.Slice(index * bodyStride, bodySize);
        Start(index, joined[..Length]);
        return joined[..Length];
    }

    private void Start(int index, Span<byte> to)
    {
        _prefixes.Slice(index * prefixStride, prefixSize).CopyTo(to);
        _bodies.Slice(index * bodyStride, to.Length - prefixSize).CopyTo(to[prefixSize..]);
    }
}
