using System.Buffers.Binary;

namespace Prozchain.Sharding.Execution;

/// <summary>Receipts of one lane one after the other, each with its value before it. Grows, and is used again.</summary>
internal sealed class ReceiptBuffer
{
    public const int ValueSize = sizeof(ulong), HeadSize = Digest.Size + sizeof(ushort);

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
        for (; !receipts.IsEmpty; count++) receipts = receipts[(ValueSize + HeadSize + BinaryPrimitives.ReadUInt16LittleEndian(receipts[(ValueSize + Digest.Size)..]))..];
        return count;
    }

    public void Add(in Digest cell, ReadOnlySpan<byte> payload, ulong value)
    {
        int length = ValueSize + HeadSize + payload.Length;
        if (Length + length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + length));
        Span<byte> at = _bytes.AsSpan(Length, length);
        BinaryPrimitives.WriteUInt64LittleEndian(at, value);
        cell.Span.CopyTo(at[ValueSize..]);
        BinaryPrimitives.WriteUInt16LittleEndian(at[(ValueSize + Digest.Size)..], (ushort)payload.Length);
        payload.CopyTo(at[(ValueSize + HeadSize)..]);
        Length += length;
        Count++;
    }
}
