using System.Buffers.Binary;

namespace Prozchain.Devnet;

/// <summary>
/// Where a run stands in its workload, logged with every round. Lines are taken in a chunk at a time, and a chunk is one
/// round, so that it is in the log as a whole or not at all. Wire form: version 0, then a little-endian 64-bit integer.
/// </summary>
/// <param name="Lines">Transfers of the workload, those of the rollup included, up to the end of the last chunk.</param>
internal readonly record struct RunMark(long Lines)
{
    public const int Size = 9;

    public byte[] Encode()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), Lines);
        return bytes;
    }

    /// <summary>False unless the bytes are a mark of this version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RunMark mark)
    {
        mark = default;
        if (bytes.Length != Size || bytes[0] != 0) return false;
        mark = new RunMark(BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]));
        return mark.Lines >= 0;
    }
}
