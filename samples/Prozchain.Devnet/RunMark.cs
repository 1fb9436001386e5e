using System.Buffers.Binary;

namespace Prozchain.Devnet;

/// <summary>
/// Where a run stands in its workload, logged with every round. A chunk of lines is taken in at a time; it is done once
/// as many transfers are in blocks as <paramref name="IncludedAfter"/> says. Wire form: version 0, then three
/// little-endian 64-bit integers.
/// </summary>
/// <param name="ChunkStart">Transfers in the workload before the current chunk.</param>
/// <param name="ChunkEnd">Transfers in the workload up to the end of the current chunk.</param>
/// <param name="IncludedAfter">Transfers in blocks, of the whole run, once the chunk is done; 2^63 - 1 while that is not known.</param>
internal readonly record struct RunMark(long ChunkStart, long ChunkEnd, long IncludedAfter)
{
    public const int Size = 25;

    public byte[] Encode()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), ChunkStart);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(9), ChunkEnd);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(17), IncludedAfter);
        return bytes;
    }

    /// <summary>False unless the bytes are a mark of this version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RunMark mark)
    {
        mark = default;
        if (bytes.Length != Size || bytes[0] != 0) return false;
        mark = new RunMark(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[9..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[17..]));
        return mark.ChunkStart >= 0 && mark.ChunkEnd >= mark.ChunkStart && mark.IncludedAfter >= 0;
    }
}
