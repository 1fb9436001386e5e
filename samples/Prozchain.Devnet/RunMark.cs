using System.Buffers.Binary;

namespace Prozchain.Devnet;

/// <summary>
/// Where a run stands in its workload, logged with every round. Lines are taken in a chunk at a time, and a chunk is one
/// round, but for what had to wait: that a resumed run hands in again, as it was signed the first time.
/// Wire form: version 1, then five little-endian 64-bit integers.
/// </summary>
/// <param name="Lines">Transfers of the workload, those of the rollup included, up to the end of the last chunk.</param>
/// <param name="ChunkStart">The same up to its start.</param>
/// <param name="ChunkTimeMs">Chain time at which its transactions were signed.</param>
/// <param name="Swapped">Swaps of the chunks before it that were done.</param>
/// <param name="SwapsAborted">Swaps of the chunks before it that were not.</param>
internal readonly record struct RunMark(long Lines, long ChunkStart, long ChunkTimeMs, long Swapped, long SwapsAborted)
{
    public const int Size = 41;

    public byte[] Encode()
    {
        var bytes = new byte[Size];
        bytes[0] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), Lines);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(9), ChunkStart);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(17), ChunkTimeMs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(25), Swapped);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(33), SwapsAborted);
        return bytes;
    }

    /// <summary>False unless the bytes are a mark of this version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RunMark mark)
    {
        mark = default;
        if (bytes.Length != Size || bytes[0] != 1) return false;
        mark = new RunMark(At(bytes, 0), At(bytes, 1), At(bytes, 2), At(bytes, 3), At(bytes, 4));
        return mark.Lines >= mark.ChunkStart && mark.ChunkStart >= 0;

        static long At(ReadOnlySpan<byte> bytes, int field) => BinaryPrimitives.ReadInt64LittleEndian(bytes[(1 + sizeof(long) * field)..]);
    }
}
