using System.Buffers.Binary;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// Reads receipts that lie one after the other: key of the cell (32), length of the payload (2), payload. Checked by
/// <see cref="TryCount"/> before anything else reads them.
/// </summary>
internal ref struct MessageList(ReadOnlySpan<byte> messages)
{
    public const int MaxPayload = 1024;
    public const int HeadSize = Digest.Size + sizeof(ushort);

    private ReadOnlySpan<byte> _rest = messages;

    public Digest Cell { get; private set; }

    public ReadOnlySpan<byte> Payload { get; private set; }

    public bool MoveNext()
    {
        if (!TryLength(_rest, out int length)) return false;
        Cell = new Digest(_rest[..Digest.Size]);
        Payload = _rest[HeadSize..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>False unless the bytes are a whole number of receipts, at least one.</summary>
    public static bool TryCount(ReadOnlySpan<byte> messages, out int count)
    {
        for (count = 0; !messages.IsEmpty; count++)
        {
            if (!TryLength(messages, out int length)) { count = 0; return false; }
            messages = messages[length..];
        }
        return count > 0;
    }

    private static bool TryLength(ReadOnlySpan<byte> messages, out int length)
    {
        length = 0;
        if (messages.Length < HeadSize) return false;
        int payload = BinaryPrimitives.ReadUInt16LittleEndian(messages[Digest.Size..]);
        length = HeadSize + payload;
        return payload <= MaxPayload && length <= messages.Length;
    }
}
