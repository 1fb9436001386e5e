using System.Buffers.Binary;
using System.Diagnostics;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// The transactions of one kind as one sequence: each after its length as a varint. In every share, 4 bytes big-endian
/// say at which byte of the share the first transaction begins that begins in it; 0 if none does.
/// </summary>
internal static class CompactShares
{
    /// <summary>Bytes of a transaction with its length.</summary>
    public static int UnitSize(int length) => WireWriter.VarintLength((ulong)length) + length;

    public static int CountFor(long length) => ShareView.CountFor(length, compact: true, 0);

    /// <summary>Writes whole shares; returns how many.</summary>
    /// <param name="ns">The namespace of the kind.</param>
    /// <param name="units">Transactions, none empty.</param>
    /// <param name="shares">Memory that is zero.</param>
    public static int Write(Namespace ns, List<ReadOnlyMemory<byte>> units, Span<byte> shares)
    {
        int length = 0;
        foreach (ReadOnlyMemory<byte> unit in units) length += UnitSize(unit.Length);
        int count = CountFor(length);
        for (int i = 0; i < count; i++) ShareView.WriteHeader(shares[(i * ShareView.Size)..], ns, 0, i == 0, (uint)length);
        var sequence = new ShareSequence(ns, 0, 0, count, length);
        Span<byte> prefix = stackalloc byte[10];
        int at = 0;
        foreach (ReadOnlyMemory<byte> unit in units)
        {
            (int share, int offset) = sequence.Locate(at);
            Span<byte> reserved = Reserved(shares, share);
            if (BinaryPrimitives.ReadUInt32BigEndian(reserved) == 0) BinaryPrimitives.WriteUInt32BigEndian(reserved, (uint)offset);
            Copy(prefix[..Varint(prefix, (uint)unit.Length)]);
            Copy(unit.Span);
        }
        Debug.Assert(at == length);
        return count;

        void Copy(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                (int share, int offset) = sequence.Locate(at);
                Span<byte> room = shares.Slice(share * ShareView.Size + offset, ShareView.Size - offset);
                int taken = Math.Min(room.Length, bytes.Length);
                bytes[..taken].CopyTo(room);
                bytes = bytes[taken..];
                at += taken;
            }
        }
    }

    /// <summary>Reads and checks the transactions of a checked sequence.</summary>
    public static bool TryRead(ReadOnlySpan<byte> shares, in ShareSequence sequence, out TransactionList transactions)
    {
        byte[] data = sequence.Data(shares);
        ReadOnlySpan<byte> own = shares[(sequence.Start * ShareView.Size)..];
        transactions = TransactionList.Empty;
        int at = 0, count = 0, next = 0;
        for (; at < data.Length; count++)
        {
            (int share, int offset) = sequence.Locate(at);
            if (share >= next)
            {
                for (; next < share; next++) if (Begins(own, next) != 0) return false;
                if (Begins(own, next++) != offset) return false;
            }
            var reader = new WireReader(data.AsSpan(at));
            if (!reader.TryReadCount(reader.Remaining, out int length) || length == 0 || length > reader.Remaining) return false;
            at += reader.Offset + length;
        }
        for (; next < sequence.Count; next++) if (Begins(own, next) != 0) return false;
        transactions = new TransactionList(data, count);
        return true;
    }

    private static uint Begins(ReadOnlySpan<byte> shares, int index)
    {
        int at = index * ShareView.Size + ShareView.HeaderSize + (index == 0 ? ShareView.LengthSize : 0);
        return BinaryPrimitives.ReadUInt32BigEndian(shares[at..]);
    }

    private static Span<byte> Reserved(Span<byte> shares, int index) =>
        shares.Slice(index * ShareView.Size + ShareView.HeaderSize + (index == 0 ? ShareView.LengthSize : 0), ShareView.ReservedSize);

    private static int Varint(Span<byte> output, uint value)
    {
        int length = 0;
        for (; value >= 0x80; value >>= 7) output[length++] = (byte)(value | 0x80);
        output[length++] = (byte)value;
        return length;
    }
}
