using System.Buffers.Binary;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Execution;

/// <summary>Receipts of one lane one after the other, each with its value and the class of its cell before it. Grows, and is used again.</summary>
internal sealed class ReceiptBuffer
{
    public const int PreludeSize = sizeof(ulong) + 1, HeadSize = Digest.Size + sizeof(ushort);

    private byte[] _bytes = new byte[1024];
    private int _markedCount;

    public int Length { get; private set; }

    public int Count { get; private set; }

    public int CountSinceMark => Count - _markedCount;

    public ReadOnlySpan<byte> Slice(int at, int length) => _bytes.AsSpan(at, length);

    public void Clear() => Length = Count = _markedCount = 0;

    /// <summary>A transaction begins here.</summary>
    public void Mark() => _markedCount = Count;

    public void Truncate(int length, int count) => (Length, Count) = (length, count);

    /// <summary>How many there are in a slice.</summary>
    public static int CountIn(ReadOnlySpan<byte> receipts)
    {
        int count = 0;
        for (; !receipts.IsEmpty; count++) receipts = receipts[(PreludeSize + HeadSize + BinaryPrimitives.ReadUInt16LittleEndian(receipts[(PreludeSize + Digest.Size)..]))..];
        return count;
    }

    /// <summary>The class of the first receipt's cell.</summary>
    public static LayoutClass ClassOf(ReadOnlySpan<byte> receipts) => new(receipts[sizeof(ulong)]);

    public void Add(LayoutClass layoutClass, in Digest cell, ReadOnlySpan<byte> payload, ulong value)
    {
        int length = PreludeSize + HeadSize + payload.Length;
        if (Length + length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + length));
        Span<byte> at = _bytes.AsSpan(Length, length);
        BinaryPrimitives.WriteUInt64LittleEndian(at, value);
        at[sizeof(ulong)] = layoutClass.Value;
        cell.Span.CopyTo(at[PreludeSize..]);
        BinaryPrimitives.WriteUInt16LittleEndian(at[(PreludeSize + Digest.Size)..], (ushort)payload.Length);
        payload.CopyTo(at[(PreludeSize + HeadSize)..]);
        Length += length;
        Count++;
    }
}
