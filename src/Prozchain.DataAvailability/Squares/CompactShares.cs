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
    public static long UnitSize(long length) => WireWriter.VarintLength((ulong)length) + length;

    public static int CountFor(long length) => ShareView.CountFor(length, compact: true, 0);

    /// <summary>Writes whole shares; returns how many.</summary>
    /// <param name="ns">The namespace of the kind.</param>
    /// <param name="units">Transactions, none empty.</param>
    /// <param name="shares">Memory that is zero.</param>
    public static int Write(Namespace ns, List<ReadOnlyMemory<byte>> units, Span<byte> shares)
    {
        int length = 0;
        foreach (ReadOnlyMemory<byte> unit in units) length += (int)UnitSize(unit.Length);
        var sequence = new ShareSequence(ns, 0, 0, CountFor(length), length);
        for (int i = 0; i < sequence.Count; i++) ShareView.WriteHeader(shares[(i * ShareView.Size)..], ns, 0, i == 0, (uint)length);
        Span<byte> prefix = stackalloc byte[5];
        int at = 0;
        foreach (ReadOnlyMemory<byte> unit in units)
        {
            (int share, int offset) = sequence.Locate(at);
            Span<byte> begins = shares.Slice(BeginsAt(share), ShareView.ReservedSize);
            if (BinaryPrimitives.ReadUInt32BigEndian(begins) == 0) BinaryPrimitives.WriteUInt32BigEndian(begins, (uint)offset);
            Copy(sequence, prefix[..Varint(prefix, (uint)unit.Length)], shares, ref at);
            Copy(sequence, unit.Span, shares, ref at);
        }
        Debug.Assert(at == length);
        return sequence.Count;
    }

    /// <summary>Reads and checks the transactions of a checked sequence.</summary>
    public static bool TryRead(ReadOnlySpan<byte> shares, in ShareSequence sequence, out TransactionCollection transactions)
    {
        byte[] data = sequence.Data(shares);
        ReadOnlySpan<byte> own = shares[(sequence.Start * ShareView.Size)..];
        transactions = TransactionCollection.Empty;
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
        transactions = new TransactionCollection(data, count);
        return true;
    }

    private static uint Begins(ReadOnlySpan<byte> shares, int index) => BinaryPrimitives.ReadUInt32BigEndian(shares[BeginsAt(index)..]);

    private static int BeginsAt(int index) => index * ShareView.Size + ShareView.HeaderSize + (index == 0 ? ShareView.LengthSize : 0);

    private static void Copy(in ShareSequence sequence, ReadOnlySpan<byte> bytes, Span<byte> shares, ref int at)
    {
        while (!bytes.IsEmpty)
        {
            (int share, int offset) = sequence.Locate(at);
            int taken = Math.Min(ShareView.Size - offset, bytes.Length);
            bytes[..taken].CopyTo(shares[(share * ShareView.Size + offset)..]);
            bytes = bytes[taken..];
            at += taken;
        }
    }

    private static int Varint(Span<byte> output, uint value)
    {
        int length = 0;
        for (; value >= 0x80; value >>= 7) output[length++] = (byte)(value | 0x80);
        output[length++] = (byte)value;
        return length;
    }
}
