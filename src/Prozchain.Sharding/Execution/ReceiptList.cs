using System.Buffers.Binary;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// Reads receipts that lie one after the other: key of the cell (32), length of the payload (2, little-endian, at most
/// <see cref="ExecutionLimits.MaxReceiptBytes"/>), payload. Bytes that end within a receipt are refused by <see cref="TryCount"/>.
/// </summary>
public ref struct ReceiptList
{
    internal const int HeadSize = Digest.Size + sizeof(ushort);

    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads from the start.</summary>
    /// <param name="receipts">The bytes; accepted by <see cref="TryCount"/>.</param>
    public ReceiptList(ReadOnlySpan<byte> receipts) => _rest = receipts;

    /// <summary>The cell that the current receipt is for.</summary>
    public Digest Cell { get; private set; }

    /// <summary>What the current receipt carries.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Goes on to the next receipt; false at the end.</summary>
    public bool MoveNext()
    {
        if (!TryLength(_rest, out int length)) return false;
        Cell = new Digest(_rest[..Digest.Size]);
        Payload = _rest[HeadSize..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>Counts the receipts; false if the bytes are not a whole number of them, or none.</summary>
    /// <param name="receipts">Untrusted bytes.</param>
    /// <param name="count">How many, when the result is true.</param>
    public static bool TryCount(ReadOnlySpan<byte> receipts, out int count)
    {
        for (count = 0; !receipts.IsEmpty; count++)
        {
            if (!TryLength(receipts, out int length)) { count = 0; return false; }
            receipts = receipts[length..];
        }
        return count > 0;
    }

    private static bool TryLength(ReadOnlySpan<byte> receipts, out int length)
    {
        length = 0;
        if (receipts.Length < HeadSize) return false;
        int payload = BinaryPrimitives.ReadUInt16LittleEndian(receipts[Digest.Size..]);
        length = HeadSize + payload;
        return payload <= ExecutionLimits.MaxReceiptBytes && length <= receipts.Length;
    }
}
