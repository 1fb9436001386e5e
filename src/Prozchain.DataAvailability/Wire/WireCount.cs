using Prozchain.Shared;

namespace Prozchain.DataAvailability.Wire;

/// <summary>Reads a varint with limits, and tells an encoding that stops short from one that is wrong.</summary>
internal static class WireCount
{
    public static ReadResult Read(ref WireReader reader, ReadOnlySpan<byte> source, int min, int max, out int count)
    {
        int start = reader.Offset;
        if (!reader.TryReadCount(max, out count)) return StopsShort(source[start..]) ? ReadResult.Truncated : ReadResult.OutOfRange;
        return count >= min ? ReadResult.Ok : ReadResult.OutOfRange;
    }

    // Two bytes carry every limit of these formats, so a third continuation is wrong, whatever would follow.
    private static bool StopsShort(ReadOnlySpan<byte> rest) => rest.Length < 3 && rest.IndexOfAnyInRange((byte)0, (byte)0x7F) < 0;
}
